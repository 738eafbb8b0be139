// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

var ackCases = []testCase{
	{"ack-explicit-floor", plain, ackExplicitFloor},
	{"ack-payloads", plain, ackPayloads},
	{"ack-twice", plain, ackTwice},
	{"ack-nak", plain, ackNak},
	{"ack-nak-delay", plain, ackNakDelay},
	{"ack-in-progress", plain, ackInProgress},
	{"ack-term", plain, ackTerm},
	{"ack-next", plain, ackNext},
	{"ack-all", plain, ackAll},
	{"ack-none", plain, ackNone},
	{"ack-strange", plain, ackStrange},
	{"ack-after-removal", plain, ackAfterRemoval},
	{"ack-sample", plain, ackSample},
}

func ackExplicitFloor(r *run) {
	r.stream("")
	r.publish("a", "b", "c", "d", "e")
	r.consumer("c", "")
	messages := r.take("c", 5)
	for _, m := range messages {
		r.say("delivered %s", r.message(m))
	}
	r.consumerState("none acknowledged", "c")
	for _, n := range []int{0, 2, 4, 1, 3} {
		r.ackSync(messages[n], "+ACK")
		r.consumerState("after "+string(messages[n].Data), "c")
	}
	r.publish("f")
	r.say("delivered %s", r.message(r.take("c", 1)[0]))
}

func ackPayloads(r *run) {
	r.stream("")
	payloads := []string{"", "+ACK", "+OK", "-NAK", "+WPI", "+TERM", "+TERM because", "+ack", "unknown", "-NAK {\"delay\":60000000000}", "-NAK 60s", "-NAK x"}
	for range payloads {
		r.publish("m")
	}
	r.consumer("c", `,"max_ack_pending":100`)
	messages := r.take("c", len(payloads))
	for n, payload := range payloads {
		reply, err := r.nc.Request(messages[n].Reply, []byte(payload), patience)
		if err != nil {
			r.say("%q: %v", payload, err)
			continue
		}
		reply.Subject = "inbox"
		r.say("%q: %s", payload, r.message(reply))
		r.say("pending %v", r.consumerNumbers("c")["num_ack_pending"])
	}
	r.pull("c", `{"batch":20,"no_wait":true}`).showAll("redelivered")
	r.consumerState("state", "c")
}

func ackTwice(r *run) {
	r.stream("")
	r.publish("a", "b")
	r.consumer("c", "")
	messages := r.take("c", 2)
	for range 2 {
		reply := must(r.nc.Request(messages[0].Reply, []byte("+ACK"), patience))
		reply.Subject = "inbox"
		r.say("answer: %s", r.message(reply))
		r.consumerState("state", "c")
	}
	r.ackSync(messages[0], "-NAK")
	r.ackSync(messages[0], "+TERM")
	r.consumerState("nak and term after ack change nothing", "c")
	r.pull("c", `{"batch":1,"no_wait":true}`).showAll("nothing comes back")
	js := must(r.nc.JetStream())
	sub := must(js.PullSubscribe("", "c", nats.Bind(r.s, "c")))
	r.publish("c")
	m := must(sub.Fetch(1))[0]
	r.say("through the client: %s, %v", failure(m.AckSync()), m.Ack())
}

func ackNak(r *run) {
	r.stream("")
	r.publish("a", "b", "c")
	advisories := r.listen("$JS.EVENT.ADVISORY.CONSUMER.MSG_NAKED.>")
	r.consumer("c", "")
	messages := r.take("c", 2)
	r.ackSync(messages[0], "-NAK")
	m := advisories.next()
	r.say("%s %s", m.Subject, answer(m.Data))
	r.consumerState("one nak", "c")
	r.pull("c", `{"batch":5,"no_wait":true}`).showAll("redelivery comes first")
	r.consumerState("redelivered", "c")
	r.ackSync(messages[1], "-NAK")
	again := r.take("c", 1)[0]
	r.say("again %s", r.message(again))
	r.ackSync(again, "+ACK")
	r.consumerState("acknowledged", "c")
}

func ackNakDelay(r *run) {
	r.stream("")
	r.publish("a", "b")
	r.consumer("c", "")
	messages := r.take("c", 2)
	began := time.Now()
	r.ackSync(messages[0], `-NAK {"delay":400000000}`)
	r.pull("c", `{"batch":1,"no_wait":true}`).showAll("not yet")
	in := r.pull("c", `{"batch":1,"expires":5000000000}`)
	m := in.next()
	r.say("%s: %s", between(390*time.Millisecond, time.Since(began)), r.message(m))
	began = time.Now()
	r.ackSync(messages[1], `-NAK 300ms`)
	in = r.pull("c", `{"batch":1,"expires":5000000000}`)
	m = in.next()
	r.say("%s: %s", between(290*time.Millisecond, time.Since(began)), r.message(m))
}

func ackInProgress(r *run) {
	r.stream("")
	r.publish("a")
	r.consumer("c", `,"ack_wait":1000000000`)
	began := time.Now()
	m := r.take("c", 1)[0]
	in := r.pull("c", `{"batch":1,"expires":5000000000}`)
	for n := range 3 {
		<-time.After(time.Duration(n+1)*500*time.Millisecond - time.Since(began))
		r.ackSync(m, "+WPI")
	}
	again := in.next()
	r.say("%s: %s", between(2490*time.Millisecond, time.Since(began)), r.message(again))
}

