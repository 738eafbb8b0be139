// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
)

var coreCases = []testCase{
	{"core-publish-subscribe", plain, corePublishSubscribe},
	{"core-wildcards", plain, coreWildcards},
	{"core-queue-groups", plain, coreQueueGroups},
	{"core-request-reply", plain, coreRequestReply},
	{"core-no-responders", plain, coreNoResponders},
	{"core-headers", plain, coreHeaders},
	{"core-auto-unsubscribe", plain, coreAutoUnsubscribe},
	{"core-echo-off", plain, coreEchoOff},
	{"core-payload-sizes", plain, corePayloadSizes},
	{"core-drain", plain, coreDrain},
	{"core-many-subscriptions", plain, coreManySubscriptions},
	{"core-two-publishers", plain, coreTwoPublishers},
	{"core-reserved-replies", plain, coreReservedReplies},
}

func corePublishSubscribe(r *run) {
	in := r.listen(r.subject("greet"))
	for n := range 5 {
		check(r.nc.Publish(r.subject("greet"), fmt.Appendf(nil, "hello %d", n)))
	}
	check(r.nc.Publish(r.subject("greet"), nil))
	check(r.nc.PublishRequest(r.subject("greet"), "answer.here", []byte("with a reply")))
	check(r.nc.Publish(r.subject("other"), []byte("nobody listens")))
	in.show("received", 7)
	in.showQuiet("then")
	check(in.sub.Unsubscribe())
	check(r.nc.Publish(r.subject("greet"), []byte("too late")))
	check(r.nc.Flush())
	in.showQuiet("after unsubscribe")
}

func coreWildcards(r *run) {
	patterns := []string{"a", "a.*", "a.>", "*", "*.b", ">", "a.*.c", "*.*", "a.b.>", "*.>", "a*", "*.b.*", "a.>.c"}
	subjects := []string{"a", "a.b", "a.b.c", "b", "b.b", "a.c", "a.b.c.d", "a*", "ab", "a.*", "a.>"}
	type subscription struct {
		pattern string
		in      *inbox
	}
	var all []subscription
	for _, pattern := range patterns {
		if pattern == "a.>.c" {
			continue // the client refuses it; raw-errors shows what a server says
		}
		all = append(all, subscription{pattern, r.listen(r.subject(pattern))})
	}
	for _, subject := range subjects {
		check(r.nc.Publish(r.subject(subject), []byte(subject)))
	}
	check(r.nc.Flush())
	for _, s := range all {
		var matched []string
		for len(s.in.ch) > 0 {
			matched = append(matched, string((<-s.in.ch).Data))
		}
		r.say("%s matches %s", s.pattern, strings.Join(matched, " "))
	}
}

func coreQueueGroups(r *run) {
	const messages = 300
	members := map[string][]*inbox{}
	for _, group := range []string{"red", "red", "red", "blue", "blue", ""} {
		members[group] = append(members[group], r.listenOn(r.connect(), r.subject("work"), group))
	}
	// One group even where the patterns differ.
	members["red"] = append(members["red"], r.listenOn(r.connect(), r.subject("*"), "red"))
	for n := range messages {
		check(r.nc.Publish(r.subject("work"), fmt.Appendf(nil, "%d", n)))
	}
	check(r.nc.Flush())
	delivered := func() (total int) {
		for _, group := range members {
			for _, member := range group {
				total += len(member.ch)
			}
		}
		return total
	}
	until("all delivered", func() bool { return delivered() >= len(members)*messages })
	<-time.After(quiet)
	for _, group := range []string{"red", "blue", ""} {
		seen := map[string]bool{}
		served, total := 0, 0
		for _, member := range members[group] {
			if len(member.ch) > 0 {
				served++
			}
			for len(member.ch) > 0 {
				seen[string((<-member.ch).Data)] = true
				total++
			}
		}
		r.say("group %q: %d members, %d served, %d deliveries, %d different", group, len(members[group]), served, total, len(seen))
	}
}

func coreRequestReply(r *run) {
	must(r.nc.Subscribe(r.subject("echo"), func(m *nats.Msg) {
		answer := nats.NewMsg(m.Reply)
		answer.Data = bytes.ToUpper(m.Data)
		answer.Header["Answered-By"] = []string{"echo"}
		if m.Header.Get("Question") != "" {
			answer.Header["Question"] = m.Header["Question"]
		}
		check(m.RespondMsg(answer))
	}))
	must(r.nc.Subscribe(r.subject("many"), func(m *nats.Msg) {
		for n := range 3 {
			check(m.Respond(fmt.Appendf(nil, "answer %d", n)))
		}
	}))
	must(r.nc.Subscribe(r.subject("silent"), func(*nats.Msg) {}))
	check(r.nc.Flush())
	other := r.connect()
	for n := range 3 {
		m := must(other.Request(r.subject("echo"), fmt.Appendf(nil, "call %d", n), patience))
		r.say("answer: %s %s", headers(m.Header), shown(m.Data))
	}
	question := &nats.Msg{Subject: r.subject("echo"), Data: []byte("why"), Header: pairs([]string{"Question", "1"})}
	m := must(other.RequestMsg(question, patience))
	r.say("answer with headers: %s %s", headers(m.Header), shown(m.Data))

	in := r.listenOn(other, nats.NewInbox(), "")
	check(other.PublishRequest(r.subject("many"), in.subject, nil))
	in.show("one of many", 3)
	in.showQuiet("then")
	_, err := other.Request(r.subject("silent"), nil, quiet)
	r.say("a responder that is silent: %v", err)
}

