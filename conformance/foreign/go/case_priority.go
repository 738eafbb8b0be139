// SPDX-License-Identifier: Apache-2.0

package main

// Priority groups: which of several waiting pulls is served.
var priorityCases = []testCase{
	{"priority-errors", plain, priorityErrors},
	{"priority-overflow", plain, priorityOverflow},
	{"priority-pinned", plain, priorityPinned},
	{"priority-prioritized", plain, priorityPrioritized},
}

func (r *run) priorityConsumer(policy, extra string) {
	r.call("CONSUMER.CREATE.$S.c", `{"stream_name":"$S","config":{"durable_name":"c","ack_policy":"explicit","priority_groups":["A"],"priority_policy":"`+policy+`"`+extra+`}}`)
}

func priorityErrors(r *run) {
	r.stream("")
	for _, config := range []string{
		`"priority_policy":"overflow"`,
		`"priority_groups":["A"]`,
		`"priority_timeout":1000000000`,
		`"priority_policy":"overflow","priority_groups":[""]`,
		`"priority_policy":"overflow","priority_groups":["a b"]`,
		`"priority_policy":"overflow","priority_groups":["ABCDEFGHIJKLMNOPQ"]`,
		`"priority_policy":"overflow","priority_groups":["A"],"deliver_subject":"x"`,
		`"priority_policy":"strange","priority_groups":["A"]`,
	} {
		r.call("CONSUMER.CREATE.$S.e", `{"stream_name":"$S","config":{"durable_name":"e","ack_policy":"explicit",`+config+`}}`)
	}
	r.consumer("c", "")
	r.pull("c", `{"batch":1,"min_pending":1,"group":"A"}`).showAll("limits without a policy")
	r.pull("c", `{"batch":1,"id":"x"}`).showAll("pin without a policy")
	r.pull("c", `{"batch":1,"priority":10}`).showAll("priority out of range")
	for _, body := range []string{`{}`, `{"group":""}`, `{"group":"a b"}`, `{"group":"A"}`, ``} {
		r.call("CONSUMER.UNPIN.$S.c", body)
	}
	r.call("CONSUMER.UNPIN.$S.no_such", `{"group":"A"}`)
	r.call("CONSUMER.UNPIN.NO_SUCH.c", `{"group":"A"}`)
}

func priorityOverflow(r *run) {
	r.stream("")
	r.priorityConsumer("overflow", "")
	r.pull("c", `{"batch":1,"group":"B"}`).showAll("unknown group")
	r.pull("c", `{"batch":1}`).showAll("no group")
	in := r.pull("c", `{"batch":1,"group":"A","min_pending":3,"expires":20000000000}`)
	r.publish("a", "b")
	in.showQuiet("two are pending")
	r.publish("c")
	in.show("three are pending", 1)
	other := r.pull("c", `{"batch":1,"group":"A","min_ack_pending":2,"expires":20000000000}`)
	other.showQuiet("one waits for its ack")
	r.pull("c", `{"batch":1,"group":"A","expires":20000000000}`).show("without limits", 1)
	other.show("two wait for their acks", 1)
	r.publish("d")
	r.pull("c", `1`).show("a plain number", 1)
	r.settled("c", 0)
	r.consumerState("state", "c")
}

func priorityPinned(r *run) {
	r.stream("")
	events := r.listen("$JS.EVENT.ADVISORY.CONSUMER.*." + r.s + ".c")
	advisory := func(what string) { r.say("%s: %s", what, answer(events.next().Data)) }
	r.priorityConsumer("pinned_client", `,"priority_timeout":1500000000`)
	advisory("created")
	one := r.pull("c", `{"batch":3,"group":"A","expires":20000000000}`)
	two := r.pull("c", `{"batch":3,"group":"A","expires":20000000000}`)
	r.publish("a", "b")
	first := one.next()
	id := first.Header.Get("Nats-Pin-Id")
	r.say("an id of %d characters", len(id))
	r.alias(id, "<pin>")
	r.say("first: %s", r.message(first))
	one.show("second", 1)
	two.showQuiet("the other waits")
	r.pull("c", `{"batch":1,"group":"A","id":"strange","expires":20000000000}`).showAll("another id")
	again := r.pull("c", `{"batch":1,"group":"A","id":"`+id+`","expires":20000000000}`)
	r.publish("c", "d")
	one.show("the first request goes on", 1)
	again.show("and the second one", 1)
	advisory("pinned")
	r.call("CONSUMER.INFO.$S.c", "")
	r.call("CONSUMER.UNPIN.$S.c", `{"group":"B"}`)
	r.call("CONSUMER.UNPIN.$S.c", `{"group":"A"}`)
	advisory("unpinned")
	r.publish("e")
	next := two.next()
	r.alias(next.Header.Get("Nats-Pin-Id"), "<other pin>")
	r.say("now the other: %s", r.message(next))
	advisory("pinned again")
	advisory("timed out")
	r.pull("c", `{"batch":1,"group":"A","id":"`+id+`","no_wait":true}`).showAll("the old id")
}

func priorityPrioritized(r *run) {
	r.stream("")
	r.priorityConsumer("prioritized", "")
	five := r.pull("c", `{"batch":9,"group":"A","priority":5,"expires":20000000000}`)
	one := r.pull("c", `{"batch":2,"group":"A","priority":1,"expires":20000000000}`)
	alike := r.pull("c", `{"batch":2,"group":"A","priority":1,"expires":20000000000}`)
	plain := r.pull("c", `2`)
	until("all wait", func() bool { return int(r.consumerNumbers("c")["num_waiting"].(float64)) == 4 })
	r.publish("a", "b", "c", "d", "e", "f")
	one.show("one", 2)
	alike.show("alike", 2)
	five.show("five", 2)
	plain.showQuiet("a plain number comes last")
}