func ackTerm(r *run) {
	r.stream("")
	r.publish("a", "b", "c")
	advisories := r.listen("$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.>")
	r.consumer("c", `,"ack_wait":300000000`)
	messages := r.take("c", 3)
	r.ackSync(messages[0], "+TERM")
	r.ackSync(messages[1], "+TERM no good, never")
	r.ackSync(messages[2], "+ACK")
	for range 2 {
		m := advisories.next()
		r.say("%s %s", m.Subject, answer(m.Data))
	}
	r.consumerState("state", "c")
	r.pull("c", `{"batch":1,"expires":500000000}`).showAll("nothing comes back")
	r.state("the stream keeps all", r.s)
}

func ackNext(r *run) {
	r.stream("")
	r.publish("a", "b", "c", "d", "e", "f", "g", "h")
	r.consumer("c", "")
	in := r.pull("c", `{"batch":1,"expires":5000000000}`)
	first := in.next()
	r.say("first: %s", r.message(first))
	for _, next := range []struct {
		payload string
		count   int
	}{{"+NXT", 1}, {"+NXT 2", 2}, {`+NXT {"batch":2}`, 2}, {`+NXT {"batch":5,"no_wait":true}`, 3}} {
		check(r.nc.PublishRequest(first.Reply, in.subject, []byte(next.payload)))
		for range next.count {
			m := in.next()
			r.say("%s: %s", next.payload, r.message(m))
			if m != nil && !isEnd(m) {
				first = m
			}
		}
		in.showQuiet("then")
		r.say("pending %v, floor %v", r.consumerNumbers("c")["num_ack_pending"], r.consumerNumbers("c")["ack_floor"])
	}
}

func ackAll(r *run) {
	r.stream("")
	r.publish("a", "b", "c", "d", "e", "f")
	r.consumer("c", `,"ack_policy":"all"`)
	messages := r.take("c", 6)
	r.ackSync(messages[2], "+ACK")
	r.consumerState("three", "c")
	r.ackSync(messages[0], "+ACK")
	r.consumerState("an earlier one changes nothing", "c")
	r.ackSync(messages[4], "-NAK")
	r.pull("c", `{"batch":5,"no_wait":true}`).showAll("one nak")
	r.ackSync(messages[5], "+ACK")
	r.consumerState("all", "c")
}

func ackNone(r *run) {
	r.stream("")
	r.publish("a", "b")
	r.consumer("c", `,"ack_policy":"none"`)
	messages := r.take("c", 2)
	r.consumerState("delivered is acknowledged", "c")
	_, err := r.nc.Request(messages[0].Reply, []byte("+ACK"), patience)
	r.say("an acknowledgement: %v", err)
}

func ackStrange(r *run) {
	r.stream("")
	r.publish("a", "b", "c")
	r.consumer("c", "")
	m := r.take("c", 1)[0]
	r.consumerState("one pending", "c")
	tokens := strings.Split(m.Reply, ".")
	with := func(n int, value string) string {
		changed := append([]string{}, tokens...)
		changed[n] = value
		return strings.Join(changed, ".")
	}
	for _, attempt := range []struct{ what, subject string }{
		{"not delivered yet", with(5, "3")},
		{"beyond the stream", with(5, "99")},
		{"sequence 0", with(5, "0")},
		{"not a number", with(5, "x")},
		{"another consumer", with(3, "other")},
		{"another stream", with(2, "OTHER")},
		{"too short", strings.Join(tokens[:8], ".")},
		{"too long", m.Reply + ".more"},
		{"delivery count 0", with(4, "0")},
	} {
		reply, err := r.nc.Request(attempt.subject, []byte("+ACK"), 3*quiet)
		if err != nil {
			r.say("%s: %v", attempt.what, err)
		} else {
			r.say("%s: answered %q", attempt.what, reply.Data)
		}
		r.consumerState("state", "c")
	}
}

func ackAfterRemoval(r *run) {
	r.stream("")
	r.publish("a", "b", "c", "d")
	r.consumer("c", `,"ack_wait":700000000`)
	messages := r.take("c", 4)
	r.quietly("STREAM.MSG.DELETE.$S", `{"seq":2}`)
	r.quietly("STREAM.PURGE.$S", `{"seq":2}`)
	reply := must(r.nc.Request(messages[0].Reply, []byte("+ACK"), patience))
	r.say("acknowledged after a purge: %q", reply.Data)
	reply = must(r.nc.Request(messages[1].Reply, []byte("+ACK"), patience))
	r.say("acknowledged after a delete: %q", reply.Data)
	r.unacknowledged("two left", "c")
	r.pull("c", `{"batch":2,"expires":3000000000}`).show("redelivered", 2)
	r.quietly("STREAM.PURGE.$S", "")
	r.pull("c", `{"batch":1,"expires":900000000}`).showAll("after a purge of all")
	r.unacknowledged("none left", "c")
	r.publish("e")
	r.say("delivered %s", r.message(r.take("c", 1)[0]))
}

// unacknowledged prints what a consumer still waits for. When its ack floor passes messages that are
// gone is the server's own affair.
func (r *run) unacknowledged(what, consumer string) {
	numbers := r.consumerNumbers(consumer)
	r.say("%s: waiting for acks %v, pending %v", what, numbers["num_ack_pending"], numbers["num_pending"])
}

func ackSample(r *run) {
	r.stream("")
	r.publish("a", "b")
	metrics := r.listen("$JS.EVENT.METRIC.CONSUMER.ACK.>")
	r.consumer("c", `,"sample_freq":"100%"`)
	for _, m := range r.take("c", 2) {
		r.ackSync(m, "+ACK")
		metric := metrics.next()
		if metric == nil {
			r.say("no metric")
			continue
		}
		r.say("%s members: %s", metric.Subject, memberNames(answer(metric.Data)))
	}
}
