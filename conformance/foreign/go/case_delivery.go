// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

var deliveryCases = []testCase{
	{"delivery-behind-purge", plain, deliveryBehindPurge},
	{"delivery-policies", plain, deliveryPolicies},
	{"delivery-filters", plain, deliveryFilters},
	{"delivery-num-pending", plain, deliveryNumPending},
	{"delivery-headers-only", plain, deliveryHeadersOnly},
	{"delivery-after-purge", plain, deliveryAfterPurge},
	{"delivery-replay-original", plain, deliveryReplayOriginal},
	{"delivery-large-backlog", plain, deliveryLargeBacklog},
}

func deliveryPolicies(r *run) {
	r.stream("")
	r.publish("a", "b", "a", "b")
	// A time that lies between two messages: the server's clock has to pass it.
	middle := time.Now().Add(10 * time.Millisecond).UTC().Format(time.RFC3339Nano)
	<-time.After(30 * time.Millisecond)
	r.alias(middle, "<middle>")
	r.publish("a", "c")
	for n, members := range []string{
		`"deliver_policy":"all"`,
		`"deliver_policy":"last"`,
		`"deliver_policy":"last","filter_subject":"$P.b"`,
		`"deliver_policy":"new"`,
		`"deliver_policy":"by_start_sequence","opt_start_seq":3`,
		`"deliver_policy":"by_start_sequence","opt_start_seq":3,"filter_subject":"$P.b"`,
		`"deliver_policy":"by_start_sequence","opt_start_seq":100`,
		`"deliver_policy":"by_start_time","opt_start_time":"` + middle + `"`,
		`"deliver_policy":"by_start_time","opt_start_time":"2020-01-01T00:00:00Z"`,
		`"deliver_policy":"by_start_time","opt_start_time":"2090-01-01T00:00:00Z"`,
		`"deliver_policy":"last_per_subject","filter_subject":"$P.>"`,
		`"deliver_policy":"last_per_subject","filter_subjects":["$P.a","$P.b"]`,
	} {
		name := fmt.Sprintf("c%d", n)
		r.quietly("CONSUMER.CREATE.$S."+name, `{"stream_name":"$S","config":{"durable_name":"`+name+`","ack_policy":"explicit",`+members+`}}`)
		r.say("%s", r.named(members))
		r.consumerState("created", name)
		r.pull(name, `{"batch":20,"no_wait":true}`).showAll("delivered")
	}
	r.publish("b")
	for _, name := range []string{"c1", "c3", "c9", "c10", "c6"} {
		if name != "c6" {
			r.settled(name, 1)
		}
		r.pull(name, `{"batch":20,"no_wait":true}`).showAll("later " + name)
	}
}

func deliveryFilters(r *run) {
	r.stream("")
	r.publish("a.1", "b.1", "a.2", "c", "b.2", "a.1.x")
	for n, members := range []string{
		`"filter_subject":"$P.a.*"`, `"filter_subject":"$P.a.>"`, `"filter_subject":"$P.c"`, `"filter_subject":"$P.none"`, `"filter_subject":"$P.>"`, `"filter_subject":"$P.*.1"`,
		`"filter_subjects":["$P.a.*","$P.c"]`, `"filter_subjects":["$P.b.1","$P.b.2","$P.none"]`,
	} {
		name := fmt.Sprintf("c%d", n)
		r.quietly("CONSUMER.CREATE.$S."+name, `{"stream_name":"$S","config":{"durable_name":"`+name+`","ack_policy":"explicit",`+members+`}}`)
		r.say("%s", r.named(members))
		r.consumerState("created", name)
		r.pull(name, `{"batch":20,"no_wait":true}`).showAll("delivered")
	}
	r.publish("b.2", "a.3")
	r.settled("c7", 1)
	r.pull("c7", `{"batch":20,"no_wait":true}`).showAll("later")
	r.consumerState("state", "c7")
}

func deliveryNumPending(r *run) {
	r.stream("")
	for n := range 9 {
		r.publish(fmt.Sprintf("%c", "abc"[n%3]))
	}
	r.consumer("all", "")
	r.consumer("some", `,"filter_subject":"$P.b"`)
	// What is published reaches the counts of a consumer a moment later.
	pending := func(what, wanted string) {
		var seen string
		deadline := time.Now().Add(patience)
		for seen != wanted && time.Now().Before(deadline) {
			seen = fmt.Sprintf("all %v, some %v", r.consumerNumbers("all")["num_pending"], r.consumerNumbers("some")["num_pending"])
		}
		r.say("%s: %s", what, seen)
	}
	pending("created", "all 9, some 3")
	for _, name := range []string{"all", "some"} {
		for _, m := range r.take(name, 2) {
			r.say("%s: %s", name, r.ack(m.Reply))
		}
	}
	pending("two delivered each", "all 7, some 1")
	r.publish("b", "c")
	pending("two published", "all 9, some 2")
	r.quietly("STREAM.MSG.DELETE.$S", `{"seq":8}`)
	pending("one deleted", "all 8, some 1")
	r.quietly("STREAM.PURGE.$S", `{"filter":"$P.c"}`)
	pending("c purged", "all 4, some 1")
	r.quietly("CONSUMER.CREATE.$S.all", `{"stream_name":"$S","config":{"durable_name":"all","ack_policy":"explicit","filter_subject":"$P.a"}}`)
	pending("another filter", "all 2, some 1")
	r.quietly("STREAM.PURGE.$S", "")
	pending("all purged", "all 0, some 0")
	r.publish("a", "b")
	pending("two published", "all 1, some 1")
}