func coreNoResponders(r *run) {
	_, err := r.nc.Request(r.subject("nobody"), []byte("x"), patience)
	r.say("request: %v", err)
	in := r.listen(nats.NewInbox())
	check(r.nc.PublishRequest(r.subject("nobody"), in.subject, []byte("x")))
	in.show("on an own inbox", 1)
	began := time.Now()
	_, err = r.nc.Request("nobody.at.all", nil, patience)
	r.say("again: %v, %s", err, between(0, time.Since(began)))
	sub := must(r.nc.SubscribeSync(r.subject("now")))
	check(r.nc.PublishRequest(r.subject("now"), in.subject, []byte("y")))
	in.showQuiet("with a subscriber")
	check(sub.Unsubscribe())
	check(r.nc.PublishRequest(r.subject("now"), in.subject, []byte("z")))
	in.show("without it again", 1)
	check(r.nc.Publish(r.subject("nobody"), []byte("no reply wanted")))
	in.showQuiet("without a reply subject")
}

func coreHeaders(r *run) {
	in := r.listen(r.subject("h"))
	for _, header := range [][]string{
		{"Key", "value"},
		{"key", "lower", "Key", "upper", "KEY", "shouting"},
		{"Twice", "one", "Twice", "two"},
		{"Empty", ""},
		{"Spaces", "a b  c"},
		{"Colon", "a:b:c"},
		{"Unicode", "grüße ✓"},
		{"Long", strings.Repeat("x", 3000)},
	} {
		check(r.nc.PublishMsg(&nats.Msg{Subject: r.subject("h"), Header: pairs(header), Data: []byte("data")}))
	}
	check(r.nc.PublishMsg(&nats.Msg{Subject: r.subject("h"), Header: pairs([]string{"Only", "headers"})}))
	many := nats.Header{}
	for n := range 200 {
		many[fmt.Sprintf("H-%03d", n)] = []string{fmt.Sprint(n)}
	}
	check(r.nc.PublishMsg(&nats.Msg{Subject: r.subject("h"), Header: many}))
	in.show("received", 9)
	m := in.next()
	r.say("many: %d headers, the last %s", len(m.Header), m.Header["H-199"])
}

func coreAutoUnsubscribe(r *run) {
	for _, limit := range []int{1, 3} {
		in := r.listen(r.subject("auto"))
		check(in.sub.AutoUnsubscribe(limit))
		for n := range 5 {
			check(r.nc.Publish(r.subject("auto"), fmt.Appendf(nil, "%d", n)))
		}
		check(r.nc.Flush())
		in.show(fmt.Sprintf("limit %d", limit), limit)
		in.showQuiet("then")
	}
	// A limit below what was delivered already ends the subscription at once.
	in := r.listen(r.subject("late"))
	for range 4 {
		check(r.nc.Publish(r.subject("late"), nil))
	}
	check(r.nc.Flush())
	in.show("before the limit", 4)
	check(in.sub.AutoUnsubscribe(2))
	check(r.nc.Publish(r.subject("late"), nil))
	check(r.nc.Flush())
	in.showQuiet("after it")
	check(r.nc.PublishRequest(r.subject("late"), r.subject("gone"), nil))
	_, err := r.nc.Request(r.subject("late"), nil, patience)
	r.say("request to it: %v", err)
}

func coreEchoOff(r *run) {
	mute := r.connect(nats.NoEcho())
	own := r.listenOn(mute, r.subject("e"), "")
	others := r.listen(r.subject("e"))
	check(mute.Publish(r.subject("e"), []byte("from the mute one")))
	check(r.nc.Publish(r.subject("e"), []byte("from another")))
	check(mute.Flush())
	check(r.nc.Flush())
	own.show("mute connection", 1)
	own.showQuiet("mute connection then")
	received := []string{string(others.next().Data), string(others.next().Data)}
	slices.Sort(received)
	r.say("other connection: %s", strings.Join(received, ", "))
	check(others.sub.Unsubscribe())
	check(r.nc.Flush())
	_, err := mute.Request(r.subject("e"), nil, patience)
	r.say("the own subscription is no responder: %v", err)
	queue := r.listenOn(mute, r.subject("q"), "group")
	helper := r.listen(r.subject("q2"))
	check(mute.Publish(r.subject("q"), nil))
	check(mute.Publish(r.subject("q2"), nil))
	check(mute.Flush())
	helper.show("marker", 1)
	r.say("queue member of the same connection: %d", len(queue.ch))
}

