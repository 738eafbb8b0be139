// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

// Mirrors and sources that name a durable consumer of the stream that they take from, and the
// consumers that servers make in each other's streams.
var durableOriginCases = []testCase{
	{"durable-mirror", plain, durableMirror},
	{"durable-source", plain, durableSource},
	{"durable-source-of-work-queue", plain, durableSourceOfWorkQueue},
	{"durable-origin-later", plain, durableOriginLater},
	{"durable-origin-refused", plain, durableOriginRefused},
	{"durable-origin-errors", plain, durableOriginErrors},
	{"sourcing-consumers", plain, sourcingConsumers},
	{"push-into-a-stream", plain, pushIntoAStream},
}

const byDurable = `{"name":"$S","consumer":{"name":"d","deliver_subject":"push.d"}}`

// feeder creates the consumer that byDurable names.
func (r *run) feeder(extra string) {
	r.quietly("CONSUMER.CREATE.$S.d", `{"stream_name":"$S","config":{"durable_name":"d","deliver_subject":"push.d","ack_policy":"flow_control"`+extra+`}}`)
}

// acknowledged waits until the consumer has nothing pending any more.
func (r *run) acknowledged(consumer string) {
	until("all acknowledged", func() bool {
		return fmt.Sprint(r.consumerNumbers(consumer)["num_ack_pending"]) == "0"
	})
}

func durableMirror(r *run) {
	r.stream("")
	r.publish("a", "b", "c", "d")
	r.quietly("STREAM.MSG.DELETE.$S", `{"seq":2}`)
	r.feeder("")
	r.call("STREAM.CREATE.$S_M", `{"name":"$S_M","mirror":`+byDurable+`}`)
	r.taken("M", 4)
	r.info("M")
	r.messages("M", 4)
	r.sameTime("M", 3)
	r.stored(&nats.Msg{Subject: r.subject("h"), Header: pairs([]string{"Key", "v", "Nats-Msg-Id", "m", "Nats-Expected-Stream", r.s}), Data: []byte("body")})
	r.taken("M", 5)
	r.messages("M", 5)
	r.acknowledged("d")
	r.settled("d", 0)
	r.consumerState("the consumer", "d")
	r.call("STREAM.UPDATE.$S_M", `{"name":"$S_M","mirror":{"name":"$S"}}`)
	r.call("STREAM.UPDATE.$S_M", `{"name":"$S_M","subjects":["own.$P"]}`)
	r.publish("e")
	r.stays("promoted", "M")
	r.call("CONSUMER.NAMES.$S", "")
}

func durableSource(r *run) {
	r.stream("")
	r.publish("a", "b")
	r.feeder(`,"filter_subject":"$P.a"`)
	r.call("STREAM.CREATE.$S_T", `{"name":"$S_T","sources":[{"name":"$S","consumer":{"name":"d","deliver_subject":"push.d"},"subject_transforms":[{"src":"$P.a","dest":"moved.a"}]}]}`)
	r.taken("T", 1)
	r.publish("b", "a")
	r.taken("T", 2)
	r.info("T")
	r.messages("T", 2)
	r.acknowledged("d")
	r.settled("d", 0)
	r.consumerState("the consumer", "d")
	r.call("STREAM.UPDATE.$S_T", `{"name":"$S_T","sources":[]}`)
	r.publish("a")
	r.stays("without the source", "T")
	r.call("STREAM.UPDATE.$S_T", `{"name":"$S_T","sources":[`+byDurable+`]}`)
	r.taken("T", 3)
	r.messages("T", 3)
}

func durableSourceOfWorkQueue(r *run) {
	r.stream(`,"retention":"workqueue"`)
	r.publish("a", "b", "c")
	r.feeder("")
	r.call("STREAM.CREATE.$S_T", `{"name":"$S_T","sources":[`+byDurable+`]}`)
	r.taken("T", 3)
	r.acknowledged("d")
	until("the work has left", func() bool {
		return must(must(r.js.Stream(r.ctx, r.s)).Info(r.ctx)).State.Msgs == 0
	})
	r.state("origin", r.s)
	r.messages("T", 3)
	r.call("CONSUMER.NAMES.$S", "")
}

func durableOriginLater(r *run) {
	r.stream("")
	r.publish("a")
	r.call("STREAM.CREATE.$S_T", `{"name":"$S_T","sources":[`+byDurable+`]}`)
	r.feeder(`,"idle_heartbeat":1000000000`)
	time.Sleep(patience) // a consumer that did not answer is asked again after 5 s
	r.taken("T", 1)
	r.messages("T", 1)
}

func durableOriginRefused(r *run) {
	r.stream("")
	r.quietly("CONSUMER.CREATE.$S.d", `{"stream_name":"$S","config":{"durable_name":"d","deliver_subject":"push.d","ack_policy":"explicit"}}`)
	for _, kind := range []string{`"mirror":` + byDurable, `"sources":[` + byDurable + `]`} {
		r.quietly("STREAM.CREATE.$S_T", `{"name":"$S_T",`+kind+`}`)
		var info struct {
			Mirror  struct{ Error json.RawMessage }
			Sources []struct{ Error json.RawMessage }
		}
		until("an error is shown", func() bool {
			check(json.Unmarshal(r.quietly("STREAM.INFO.$S_T", ""), &info))
			return info.Mirror.Error != nil || len(info.Sources) > 0 && info.Sources[0].Error != nil
		})
		r.info("T")
		r.quietly("STREAM.DELETE.$S_T", "")
		info.Mirror.Error = nil
		info.Sources = nil
	}
}

