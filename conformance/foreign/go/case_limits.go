// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

var limitCases = []testCase{
	{"limit-max-messages", plain, limitMaxMessages},
	{"limit-max-bytes", plain, limitMaxBytes},
	{"limit-max-age", plain, limitMaxAge},
	{"limit-per-subject", plain, limitPerSubject},
	{"limit-discard-new", plain, limitDiscardNew},
	{"limit-lowered", plain, limitLowered},
	{"limit-message-size", plain, limitMessageSize},
	{"limit-message-ttl", plain, limitMessageTTL},
}

func limitMaxMessages(r *run) {
	for _, storage := range []string{"file", "memory"} {
		r.stream(`,"max_msgs":3,"storage":"` + storage + `"`)
		for n := range 6 {
			r.pubAck(storage, "m", fmt.Sprint(n))
		}
		r.state(storage, r.s)
		r.call("STREAM.MSG.GET.$S", `{"seq":3}`)
		r.call("STREAM.MSG.GET.$S", `{"seq":4}`)
		r.quietly("STREAM.DELETE.$S", "")
	}
}

func limitMaxBytes(r *run) {
	for _, storage := range []string{"file", "memory"} {
		r.stream(`,"max_bytes":1000,"storage":"` + storage + `"`)
		for n := range 6 {
			r.pubAck(storage, "m", strings.Repeat("x", 100+n*50))
			r.state(storage, r.s)
		}
		r.pubAck("larger than the stream", "m", strings.Repeat("x", 2000))
		r.state(storage, r.s)
		r.stored(&nats.Msg{Subject: r.subject("h"), Header: pairs([]string{"Key", "value"}), Data: []byte("with headers")})
		r.state("with headers", r.s)
		r.quietly("STREAM.DELETE.$S", "")
	}
}

func limitMaxAge(r *run) {
	r.stream(`,"max_age":2000000000`)
	began := time.Now()
	r.publish("a", "b")
	r.state("at once", r.s)
	r.consumer("c", "")
	r.consumerState("consumer", "c")
	until("aged", func() bool { return must(must(r.js.Stream(r.ctx, r.s)).Info(r.ctx)).State.Msgs == 0 })
	r.say("gone %s", between(1900*time.Millisecond, time.Since(began)))
	r.state("later", r.s)
	until("nothing pending", func() bool { return fmt.Sprint(r.consumerNumbers("c")["num_pending"]) == "0" })
	r.consumerState("consumer", "c")
	r.pubAck("the sequence goes on", "a", "x")
}

func limitPerSubject(r *run) {
	r.stream(`,"max_msgs_per_subject":2`)
	r.publish("a", "a", "b", "a", "a", "b", "c")
	r.state("two each", r.s)
	r.call("STREAM.INFO.$S", `{"subjects_filter":">"}`)
	r.quietly("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"],"max_msgs_per_subject":1}`)
	r.state("one each", r.s)
	r.consumer("c", "")
	for _, m := range r.take("c", 3) {
		r.say("delivered %s", r.message(m))
	}
}

func limitDiscardNew(r *run) {
	r.stream(`,"max_msgs":2,"discard":"new"`)
	for range 3 {
		r.pubAck("messages", "m", "x")
	}
	r.quietly("STREAM.MSG.DELETE.$S", `{"seq":1}`)
	r.pubAck("after a delete", "m", "x")
	r.quietly("STREAM.DELETE.$S", "")

	r.stream(`,"max_bytes":300,"discard":"new"`)
	for range 4 {
		r.pubAck("bytes", "m", strings.Repeat("x", 80))
	}
	r.pubAck("a smaller one", "m", "x")
	r.state("bytes", r.s)
	r.quietly("STREAM.DELETE.$S", "")

	r.stream(`,"max_msgs_per_subject":1,"discard":"new","discard_new_per_subject":true`)
	r.pubAck("per subject", "a", "1")
	r.pubAck("per subject", "a", "2")
	r.pubAck("per subject", "b", "3")
	r.quietly("STREAM.DELETE.$S", "")

	r.stream(`,"max_msgs_per_subject":1,"max_msgs":2,"discard":"new"`)
	r.pubAck("replacing", "a", "1")
	r.pubAck("replacing", "b", "2")
	r.pubAck("replacing", "a", "3")
	r.pubAck("replacing", "c", "4")
	r.state("replacing", r.s)
}

// limitLowered has a stream of more than its new limits: one that discards new messages keeps the old ones.
func limitLowered(r *run) {
	for _, discard := range []string{"old", "new"} {
		for _, storage := range []string{"file", "memory"} {
			fixed := `,"discard":"` + discard + `","storage":"` + storage + `"`
			r.stream(fixed)
			r.publish("a", "b", "a", "c", "a", "b", "a", "c")
			for _, limits := range []string{
				`,"max_msgs":7`, `,"max_msgs":7,"max_bytes":200`, `,"max_msgs_per_subject":3`,
				`,"max_msgs_per_subject":1,"max_msgs":2`,
			} {
				r.quietly("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"]`+fixed+limits+`}`)
				r.state(discard+" "+storage+limits, r.s)
				r.pubAck(discard, "d", "x")
				r.state(discard+" "+storage, r.s)
			}
			r.quietly("STREAM.DELETE.$S", "")
		}
	}
}

func limitMessageSize(r *run) {
	r.stream(`,"max_msg_size":100`)
	r.pubAck("100 bytes", "m", strings.Repeat("x", 100))
	r.pubAck("101 bytes", "m", strings.Repeat("x", 101))
	r.pubAck("headers count", "m", strings.Repeat("x", 90), "Key", "value")
	r.pubAck("headers count", "m", strings.Repeat("x", 70), "Key", "value")
	r.state("state", r.s)
}

func limitMessageTTL(r *run) {
	r.stream("")
	r.pubAck("not allowed", "a", "x", "Nats-TTL", "1s")
	r.quietly("STREAM.DELETE.$S", "")
	r.stream(`,"allow_msg_ttl":true`)
	for _, ttl := range []string{"2s", "2", "never", "0", "-1", "nonsense", "100ms", "1h", "90m"} {
		r.pubAck("TTL "+ttl, "t", "x", "Nats-TTL", ttl)
	}
	r.state("before", r.s)
	until("expired", func() bool { return must(must(r.js.Stream(r.ctx, r.s)).Info(r.ctx)).State.Msgs == 3 })
	r.state("after", r.s)
}
