// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

var apiCases = []testCase{
	{"account-info", plain, accountInfo},
	{"api-errors", plain, apiErrors},
}

func accountInfo(r *run) {
	r.stream("")
	r.quietly("STREAM.CREATE.$S_M", `{"name":"$S_M","subjects":["$P_m"],"storage":"memory"}`)
	r.publish("a", "b")
	r.consumer("c", "")
	info := must(r.js.AccountInfo(r.ctx))
	r.say("streams %d, consumers %d, store %d, memory %d, domain %q", info.Streams, info.Consumers, info.Store, info.Memory, info.Domain)
	r.say("limits %+v", info.Limits)
	r.say("calls were counted: %v, errors: %v", info.API.Total > 0, info.API.Errors > 0)
	errors := info.API.Errors
	_, err := r.js.Stream(r.ctx, "NO_SUCH_STREAM")
	r.say("an error: %s", failure(err))
	until("errors counted", func() bool { return must(r.js.AccountInfo(r.ctx)).API.Errors > errors })
	data := must(r.request("$JS.API.INFO", nil))
	r.say("members: %s", memberNames(answer(data)))
}

// memberNames drops the values of a document and keeps its structure.
func memberNames(document string) string {
	var names []string
	for _, part := range strings.Split(document, `"`) {
		if part != "" && isLetter(part[0]) && !strings.ContainsAny(part, " .") {
			names = append(names, part)
		}
	}
	return strings.Join(names, " ")
}

func apiErrors(r *run) {
	r.stream("")
	r.consumer("c", "")
	for _, request := range [][2]string{
		{"STREAM.INFO.NO_SUCH", ""},
		{"STREAM.DELETE.NO_SUCH", ""},
		{"STREAM.PURGE.NO_SUCH", ""},
		{"STREAM.MSG.GET.NO_SUCH", `{"seq":1}`},
		{"STREAM.MSG.DELETE.NO_SUCH", `{"seq":1}`},
		{"STREAM.UPDATE.NO_SUCH", `{"name":"NO_SUCH"}`},
		{"STREAM.UPDATE.NO_SUCH", `{"name":"NO_SUCH","max_age":1}`},
		{"CONSUMER.INFO.NO_SUCH.c", ""},
		{"CONSUMER.INFO.$S.no_such", ""},
		{"CONSUMER.NAMES.NO_SUCH", ""},
		{"CONSUMER.LIST.NO_SUCH", ""},
		{"CONSUMER.DELETE.$S.no_such", ""},
		{"CONSUMER.DELETE.NO_SUCH.c", ""},
		{"CONSUMER.CREATE.NO_SUCH.c", `{"stream_name":"NO_SUCH","config":{"ack_policy":"explicit"}}`},
		{"STREAM.CREATE.$S_2", `{"name":"OTHER"}`},
		{"STREAM.CREATE.$S_2", ``},
		{"STREAM.CREATE.$S_2", `{`},
		{"STREAM.CREATE.$S_2", `[]`},
		{"STREAM.CREATE.$S_2", `{"name":5}`},
		{"STREAM.CREATE.$S_2", `{"name":"$S_2","no_such_member":1}`},
		{"STREAM.CREATE.$S_2", `{"name":"$S_2","storage":"tape"}`},
		{"STREAM.CREATE.$S_2", `{"name":"$S_2","retention":"forever"}`},
		{"STREAM.UPDATE.$S", `{"name":"OTHER"}`},
		{"STREAM.DELETE.$S", `{"sure":true}`},
		{"STREAM.INFO.$S", `{"no_such_member":1}`},
		{"STREAM.INFO.$S", `nonsense`},
		{"STREAM.PURGE.$S", `{"no_such_member":1}`},
		{"STREAM.MSG.GET.$S", ``},
		{"STREAM.MSG.GET.$S", `{"sequence":1}`},
		{"CONSUMER.CREATE.$S.d", `{"stream_name":"$S","config":{"ack_policy":"explicit","no_such_member":1}}`},
		{"CONSUMER.CREATE.$S.d", `{"stream_name":"$S"}`},
		{"CONSUMER.CREATE.$S.d", `{"stream_name":"OTHER","config":{"ack_policy":"explicit"}}`},
		{"CONSUMER.CREATE.$S.d", `{"stream_name":"$S","action":"destroy","config":{"ack_policy":"explicit"}}`},
		{"CONSUMER.CREATE.$S.d", `{"stream_name":"$S","config":{"ack_policy":"sometimes"}}`},
		{"CONSUMER.CREATE.$S.d", `{"stream_name":"$S","config":{"deliver_policy":"sometimes"}}`},
		{"CONSUMER.DELETE.$S.c", `{"sure":true}`},
		{"CONSUMER.INFO.$S.c", `{"any":1}`},
		{"STREAM.LEADER.STEPDOWN.$S", ``},
		{"CONSUMER.LEADER.STEPDOWN.$S.c", ``},
		{"CONSUMER.MSG.NEXT.$S.no_such", ``},
	} {
		r.call(request[0], request[1])
	}
	for _, subject := range []string{"NO.SUCH.CALL", "STREAM.INFO", "STREAM.INFO.a.b", "STREAM.CREATE.$S.x"} {
		r.unanswered(subject, "")
	}
	m := &nats.Msg{Subject: "$JS.API.STREAM.INFO." + r.s, Header: pairs([]string{"Nats-Required-Api-Level", "99"})}
	r.say("level 99: %s", answer(must(r.nc.RequestMsg(m, patience)).Data))
	m.Header["Nats-Required-Api-Level"] = []string{"1"}
	reply := must(r.nc.RequestMsg(m, patience))
	r.say("level 1: %.60s", answer(reply.Data))
	check(r.nc.Publish("$JS.API.STREAM.DELETE."+r.s, nil))
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) {
		if _, err := r.js.Stream(r.ctx, r.s); err != nil {
			r.say("a call without a reply is carried out: %s", failure(err))
			return
		}
	}
	r.say("a call without a reply was not carried out")
}
