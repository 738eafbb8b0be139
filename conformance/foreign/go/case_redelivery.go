// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strings"
	"time"
)

var redeliveryCases = []testCase{
	{"redelivery-ack-wait", plain, redeliveryAckWait},
	{"redelivery-max-deliver", plain, redeliveryMaxDeliver},
	{"redelivery-backoff", plain, redeliveryBackoff},
	{"redelivery-order", plain, redeliveryOrder},
	{"redelivery-max-ack-pending", plain, redeliveryMaxAckPending},
	{"redelivery-work-queue", plain, redeliveryWorkQueue},
}

func redeliveryAckWait(r *run) {
	r.stream("")
	r.publish("a", "b")
	r.consumer("c", `,"ack_wait":300000000`)
	began := time.Now()
	messages := r.take("c", 2)
	r.say("first %s", r.message(messages[0]))
	r.ackSync(messages[1], "+ACK")
	r.consumerState("one pending", "c")
	for n := range 3 {
		in := r.pull("c", `{"batch":1,"expires":5000000000}`)
		m := in.next()
		least := time.Duration(n+1) * 250 * time.Millisecond
		r.say("%s: %s", between(least, time.Since(began)), r.message(m))
		if strings.Contains(m.Reply, ".c.4.") {
			r.ackSync(m, "+ACK")
		}
	}
	r.consumerState("acknowledged", "c")
	r.pull("c", `{"batch":1,"expires":500000000}`).showAll("nothing comes back")
}

func redeliveryMaxDeliver(r *run) {
	r.stream("")
	r.publish("a", "b")
	advisories := r.listen("$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.>")
	r.consumer("c", `,"ack_wait":250000000,"max_deliver":2`)
	in := r.pull("c", `{"batch":1,"expires":5000000000}`)
	in.show("first", 1)
	in = r.pull("c", `{"batch":9,"expires":1200000000}`)
	in.showAll("then")
	var shown []string
	for range 2 {
		m := advisories.next()
		if m == nil {
			r.say("no advisory")
			return
		}
		shown = append(shown, m.Subject+" "+answer(m.Data))
	}
	for _, line := range shown {
		r.say("%s", line)
	}
	r.consumerState("given up", "c")
	r.state("the stream keeps all", r.s)
	r.publish("c")
	r.say("goes on with %s", r.message(r.take("c", 1)[0]))
}

func redeliveryBackoff(r *run) {
	r.stream("")
	r.publish("a")
	r.consumer("c", `,"backoff":[200000000,500000000],"max_deliver":4`)
	began := time.Now()
	in := r.pull("c", `{"batch":5,"expires":2500000000}`)
	r.say("first %s", r.message(in.next()))
	for _, least := range []time.Duration{150, 600, 1050} {
		m := in.next()
		r.say("%s: %s", between(least*time.Millisecond, time.Since(began)), r.message(m))
	}
	in.showAll("then")
}

func redeliveryOrder(r *run) {
	r.stream("")
	r.publish("a", "b", "c", "d", "e", "f")
	r.consumer("c", `,"ack_wait":500000000`)
	messages := r.take("c", 6)
	for _, n := range []int{1, 4, 5} {
		r.ackSync(messages[n], "+ACK")
	}
	// As many as are due, acknowledged at once: none comes a third time, however late this runs.
	for _, m := range r.pull("c", `{"batch":3,"expires":5000000000}`).gather(3) {
		r.say("redelivered %s", r.message(m))
		r.ackSync(m, "+ACK")
	}
	r.consumerState("state", "c")
}

func redeliveryMaxAckPending(r *run) {
	r.stream("")
	r.publish("a", "b", "c", "d", "e")
	r.consumer("c", `,"max_ack_pending":2,"ack_wait":30000000000`)
	in := r.pull("c", `{"batch":4,"expires":5000000000}`)
	first, second := in.next(), in.next()
	r.say("delivered %s", r.message(first))
	r.say("delivered %s", r.message(second))
	in.showQuiet("no more than two")
	r.consumerState("two pending", "c")
	r.ackSync(first, "+ACK")
	in.show("one is acknowledged", 1)
	in.showQuiet("then")
	r.ackSync(second, "+TERM")
	in.show("one is terminated", 1)
	r.call("CONSUMER.CREATE.$S.c", `{"stream_name":"$S","config":{"durable_name":"c","ack_policy":"explicit","max_ack_pending":3}}`)
	r.pull("c", `{"batch":1,"expires":5000000000}`).show("the limit is raised", 1)
	r.consumerState("all delivered", "c")
}

func redeliveryWorkQueue(r *run) {
	r.stream(`,"retention":"workqueue"`)
	for n := range 20 {
		r.publish(fmt.Sprintf("job.%d", n))
	}
	r.consumer("c", `,"ack_wait":300000000`)
	// Some jobs are forgotten once, and come back.
	done := map[string]int{}
	forgotten := map[string]bool{}
	until("all jobs done", func() bool {
		for _, m := range r.pull("c", `{"batch":4,"expires":400000000}`).gather(4) {
			if len(m.Subject)%3 == 0 && !forgotten[m.Subject] {
				forgotten[m.Subject] = true
				continue
			}
			r.ackSync(m, "+ACK")
			done[m.Subject]++
		}
		return len(done) == 20
	})
	r.say("%d jobs done", len(done))
	until("stream empty", func() bool { return must(must(r.js.Stream(r.ctx, r.s)).Info(r.ctx)).State.Msgs == 0 })
	r.state("state", r.s)
}
