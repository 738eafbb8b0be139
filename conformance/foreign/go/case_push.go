// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

var pushCases = []testCase{
	{"push-delivery", plain, pushDelivery},
	{"push-heartbeats", plain, pushHeartbeats},
	{"push-flow-control", plain, pushFlowControl},
	{"push-flow-control-acks", plain, pushFlowControlAcks},
	{"push-flow-control-ack-rules", plain, pushFlowControlAckRules},
	{"push-queue-group", plain, pushQueueGroup},
	{"push-client", plain, pushClient},
	{"push-ordered", plain, pushOrdered},
}

func (r *run) pushConsumer(name, extra string) {
	r.quietly("CONSUMER.CREATE.$S."+name, `{"stream_name":"$S","config":{"durable_name":"`+name+`","deliver_subject":"push.`+name+`"`+withExplicitAck(extra)+`}}`)
}

func pushDelivery(r *run) {
	r.stream("")
	r.publish("a", "b")
	r.pushConsumer("c", `,"ack_wait":800000000`)
	r.consumerState("nobody listens", "c")
	in := r.listen("push.c")
	first, second := in.next(), in.next()
	r.say("%s", r.message(first))
	r.say("%s", r.message(second))
	r.consumerState("somebody listens", "c")
	r.ackSync(first, "+ACK")
	in.show("redelivered", 1)
	r.ackSync(second, "+ACK")
	check(in.sub.Unsubscribe())
	check(r.nc.Flush())
	until("unbound", func() bool { return r.consumerNumbers("c")["push_bound"] == nil })
	r.publish("c")
	again := r.listen("push.c")
	again.show("listening again", 1)
	r.call("CONSUMER.CREATE.$S.c", `{"stream_name":"$S","config":{"durable_name":"c","ack_policy":"explicit","ack_wait":800000000,"deliver_subject":"push.other"}}`)
}

func pushHeartbeats(r *run) {
	r.stream("")
	in := r.listen("push.c")
	r.pushConsumer("c", `,"idle_heartbeat":200000000`)
	in.show("nothing yet", 1)
	r.publish("a")
	for {
		m := in.next()
		if m == nil || m.Header.Get("Status") != "100" {
			r.say("then: %s", r.message(m))
			break
		}
	}
	in.show("after it", 1)
}

func pushFlowControl(r *run) {
	r.stream("")
	payload := []byte(strings.Repeat("x", 100000))
	for range 60 {
		r.stored(&nats.Msg{Subject: r.subject("m"), Data: payload})
	}
	in := r.listen("push.c")
	r.pushConsumer("c", `,"ack_policy":"none","flow_control":true,"idle_heartbeat":5000000000`)
	received, requests := 0, 0
	for received < 60 {
		m := in.next()
		switch {
		case m == nil:
			r.say("stalled after %d", received)
			return
		case m.Header.Get("Status") == "100":
			if requests == 0 {
				tokens := strings.Split(m.Reply, ".")
				r.say("status %s %s, reply of %d tokens on %s.%s", m.Header.Get("Status"), m.Header.Get("Description"), len(tokens), tokens[0], tokens[1])
			}
			requests++
			if m.Reply != "" {
				check(r.nc.Publish(m.Reply, nil))
			}
		default:
			received++
		}
	}
	r.say("received %d, asked for flow control: %v", received, requests > 0)
}

// pushFlowControlAcks has answers to flow control acknowledge what the receiver says it got.
func pushFlowControlAcks(r *run) {
	for _, retention := range []string{"limits", "workqueue", "interest"} {
		r.stream(`,"retention":"` + retention + `"`)
		in := r.listen("push.c")
		r.quietly("CONSUMER.CREATE.$S.c", `{"stream_name":"$S","config":{"durable_name":"c","deliver_subject":"push.c","ack_policy":"flow_control","max_ack_pending":3}}`)
		r.publish("a", "b", "c", "d", "e")
		answer := func(m *nats.Msg, stream, consumer string) {
			check(r.nc.PublishMsg(&nats.Msg{Subject: m.Reply, Header: pairs([]string{"Nats-Last-Stream", stream, "Nats-Last-Consumer", consumer})}))
			check(r.nc.Flush())
		}
		// what is asked for flow control, behind what messages and heartbeats
		request := func(label string) *nats.Msg {
			for {
				m := in.next()
				switch {
				case m == nil:
					r.say("%s: nothing", label)
					return nil
				case m.Header.Get("Status") == "":
					r.say("%s: %s", label, r.message(m))
					check(r.nc.Publish(m.Reply, []byte("+ACK"))) // has no effect
				case m.Reply != "":
					r.say("%s: %s", label, m.Header.Get("Description"))
					return m
				}
			}
		}
		m := request("three are pending")
		r.settled("c", 2)
		r.consumerState(retention, "c")
		answer(m, "2", "2")
		m = request("two were got")
		r.consumerState(retention, "c")
		left := func(most uint64) {
			until("acknowledged ones are gone", func() bool {
				return retention == "limits" || must(must(r.js.Stream(r.ctx, r.s)).Info(r.ctx)).State.Msgs <= most
			})
			r.state(retention, r.s)
		}
		left(3)
		answer(m, "4", "4")
		m = request("at a heartbeat")
		r.consumerState(retention, "c")
		check(r.nc.Publish(m.Reply, nil))
		m = request("without sequences")
		answer(m, "0", "0")
		m = request("of nothing")
		answer(m, "many", "x")
		m = request("no numbers")
		answer(m, "5", "5")
		until("all got", func() bool { return fmt.Sprint(r.consumerNumbers("c")["num_ack_pending"]) == "0" })
		r.consumerState(retention, "c")
		left(0)
		r.quietly("STREAM.DELETE.$S", "")
	}
}