func corePayloadSizes(r *run) {
	limit := int(r.nc.MaxPayload())
	r.say("limit %d", limit)
	in := r.listen(r.subject("big"))
	for _, size := range []int{0, 1, 1000, 32767, 32768, 65536, 524288, limit} {
		check(r.nc.Publish(r.subject("big"), bytes.Repeat([]byte{'x'}, size)))
		in.show(fmt.Sprintf("%d bytes", size), 1)
	}
	head := pairs([]string{"Key", "value"})
	block := len("NATS/1.0\r\nKey: value\r\n\r\n")
	check(r.nc.PublishMsg(&nats.Msg{Subject: r.subject("big"), Header: head, Data: make([]byte, limit-block)}))
	in.show("headers and payload up to the limit", 1)
	r.say("one more: %v", r.nc.Publish(r.subject("big"), make([]byte, limit+1)))
	binary := make([]byte, 256)
	for i := range binary {
		binary[i] = byte(i)
	}
	check(r.nc.Publish(r.subject("big"), binary))
	in.show("every byte", 1)
}

func coreDrain(r *run) {
	subscriber := r.connect()
	var handled atomic.Int64
	closed := make(chan struct{})
	subscriber.SetClosedHandler(func(*nats.Conn) { close(closed) })
	sub := must(subscriber.Subscribe(r.subject("d"), func(*nats.Msg) { handled.Add(1) }))
	must(subscriber.Subscribe(r.subject("other"), func(m *nats.Msg) { check(m.Respond([]byte("bye"))) }))
	check(subscriber.Flush())
	// From the same connection: what comes from another one may still be on its way.
	for range 200 {
		check(subscriber.Publish(r.subject("d"), []byte("x")))
	}
	check(sub.Drain())
	until("subscription drained", func() bool { return !sub.IsValid() })
	r.say("handled by a drained subscription: %d", handled.Load())
	in := r.listen(nats.NewInbox())
	check(r.nc.PublishRequest(r.subject("d"), in.subject, nil))
	in.show("after it", 1)
	check(r.nc.PublishRequest(r.subject("other"), in.subject, nil))
	in.show("the connection goes on", 1)
	check(subscriber.Drain())
	select {
	case <-closed:
		r.say("connection drained and closed: %v", subscriber.LastError())
	case <-time.After(patience):
		r.say("connection not closed")
	}
	check(r.nc.PublishRequest(r.subject("other"), in.subject, nil))
	in.show("after that", 1)
}

func coreManySubscriptions(r *run) {
	const count = 2000
	received := make(chan *nats.Msg, count)
	for n := range count {
		must(r.nc.ChanSubscribe(r.subject(fmt.Sprintf("many.%d", n)), received))
	}
	all := r.listen(r.subject("many.*"))
	other := r.connect()
	for n := range count {
		check(other.Publish(r.subject(fmt.Sprintf("many.%d", n)), nil))
	}
	check(other.Flush())
	subjects := map[string]bool{}
	for range count {
		select {
		case m := <-received:
			subjects[m.Subject] = true
		case <-time.After(patience):
		}
	}
	until("the wildcard saw all", func() bool { return len(all.ch) >= count })
	r.say("%d subjects, %d on the wildcard", len(subjects), len(all.ch))
}

func coreTwoPublishers(r *run) {
	in := r.listen(r.subject("order"))
	const each = 500
	done := make(chan error, 2)
	for _, name := range []string{"a", "b"} {
		nc := r.connect()
		go func() {
			for n := range each {
				if err := nc.Publish(r.subject("order"), fmt.Appendf(nil, "%s%d", name, n)); err != nil {
					done <- err
					return
				}
			}
			done <- nc.Flush()
		}()
	}
	check(<-done)
	check(<-done)
	var seen = map[byte][]string{}
	for range 2 * each {
		m := in.next()
		seen[m.Data[0]] = append(seen[m.Data[0]], string(m.Data))
	}
	for _, name := range []byte("ab") {
		ordered := slices.IsSortedFunc(seen[name], func(x, y string) int {
			var i, j int
			fmt.Sscanf(x[1:], "%d", &i)
			fmt.Sscanf(y[1:], "%d", &j)
			return i - j
		})
		r.say("publisher %c: %d messages, in order %v", name, len(seen[name]), ordered)
	}
}

func coreReservedReplies(r *run) {
	in := r.listen(r.subject("r"))
	for _, reply := range []string{"$JS.ACK.a.b.1.1.1.1.0", "_R_.a"} {
		check(r.nc.PublishRequest(r.subject("r"), reply, []byte(reply)))
		check(r.nc.Flush())
		r.say("reply %s: %s", reply, r.asyncError())
	}
	check(r.nc.PublishRequest(r.subject("r"), "$JS.FC.a", []byte("allowed")))
	in.show("received", 1)
}
