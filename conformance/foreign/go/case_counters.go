// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"

	"github.com/nats-io/nats.go"
)

var counterCases = []testCase{
	{"counter-basics", plain, counterBasics},
	{"counter-errors", plain, counterErrors},
	{"counter-sources", plain, counterSources},
	{"counter-config", plain, counterConfig},
}

func (r *run) counters() { r.stream(`,"allow_msg_counter":true,"allow_direct":true`) }

func counterBasics(r *run) {
	r.counters()
	for _, incr := range []string{"1", "+2", "-10", "0", "100000000000000000000000", "-0", "007"} {
		r.pubAck("add "+incr, "a", "", "Nats-Incr", incr)
	}
	r.pubAck("another", "b", "", "Nats-Incr", "5", "Nats-Msg-Id", "m")
	r.pubAck("again", "b", "", "Nats-Incr", "5", "Nats-Msg-Id", "m")
	r.direct("$S.$P.a", "")
	r.direct("$S.$P.b", "")
	r.quietly("STREAM.PURGE.$S", `{"filter":"$P.a"}`)
	r.pubAck("behind a purge", "a", "", "Nats-Incr", "3")
	r.direct("$S.$P.a", "")
	r.state("at the end", r.s)
}

func counterErrors(r *run) {
	r.counters()
	r.pubAck("no increment", "a", "x")
	r.pubAck("none, with headers", "a", "", "Key", "v")
	r.pubAck("payload", "a", "x", "Nats-Incr", "1")
	for _, incr := range []string{"", "x", "1.5", "1e3", "0x10", " 1", "+", "1_000"} {
		r.pubAck(fmt.Sprintf("%q", incr), "a", "", "Nats-Incr", incr)
	}
	for _, header := range [][2]string{
		{"Nats-Rollup", "sub"}, {"Nats-Expected-Stream", r.s}, {"Nats-Expected-Last-Msg-Id", "x"},
		{"Nats-Expected-Last-Sequence", "0"}, {"Nats-Expected-Last-Subject-Sequence", "0"},
		{"Nats-Expected-Last-Subject-Sequence-Subject", "y"},
	} {
		r.pubAck(header[0], "a", "", "Nats-Incr", "1", header[0], header[1])
	}
	r.pubAck("well", "a", "", "Nats-Incr", "1")
	r.quietly("STREAM.DELETE.$S", "")
	r.stream("")
	r.pubAck("no counters here", "a", "", "Nats-Incr", "1")
	r.pubAck("none, and wrong", "a", "", "Nats-Incr", "x")
}

func counterSources(r *run) {
	r.counters()
	for _, name := range []string{"A", "B"} {
		r.other(name, `,"subjects":["`+name+`.$P"],"allow_msg_counter":true`)
	}
	r.other("T", `,"allow_msg_counter":true,"allow_direct":true,"sources":[{"name":"$S_A","subject_transforms":[{"src":"A.$P","dest":"t"}]},{"name":"$S_B","subject_transforms":[{"src":"B.$P","dest":"t"}]}]`)
	r.taken("T", 0)
	for n, add := range [][2]string{{"A", "5"}, {"B", "7"}, {"A", "1"}, {"B", "-3"}} {
		r.added(add[0], add[1])
		r.taken("T", uint64(n+1))
	}
	r.kept("T", `{"last_by_subj":"t"}`)
	r.kept("T", `{"seq":3}`)
	for _, name := range []string{"T", "A", "B"} {
		r.quietly("STREAM.DELETE.$S_"+name, "")
	}
}

func (r *run) added(name, incr string) {
	r.stored(&nats.Msg{Subject: r.named(name + ".$P"), Header: pairs([]string{"Nats-Incr", incr})})
}

func counterConfig(r *run) {
	for n, members := range []string{
		`"discard":"new"`, `"allow_msg_ttl":true`, `"retention":"workqueue"`, `"retention":"interest"`,
		`"discard":"new","allow_msg_ttl":true`, `"discard_new_per_subject":true`,
	} {
		name := fmt.Sprintf("$S_%d", n)
		r.call("STREAM.CREATE."+name, `{"name":"`+name+`","allow_msg_counter":true,`+members+`}`)
	}
	r.call("STREAM.CREATE.$S", `{"name":"$S","subjects":["$P.>"],"allow_msg_counter":true}`)
	r.call("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"]}`)
	r.call("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"],"allow_msg_counter":true,"max_msgs_per_subject":1}`)
}
