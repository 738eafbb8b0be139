// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"

	"github.com/nats-io/nats.go"
)

var accountCases = []testCase{
	{"account-usage", plain, accountUsage},
	{"account-calls", plain, accountCalls},
	{"api-unknown", plain, apiUnknown},
	{"api-level", plain, apiLevel},
	{"api-cluster-only", plain, apiClusterOnly},
}

type accountStats struct {
	Memory          int64 `json:"memory"`
	Storage         int64 `json:"storage"`
	ReservedMemory  int64 `json:"reserved_memory"`
	ReservedStorage int64 `json:"reserved_storage"`
	Streams         int64 `json:"streams"`
	Consumers       int64 `json:"consumers"`
	API             struct {
		Total  int64 `json:"total"`
		Errors int64 `json:"errors"`
	} `json:"api"`
}

func (r *run) accountStats() accountStats {
	var stats accountStats
	check(json.Unmarshal(must(r.request("$JS.API.INFO", nil)), &stats))
	return stats
}

func accountUsage(r *run) {
	say := func(what string) {
		s := r.accountStats()
		r.say("%s: memory %d of %d, storage %d of %d, streams %d, consumers %d", what,
			s.Memory, s.ReservedMemory, s.Storage, s.ReservedStorage, s.Streams, s.Consumers)
	}
	say("nothing")
	r.stream(`,"max_bytes":100000,"max_msgs":3`)
	r.quietly("STREAM.CREATE.$S_M", `{"name":"$S_M","subjects":["$P_m"],"storage":"memory","max_bytes":5000}`)
	say("empty streams")
	r.publish("a", "b")
	say("two messages")
	r.stored(&nats.Msg{Subject: r.subject("c"), Data: make([]byte, 1000), Header: nats.Header{"A": {"b"}}})
	say("one with headers")
	r.publish("d")
	say("one over the limit")
	r.stored(&nats.Msg{Subject: r.p + "_m", Data: make([]byte, 500)})
	r.stored(&nats.Msg{Subject: r.p + "_m", Data: nil, Header: nats.Header{"A": {"b"}}})
	say("in memory")
	r.quietly("STREAM.MSG.DELETE.$S", `{"seq":3}`)
	say("one is deleted")
	r.consumer("c", "")
	r.quietly("CONSUMER.CREATE.$S_M", `{"stream_name":"$S_M","config":{"name":"e"}}`)
	say("consumers")
	r.quietly("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"],"max_bytes":50000,"max_msgs":1}`)
	say("smaller")
	r.quietly("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"]}`)
	say("without limits")
	r.quietly("CONSUMER.DELETE.$S.c", "")
	r.quietly("STREAM.PURGE.$S_M", "")
	say("purged")
	r.quietly("STREAM.DELETE.$S", "")
	r.quietly("STREAM.DELETE.$S_M", "")
	say("deleted")
}

func accountCalls(r *run) {
	r.stream(`,"allow_direct":true`)
	r.publish("a")
	r.consumer("c", "")
	before := r.accountStats()
	count := func(what string, call func()) {
		call()
		now := r.accountStats()
		r.say("%s: %d calls, %d errors", what, now.API.Total-before.API.Total, now.API.Errors-before.API.Errors)
		before = now
	}
	count("only the question", func() {})
	count("a call", func() { r.quietly("STREAM.INFO.$S", "") })
	count("an error", func() { r.call("STREAM.INFO.NO_SUCH", "") })
	count("a pull", func() { r.take("c", 1) })
	count("a direct get", func() { must(r.request("$JS.API.DIRECT.GET."+r.s, []byte(`{"seq":1}`))) })
	count("a reset", func() { r.quietly("CONSUMER.RESET.$S.c", "") })
	count("a bad reset", func() { r.call("CONSUMER.RESET.$S.c", "{") })
	count("an unknown call", func() { r.unanswered("NO.SUCH.CALL", "") })
	count("without a reply", func() {
		check(r.nc.Publish("$JS.API.STREAM.NAMES", nil))
		asked := int64(0) // each look is a call, too
		until("counted", func() bool {
			asked++
			return r.accountStats().API.Total == before.API.Total+asked+1
		})
		before.API.Total += asked
	})
}