func pushFlowControlAckRules(r *run) {
	for _, retention := range []string{"limits", "workqueue"} {
		r.stream(`,"retention":"` + retention + `"`)
		for _, members := range []string{
			``, `"deliver_subject":"push.c"`, `"deliver_subject":"push.c","flow_control":true`,
			`"deliver_subject":"push.c","flow_control":true,"idle_heartbeat":1000000000`,
			`"deliver_subject":"push.c","flow_control":true,"idle_heartbeat":2000000000`,
			`"deliver_subject":"push.c","max_ack_pending":-1`, `"deliver_subject":"push.c","ack_wait":1000000000`,
			`"deliver_subject":"push.c","backoff":[1000000000]`, `"deliver_subject":"push.c","max_deliver":2`,
			`"deliver_subject":"push.c","max_deliver":-1,"durable_name":"c","deliver_group":"g"`,
			`"deliver_subject":"push.c","sample_freq":"100%"`, `"deliver_subject":"push.c","max_deliver":-7`,
		} {
			if members != "" {
				members = "," + members
			}
			for _, pedantic := range []string{"false", "true"} {
				r.call("CONSUMER.CREATE.$S.c", `{"stream_name":"$S","config":{"name":"c","ack_policy":"flow_control"`+members+`},"pedantic":`+pedantic+`}`)
				must(r.request("$JS.API."+r.named("CONSUMER.DELETE.$S.c"), nil))
			}
		}
		r.quietly("STREAM.DELETE.$S", "")
	}
}

func pushQueueGroup(r *run) {
	r.stream("")
	r.quietly("CONSUMER.CREATE.$S.q", `{"stream_name":"$S","config":{"durable_name":"q","ack_policy":"explicit","deliver_subject":"push.q","deliver_group":"workers"}}`)
	alone := r.listen("push.q")
	one := r.listenOn(r.connect(), "push.q", "workers")
	two := r.listenOn(r.connect(), "push.q", "workers")
	other := r.listenOn(r.connect(), "push.q", "others")
	for range 60 {
		r.publish("m")
	}
	until("all delivered", func() bool {
		return len(one.ch)+len(two.ch) >= 60 && len(other.ch) >= 60 && len(alone.ch) >= 60
	})
	r.say("two workers got 60, each some: %v; another group %d", len(one.ch) > 0 && len(two.ch) > 0, len(other.ch))
	r.say("a plain subscriber sees them as well: %v", len(alone.ch) == 60)
}

func pushClient(r *run) {
	stream := r.clientStream(5)
	consumer := must(r.js.CreatePushConsumer(r.ctx, r.s, jetstream.ConsumerConfig{
		Durable: "c", AckPolicy: jetstream.AckExplicitPolicy, DeliverSubject: "push.client",
	}))
	received := make(chan string, 10)
	running := must(consumer.Consume(func(m jetstream.Msg) {
		check(m.Ack())
		received <- string(m.Data())
	}))
	for range 5 {
		r.say("received %s", <-received)
	}
	running.Stop()
	until("all acknowledged", func() bool { return must(consumer.Info(r.ctx)).NumAckPending == 0 })
	r.say("floor %d", must(consumer.Info(r.ctx)).AckFloor.Stream)
	js := must(r.nc.JetStream())
	sub := must(js.SubscribeSync(r.subject(">"), nats.Durable("legacy"), nats.AckExplicit()))
	for range 5 {
		m := must(sub.NextMsg(patience))
		check(m.AckSync())
	}
	_, err := js.SubscribeSync(r.subject(">"), nats.Durable("legacy"))
	r.say("bound already: %v", err)
	r.say("unsubscribe: %v", sub.Unsubscribe())
	_, err = stream.Consumer(r.ctx, "legacy")
	r.say("its consumer: %s", failure(err))
}

func pushOrdered(r *run) {
	r.clientStream(40)
	js := must(r.nc.JetStream())
	sub := must(js.SubscribeSync(r.subject(">"), nats.OrderedConsumer(), nats.IdleHeartbeat(300*time.Millisecond)))
	var last uint64
	read := func(count int) {
		for range count {
			m := must(sub.NextMsg(patience))
			meta := must(m.Metadata())
			if meta.Sequence.Stream != last+1 {
				r.say("gap: %d after %d", meta.Sequence.Stream, last)
			}
			last = meta.Sequence.Stream
		}
		r.say("read up to %d", last)
	}
	read(40)
	info := must(sub.ConsumerInfo())
	r.say("ordered: ack %v, flow control %v, max deliver %d, memory %v", info.Config.AckPolicy, info.Config.FlowControl, info.Config.MaxDeliver, info.Config.MemoryStorage)
	check(js.DeleteConsumer(r.s, info.Name))
	for n := range 10 {
		must(js.Publish(r.subject("m"), fmt.Appendf(nil, "%d", n)))
	}
	read(10)
}
