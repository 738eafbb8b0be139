// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

var restartCases = []testCase{
	{"restart-before", before, restartBefore},
	{"restart-after", after, restartAfter},
	{"restart-retention-before", before, restartRetentionBefore},
	{"restart-retention-after", after, restartRetentionAfter},
	{"restart-while-consuming", own, restartWhileConsuming},
	{"restart-pull-status", own, restartPullStatus},
	{"kill-after-acks", own, killAfterAcks},
}

func restartBefore(r *run) {
	r.stream(`,"duplicate_window":120000000000`)
	r.publish("a", "b", "a", "c", "b", "a")
	r.pubAck("with an id", "d", "x", "Nats-Msg-Id", "before")
	r.quietly("STREAM.MSG.DELETE.$S", `{"seq":4}`)
	r.quietly("STREAM.CREATE.$S_M", `{"name":"$S_M","subjects":["$P_m"],"storage":"memory"}`)
	for n := range 5 {
		r.stored(&nats.Msg{Subject: r.p + "_m", Data: fmt.Appendf(nil, "%d", n)})
	}
	r.quietly("STREAM.CREATE.$S_E", `{"name":"$S_E","subjects":["$P_e"],"max_msgs":3,"description":"purged","metadata":{"k":"v"}}`)
	for range 5 {
		r.stored(&nats.Msg{Subject: r.p + "_e"})
	}
	r.quietly("STREAM.PURGE.$S_E", "")
	r.consumer("c", "")
	r.consumer("filtered", `,"filter_subject":"$P.a","ack_wait":60000000000,"description":"d","metadata":{"k":"v"}`)
	r.consumer("idle", `,"deliver_policy":"by_start_sequence","opt_start_seq":3`)
	messages := r.take("c", 5)
	for _, n := range []int{0, 1, 3} {
		r.ackSync(messages[n], "+ACK")
	}
	r.ackSync(r.take("filtered", 1)[0], "+ACK")
	r.consumer("quick", `,"filter_subject":"$P.b","ack_wait":1000000000`)
	r.take("quick", 1)
	r.quietly("CONSUMER.CREATE.$S.mem", `{"stream_name":"$S","config":{"durable_name":"mem","ack_policy":"explicit","mem_storage":true}}`)
	r.consumer("removed", "")
	r.quietly("CONSUMER.DELETE.$S.removed", "")
	kv := must(r.js.CreateKeyValue(r.ctx, jetstream.KeyValueConfig{Bucket: r.s, History: 2}))
	must(kv.Put(r.ctx, "k", []byte("1")))
	must(kv.Put(r.ctx, "k", []byte("2")))
	r.showRestartState()
}

func (r *run) showRestartState() {
	r.call("STREAM.NAMES", `{"subject":">"}`)
	for _, name := range []string{"$S", "$S_E"} {
		r.call("STREAM.INFO."+name, "")
	}
	r.call("CONSUMER.NAMES.$S", "")
	for _, name := range []string{"$S.c", "$S.filtered", "$S.idle"} {
		r.showStoredConsumer(name)
	}
	r.call("STREAM.MSG.GET.$S", `{"seq":3}`)
	r.call("STREAM.MSG.GET.$S", `{"seq":4}`)
	r.call("STREAM.MSG.GET.$S", `{"seq":7}`)
}

// showStoredConsumer prints a consumer without the times of its last activity, which need not
// survive a restart.
func (r *run) showStoredConsumer(name string) {
	var info map[string]any
	check(json.Unmarshal(r.quietly("CONSUMER.INFO."+name, ""), &info))
	for _, position := range []string{"delivered", "ack_floor"} {
		if members, is := info[position].(map[string]any); is {
			delete(members, "last_active")
		}
	}
	r.say("consumer %s: %s", r.named(name), sorted(masked("", info)))
}

func restartAfter(r *run) {
	r.showRestartState()
	r.pubAck("the same id", "d", "x", "Nats-Msg-Id", "before")
	r.pubAck("another id", "d", "y", "Nats-Msg-Id", "after")
	r.settled("c", 2)
	r.pull("c", `{"batch":10,"no_wait":true}`).showAll("what was never delivered")
	r.say("filtered: %s", r.message(r.take("filtered", 1)[0]))
	r.showAfterAckWait()
	_, err := r.nc.Request(r.p+"_m", nil, patience)
	r.say("the memory stream: %v", err)
	reply := must(r.nc.Request(r.p+"_e", nil, patience))
	r.say("the sequence goes on: %s", answer(reply.Data))
	kv := must(r.js.KeyValue(r.ctx, r.s))
	entry := must(kv.Get(r.ctx, "k"))
	r.say("key: %s revision %d", entry.Value(), entry.Revision())
	r.say("history: %d", r.messagesIn("KV_$S"))
	r.call("CONSUMER.INFO.$S.removed", "")
}

// showAfterAckWait shows what a consumer with a short ack wait delivers after the restart: the
// message that was never acknowledged, and the new one, in either order.
func (r *run) showAfterAckWait() {
	var lines []string
	for _, m := range r.take("quick", 2) {
		tokens := strings.Split(m.Reply, ".")
		lines = append(lines, fmt.Sprintf("%s delivered %s times, sequence %s", m.Data, tokens[4], tokens[5]))
	}
	sort.Strings(lines)
	r.say("with a short ack wait: %s", strings.Join(lines, "; "))
}