func apiUnknown(r *run) {
	for _, call := range []string{
		"FOO", "STREAM", "STREAM.FOO.x", "STREAM.CREATE", "STREAM.CREATE.a.b", "STREAM.NAMES.x", "INFO.x",
		"CONSUMER.INFO.x", "CONSUMER.MSG.NEXT.a", "CONSUMER.MSG.NEXT.a.b.c", "CONSUMER.LEADER.FOO.a.b",
		"CONSUMER.DURABLE.CREATE.x", "CONSUMER.DURABLE.CREATE.x.y.z", "CONSUMER.DURABLE.FOO.x.y",
		"CONSUMER.CREATE", "CONSUMER.RESET.x.y", "CONSUMER.LIST", "CONSUMER.NAMES.x.y", "STREAM.MSG.GET",
		"STREAM.MSG.FOO.x", "STREAM.PURGE.x.y", "DIRECT.GET", "DIRECT.GET.x", "DIRECT.FOO", "META.LEADER.STEPDOWN",
		"META.FOO", "SERVER.REMOVE", "ACCOUNT.PURGE.x", "ACCOUNT.FOO", "STREAM.TEMPLATE.NAMES", "stream.info.x",
	} {
		r.unanswered(call, "")
	}
}

func apiClusterOnly(r *run) {
	for _, call := range []string{
		"STREAM.LEADER.STEPDOWN.x", "STREAM.PEER.REMOVE.x", "STREAM.PEER.EVACUATE.x", "STREAM.CANCEL_MOVE.x",
		"CONSUMER.LEADER.STEPDOWN.x.y", "CONSUMER.PEER.REMOVE.x.y", "CONSUMER.PEER.EVACUATE.x.y",
	} {
		r.call(call, "")
	}
}

func apiLevel(r *run) {
	r.stream(`,"allow_direct":true`)
	r.publish("a")
	r.consumer("c", "")
	ask := func(call, body, level string) {
		m := &nats.Msg{
			Subject: "$JS.API." + r.named(call), Data: []byte(r.named(body)),
			Header: nats.Header{"Nats-Required-Api-Level": {level}},
		}
		reply, err := r.nc.RequestMsg(m, patience)
		switch {
		case err != nil:
			r.say("%s %s, level %q: %v", call, body, level, err)
		case len(reply.Data) == 0:
			r.say("%s %s, level %q: %s", call, body, level, headers(reply.Header))
		default:
			r.say("%s %s, level %q: %s", call, body, level, answer(reply.Data))
		}
	}
	for _, call := range []string{
		"INFO", "STREAM.CREATE.$S", "STREAM.UPDATE.$S", "STREAM.NAMES", "STREAM.LIST", "STREAM.INFO.$S",
		"STREAM.DELETE.$S", "STREAM.PURGE.$S", "STREAM.MSG.GET.$S", "STREAM.MSG.DELETE.$S",
		"CONSUMER.CREATE.$S", "CONSUMER.CREATE.$S.c", "CONSUMER.DURABLE.CREATE.$S.c", "CONSUMER.NAMES.$S",
		"CONSUMER.LIST.$S", "CONSUMER.INFO.$S.c", "CONSUMER.DELETE.$S.c", "CONSUMER.PAUSE.$S.c",
		"CONSUMER.UNPIN.$S.c", "CONSUMER.RESET.$S.c", "CONSUMER.MSG.NEXT.$S.c", "DIRECT.GET.$S",
		"STREAM.LEADER.STEPDOWN.$S",
	} {
		ask(call, "{", "99")
	}
	for _, level := range []string{"x", "1x", " ", "-1", "0", "99999999999999999999"} {
		ask("STREAM.NAMES", "", level)
	}
}