func durableOriginErrors(r *run) {
	r.stream("")
	for _, members := range []string{
		`"consumer":{}`, `"consumer":{"name":"d"}`, `"consumer":{"deliver_subject":"x"}`,
		`"consumer":{"name":"a.b","deliver_subject":"x"}`, `"consumer":{"name":"d","deliver_subject":"x.*"}`,
		`"consumer":{"name":"d","deliver_subject":"x..y"}`, `"consumer":{"name":"d","deliver_subject":"x","more":1}`,
		`"consumer":{"name":"d","deliver_subject":"x"},"opt_start_seq":2`,
		`"consumer":{"name":"d","deliver_subject":"x"},"opt_start_time":"2024-01-01T00:00:00Z"`,
		`"consumer":{"name":"d","deliver_subject":"x"},"filter_subject":"$P.a"`,
		`"consumer":{"name":"d","deliver_subject":"x"},"filter_subject":"$P.a","subject_transforms":[{"src":"$P.b","dest":"b"}]`,
	} {
		r.call("STREAM.CREATE.$S_T", `{"name":"$S_T","mirror":{"name":"$S",`+members+`}}`)
		r.call("STREAM.CREATE.$S_T", `{"name":"$S_T","sources":[{"name":"$S",`+members+`}]}`)
	}
	again := `,"subject_transforms":[{"src":"$P.a","dest":"a"}]}`
	r.call("STREAM.CREATE.$S_T", `{"name":"$S_T","sources":[`+byDurable+`,{"name":"$S","consumer":{"name":"d","deliver_subject":"push.e"}`+again+`]}`)
	r.call("STREAM.CREATE.$S_T", `{"name":"$S_T","sources":[`+byDurable+`,`+byDurable+`]}`)
	r.call("STREAM.CREATE.$S_T", `{"name":"$S_T","sources":[`+byDurable+`,{"name":"$S"}]}`)
}

// sourcingConsumers makes consumers as servers do in the streams of others.
func sourcingConsumers(r *run) {
	for _, retention := range []string{"limits", "workqueue", "interest"} {
		r.stream(`,"retention":"` + retention + `"`)
		r.publish("a", "b")
		identity := ""
		request := func(label, subject, body string, header ...string) {
			m := must(r.nc.RequestMsg(&nats.Msg{Subject: "$JS.API." + r.named(subject), Header: pairs(header), Data: []byte(r.named(body))}, patience))
			told := m.Header.Get("Nats-Stream-Identity")
			if told != "" {
				identity = told
				r.alias(told, "<identity>")
				told = "an identity of " + fmt.Sprint(len(told))
			}
			var made struct {
				Name string `json:"name"`
			}
			check(json.Unmarshal(m.Data, &made))
			if len(made.Name) > 8 {
				r.alias(made.Name[len(made.Name)-8:], "<random>")
			}
			shown := answer(m.Data)
			if before, other, is := strings.Cut(shown, "does not match: "); is {
				shown = before + "does not match: <identity>" + other[8:]
			}
			r.say("%s: %q %s", label, told, shown)
		}
		config := `{"stream_name":"$S","config":{"name":"JS_SRC_1","deliver_subject":"push.d","ack_policy":"none","max_deliver":1,"ack_wait":79200000000000,"flow_control":true,"idle_heartbeat":1000000000,"inactive_threshold":10000000000`
		request("for another stream", "CONSUMER.CREATE.$S.JS_SRC_1", config+`,"direct":true,"sourcing":true}}`, "Nats-Stream-Identity", "other")
		request("made", "CONSUMER.CREATE.$S.JS_SRC_1", config+`,"direct":true,"sourcing":true}}`)
		request("again", "CONSUMER.CREATE.$S.JS_SRC_1", config+`,"direct":true,"sourcing":true}}`, "Nats-Stream-Identity", identity)
		request("direct only", "CONSUMER.CREATE.$S.JS_SRC_2", `{"stream_name":"$S","config":{"name":"JS_SRC_2","deliver_subject":"push.e","direct":true,"filter_subjects":["$P.x"]}}`)
		r.call("CONSUMER.NAMES.$S", "")
		if retention != "limits" {
			request("reset", "CONSUMER.RESET.$S.JS_SRC_1", "", "Nats-Stream-Identity", "")
			request("reset of another", "CONSUMER.RESET.$S.JS_SRC_1", "", "Nats-Stream-Identity", "other")
		}
		r.quietly("STREAM.DELETE.$S", "")
	}
}

// pushIntoAStream delivers to the subjects of other streams: one that takes exactly the deliver
// subject listens there, as a subscriber does; one with a wildcard does not.
func pushIntoAStream(r *run) {
	r.stream("")
	r.other("E", `,"subjects":["exact.$P"]`)
	r.other("W", `,"subjects":["wild.$P.*"]`)
	r.quietly("CONSUMER.CREATE.$S.e", `{"stream_name":"$S","config":{"durable_name":"e","deliver_subject":"exact.$P"}}`)
	r.quietly("CONSUMER.CREATE.$S.w", `{"stream_name":"$S","config":{"durable_name":"w","deliver_subject":"wild.$P.x"}}`)
	r.publish("a", "b")
	until("both are there", func() bool {
		return must(must(r.js.Stream(r.ctx, r.named("$S_E"))).Info(r.ctx)).State.Msgs == 2
	})
	r.kept("E", `{"seq":1}`, "seq")
	r.stays("exact", "E")
	r.call("STREAM.NAMES", `{"subject":"wild.$P.x"}`)
	r.call("CONSUMER.INFO.$S.e", "")
	r.call("CONSUMER.INFO.$S.w", "")
}