func restartRetentionBefore(r *run) {
	for _, retention := range []string{"workqueue", "interest"} {
		name, subject := "$S_"+retention, r.p+"_"+retention
		r.quietly("STREAM.CREATE."+name, `{"name":"`+name+`","subjects":["`+subject+`"],"retention":"`+retention+`"}`)
		r.quietly("CONSUMER.CREATE."+name+".c", `{"stream_name":"`+name+`","config":{"durable_name":"c","ack_policy":"explicit"}}`)
		for n := range 5 {
			r.stored(&nats.Msg{Subject: subject, Data: fmt.Appendf(nil, "%d", n)})
		}
		in := r.pullFrom(r.named(name), "c", `{"batch":3,"expires":5000000000}`)
		r.ackSync(in.next(), "+ACK")
		r.ackSync(in.next(), "+ACK")
		in.show("not acknowledged", 1)
		until("two removed", func() bool { return r.messagesIn(name) == 3 })
		r.state(retention, name)
		r.showStoredConsumer(name + ".c")
	}
}

func restartRetentionAfter(r *run) {
	for _, retention := range []string{"workqueue", "interest"} {
		name := "$S_" + retention
		r.state(retention, name)
		r.showStoredConsumer(name + ".c")
		in := r.pullFrom(r.named(name), "c", `{"batch":2,"expires":5000000000}`)
		first, second := in.next(), in.next()
		r.say("delivered %s", r.message(first))
		r.say("delivered %s", r.message(second))
		r.ackSync(first, "+ACK")
		r.ackSync(second, "+ACK")
		until("two removed", func() bool { return r.messagesIn(name) == 1 })
		r.state("one is left, which was delivered before", name)
	}
}

func (r *run) messagesIn(stream string) uint64 {
	return must(must(r.js.Stream(r.ctx, r.named(stream))).Info(r.ctx)).State.Msgs
}

// reconnecting opens a connection that survives a restart, and a channel that tells of it.
func (r *run) reconnecting() (*nats.Conn, chan struct{}) {
	back := make(chan struct{}, 4)
	nc := r.connect(nats.MaxReconnects(-1), nats.ReconnectWait(50*time.Millisecond), nats.ReconnectJitter(0, 0),
		nats.ReconnectHandler(func(*nats.Conn) { back <- struct{}{} }))
	return nc, back
}

func waitFor(what string, signal <-chan struct{}) {
	select {
	case <-signal:
	case <-time.After(3 * patience):
		panic(caseFailure{"never happened: " + what})
	}
}

func restartWhileConsuming(r *run) {
	r.stream("")
	r.consumer("c", "")
	nc, back := r.reconnecting()
	js := must(jetstream.New(nc))
	consumer := must(js.Consumer(r.ctx, r.s, "c"))
	var mutex sync.Mutex
	seen := map[string]bool{}
	running := must(consumer.Consume(func(m jetstream.Msg) {
		mutex.Lock()
		seen[string(m.Data())] = true
		mutex.Unlock()
		check(m.Ack())
	}, jetstream.PullExpiry(2*time.Second), jetstream.PullHeartbeat(500*time.Millisecond)))
	count := func() int {
		mutex.Lock()
		defer mutex.Unlock()
		return len(seen)
	}
	publish := func(from, to int) {
		for n := from; n <= to; n++ {
			must(js.Publish(r.ctx, r.subject("m"), fmt.Appendf(nil, "%d", n)))
		}
	}
	publish(1, 5)
	until("five consumed", func() bool { return count() == 5 })
	until("five acknowledged", func() bool { return must(consumer.Info(r.ctx)).AckFloor.Stream == 5 })
	r.ask("@restart")
	waitFor("reconnect", back)
	publish(6, 10)
	deadline := time.Now().Add(2 * patience)
	for count() < 10 && time.Now().Before(deadline) {
		<-time.After(10 * time.Millisecond)
	}
	running.Stop()
	mutex.Lock()
	var all []string
	for data := range seen {
		all = append(all, data)
	}
	mutex.Unlock()
	sort.Slice(all, func(i, j int) bool { return len(all[i]) < len(all[j]) || len(all[i]) == len(all[j]) && all[i] < all[j] })
	r.say("consumed %s", strings.Join(all, " "))
}

func restartPullStatus(r *run) {
	r.stream("")
	r.consumer("c", "")
	nc, back := r.reconnecting()
	in := r.listenOn(nc, nats.NewInbox(), "")
	check(nc.PublishRequest("$JS.API.CONSUMER.MSG.NEXT."+r.s+".c", in.subject, []byte(`{"batch":3,"expires":20000000000}`)))
	check(nc.Flush())
	until("pull waits", func() bool { return fmt.Sprint(r.consumerNumbers("c")["num_waiting"]) == "1" })
	r.ask("@restart")
	in.show("waiting pull", 1)
	waitFor("reconnect", back)
	r.say("connected again: %v", nc.IsConnected())
}

func killAfterAcks(r *run) {
	const count = 400
	r.stream("")
	nc, back := r.reconnecting()
	js := must(jetstream.New(nc))
	for n := range count {
		must(js.PublishAsync(r.subject("m"), fmt.Appendf(nil, "%d", n)))
	}
	waitFor("all answered", js.PublishAsyncComplete())
	r.ask("@kill")
	waitFor("reconnect", back)
	stream := must(js.Stream(r.ctx, r.s))
	info := must(stream.Info(r.ctx))
	r.say("messages %d, last %d", info.State.Msgs, info.State.LastSeq)
	m := must(stream.GetMsg(r.ctx, count))
	r.say("last %s", m.Data)
	ack := must(js.Publish(r.ctx, r.subject("m"), nil))
	r.say("next %d", ack.Sequence)
}