func deliveryHeadersOnly(r *run) {
	r.stream("")
	r.stored(&nats.Msg{Subject: r.subject("a"), Data: []byte("twelve bytes")})
	r.stored(&nats.Msg{Subject: r.subject("a"), Data: []byte("four"), Header: pairs([]string{"Key", "v"})})
	r.stored(&nats.Msg{Subject: r.subject("a")})
	r.consumer("c", `,"headers_only":true`)
	for _, m := range r.take("c", 3) {
		r.say("delivered %s", r.message(m))
	}
}

func deliveryAfterPurge(r *run) {
	r.stream("")
	r.publish("a", "b", "c", "d", "e", "f", "g", "h")
	r.consumer("c", "")
	messages := r.take("c", 3)
	r.ackSync(messages[0], "+ACK")
	r.quietly("STREAM.PURGE.$S", `{"seq":6}`)
	r.consumerState("purged beyond the deliveries", "c")
	r.say("delivered %s", r.message(r.take("c", 1)[0]))
	r.quietly("STREAM.MSG.DELETE.$S", `{"seq":7}`)
	r.say("delivered %s", r.message(r.take("c", 1)[0]))
	r.consumerState("state", "c")
}

func deliveryReplayOriginal(r *run) {
	r.stream("")
	r.publish("a")
	until("time passed", func() bool {
		m := must(must(r.js.Stream(r.ctx, r.s)).GetMsg(r.ctx, 1))
		return time.Since(m.Time) > 400*time.Millisecond
	})
	r.publish("b")
	r.consumer("c", `,"replay_policy":"original"`)
	began := time.Now()
	in := r.pull("c", `{"batch":2,"expires":5000000000}`)
	r.say("first %s", r.message(in.next()))
	m := in.next()
	r.say("second %s: %s", between(250*time.Millisecond, time.Since(began)), r.message(m))
}

func deliveryLargeBacklog(r *run) {
	const count = 20000
	r.stream("")
	payload := []byte(strings.Repeat("x", 100))
	for n := range count {
		check(r.nc.Publish(r.subject(fmt.Sprintf("n.%d", n%50)), payload))
	}
	until("stored", func() bool { return must(must(r.js.Stream(r.ctx, r.s)).Info(r.ctx)).State.LastSeq == count })
	r.consumer("c", `,"ack_policy":"none"`)
	r.consumer("some", `,"ack_policy":"none","filter_subject":"$P.n.7"`)
	for _, m := range []*nats.Msg{last(r.take("c", count)), last(r.take("some", count/50))} {
		r.say("last %s %s", m.Subject, r.ack(m.Reply))
	}
}

func last(messages []*nats.Msg) *nats.Msg { return messages[len(messages)-1] }

// deliveryBehindPurge has purges of all, of a part and of nothing that consumers of several filters
// wait for. What is purged leaves their counts at once, what is published reaches them a moment
// later: so the counts are waited for before each purge.
func deliveryBehindPurge(r *run) {
	for _, wait := range []struct {
		filter  string
		pending int
	}{{"", 6}, {"$P.a", 3}, {"$P.*", 6}, {"$P.a.>", 0}, {"$P.c", 0}} {
		for _, purge := range []string{
			`{"filter":"$P.a"}`, `{"filter":"$P.*"}`, `{"filter":"$P.c"}`, `{"filter":"$P.a","seq":4}`,
			`{"filter":"$P.a","keep":1}`, `{"seq":4}`, `{"keep":2}`, `{}`,
		} {
			filter := wait.filter
			r.stream("")
			r.consumer("idle", `,"filter_subject":"`+r.named(filter)+`"`)
			r.consumer("c", `,"filter_subject":"`+r.named(filter)+`"`)
			r.publish("a", "a", "b", "b", "a", "b")
			r.settled("idle", wait.pending)
			r.settled("c", wait.pending)
			if wait.pending > 0 {
				r.ackSync(r.take("c", 2)[0], "+ACK")
			}
			r.quietly("STREAM.PURGE.$S", purge)
			r.consumerState(filter+" "+purge, "idle")
			r.consumerState(filter+" "+purge, "c")
			r.quietly("STREAM.DELETE.$S", "")
		}
	}
}
