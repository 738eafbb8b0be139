// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strings"
)

var configCases = []testCase{
	{"stream-config-errors", plain, streamConfigErrors},
	{"stream-name-errors", plain, streamNameErrors},
	{"pedantic", plain, pedantic},
	{"stream-update-rules", plain, streamUpdateRules},
	{"stream-persist-mode", plain, streamPersistMode},
}

func streamConfigErrors(r *run) {
	long := strings.Repeat("x", 5000)
	for n, members := range []string{
		`"subjects":["$P.a","$P.a"]`,
		`"subjects":["$P.a","$P.*"]`,
		`"subjects":["$P..a"]`,
		`"subjects":["$P.a."]`,
		`"subjects":["$P.>.a"]`,
		`"subjects":["$P a"]`,
		`"subjects":[""]`,
		`"subjects":[">"]`,
		`"subjects":["$JS.API.>"]`,
		`"subjects":["$JS.EVENT.NOTHING.>"]`,
		`"subjects":["$SYS.>"]`,
		`"subjects":["$P.>"],"max_age":1000`,
		`"subjects":["$P.>"],"max_age":-1`,
		`"subjects":["$P.>"],"duplicate_window":1000`,
		`"subjects":["$P.>"],"duplicate_window":-1`,
		`"subjects":["$P.>"],"max_age":1000000000,"duplicate_window":2000000000`,
		`"subjects":["$P.>"],"num_replicas":3`,
		`"subjects":["$P.>"],"num_replicas":6`,
		`"subjects":["$P.>"],"num_replicas":-1`,
		`"subjects":["$P.>"],"description":"` + long + `"`,
		`"subjects":["$P.>"],"discard_new_per_subject":true`,
		`"subjects":["$P.>"],"discard_new_per_subject":true,"discard":"new"`,
		`"subjects":["$P.>"],"sealed":true`,
		`"subjects":["$P.>"],"deny_purge":true,"allow_rollup_hdrs":true`,
		`"subjects":["$P.>"],"mirror_direct":true`,
		`"subjects":["$P.>"],"mirror":{"name":"M"}`,
		`"subjects":["$P.>"],"republish":{"src":"$P.>","dest":"$P.x.>"}`,
		`"subjects":["$P.>"],"subject_transform":{"src":"$P..a","dest":"b"}`,
		`"subjects":["$P.>"],"max_msgs":1.5`,
		`"subjects":["$P.>"],"max_bytes":"many"`,
		`"subjects":["$P.>"],"compression":"zip"`,
		`"subjects":["$P.>"],"discard":"middle"`,
		`"subjects":["$P.>"],"first_seq":-1`,
	} {
		name := fmt.Sprintf("$S_%d", n)
		r.call("STREAM.CREATE."+name, `{"name":"`+name+`",`+members+`}`)
		if _, err := r.js.Stream(r.ctx, r.named(name)); err == nil {
			r.quietly("STREAM.DELETE."+name, "")
		}
	}
}

// pedantic requests are refused where the others have values adjusted.
func pedantic(r *run) {
	drop := func(what string) { must(r.request("$JS.API."+r.named(what), nil)) }
	for _, direct := range []string{"true", "false"} {
		r.quietly("STREAM.CREATE.$S_"+direct, `{"name":"$S_`+direct+`","subjects":["$P.`+direct+`.>"],"allow_direct":`+direct+`}`)
	}
	for _, members := range []string{
		``, `"max_msgs":-2`, `"max_msgs_per_subject":-2`, `"max_bytes":-2`, `"max_msg_size":-2`, `"max_consumers":-2`,
		`"max_msgs":0,"max_bytes":-1`, `"max_age":1000000000`, `"max_age":1000000000,"duplicate_window":500000000`,
		`"max_age":1000`, `"max_age":200000000000`, `"subject_delete_marker_ttl":1000000000`,
		`"subject_delete_marker_ttl":1000000000,"allow_msg_ttl":true`,
		`"subject_delete_marker_ttl":1000000000,"allow_msg_ttl":true,"allow_rollup_hdrs":true`,
		`"subject_delete_marker_ttl":1000`, `"allow_msg_schedules":true`,
		`"allow_msg_schedules":true,"allow_rollup_hdrs":true`, `"allow_msg_schedules":true,"discard":"new"`,
		`"republish":{"dest":"$Px.>"}`, `"republish":{"src":"$P.x.>","dest":"$Px.>"}`,
		`"republish":{"src":">","dest":">"},"subject_transform":{"src":"$P.x.>","dest":"$Py.>"}`,
		`"max_msgs":-2,"num_replicas":-1`,
	} {
		subjects := `"subjects":["$P.x.>"]`
		if members != "" {
			members = "," + members
		}
		for _, pedantic := range []string{"false", "true"} {
			drop("STREAM.DELETE.$S")
			r.call("STREAM.CREATE.$S", `{"name":"$S",`+subjects+members+`,"pedantic":`+pedantic+`}`)
		}
		drop("STREAM.DELETE.$S")
		r.quietly("STREAM.CREATE.$S", `{"name":"$S",`+subjects+`}`)
		r.call("STREAM.UPDATE.$S", `{"name":"$S",`+subjects+members+`,"pedantic":true}`)
		drop("STREAM.DELETE.$S")
	}
	for _, mirror := range []string{
		`"mirror":{"name":"$S_true"}`, `"mirror":{"name":"$S_true"},"mirror_direct":true`, `"mirror":{"name":"$S_false"}`,
		`"mirror":{"name":"$S_false"},"mirror_direct":true`,
	} {
		r.call("STREAM.CREATE.$S", `{"name":"$S",`+mirror+`,"pedantic":true}`)
		drop("STREAM.DELETE.$S")
	}
	drop("STREAM.DELETE.$S_true")
	drop("STREAM.DELETE.$S_false")
	for _, limits := range []string{"", `,"consumer_limits":{"max_ack_pending":5,"inactive_threshold":60000000000}`} {
		r.stream(limits)
		for _, members := range []string{
			`"ack_policy":"explicit"`, `"max_deliver":-2`, `"max_waiting":-1`, `"max_ack_pending":-2`, `"max_batch":-1`,
			`"max_expires":-1`, `"max_bytes":-1`, `"idle_heartbeat":-1`, `"inactive_threshold":-1`, `"priority_timeout":-1`,
			`"ack_policy":"explicit","backoff":[1000000000],"max_deliver":3`,
			`"ack_policy":"explicit","ack_wait":1000000000,"backoff":[1000000000],"max_deliver":3`,
			`"ack_policy":"explicit","backoff":[30000000000],"max_deliver":3`, `"backoff":[1000000000],"max_deliver":3`,
			`"ack_policy":"explicit","max_ack_pending":5`,
			`"ack_policy":"explicit","max_ack_pending":5,"inactive_threshold":60000000000`,
			`"max_deliver":-2,"num_replicas":-1`,
		} {
			for _, pedantic := range []string{"false", "true"} {
				r.call("CONSUMER.CREATE.$S.c", `{"stream_name":"$S","config":{"name":"c",`+members+`},"pedantic":`+pedantic+`}`)
				drop("CONSUMER.DELETE.$S.c")
			}
		}
		drop("STREAM.DELETE.$S")
	}
}

func streamNameErrors(r *run) {
	for _, request := range [][2]string{
		{"STREAM.CREATE.$S", `{"name":""}`},
		{"STREAM.CREATE.$S", `{}`},
		{"STREAM.CREATE.$S", `{"name":"$S x"}`},
		{"STREAM.CREATE.$S", `{"name":"$S.x"}`},
		{"STREAM.CREATE.$S/x", `{"name":"$S/x"}`},
		{"STREAM.CREATE.$S\\x", `{"name":"$S\\x"}`},
		{"STREAM.CREATE.*", `{"name":"*"}`},
		{"STREAM.CREATE.>", `{"name":">"}`},
		{"STREAM.CREATE.C_" + strings.Repeat("n", 253), `{"name":"C_` + strings.Repeat("n", 253) + `"}`},
		{"STREAM.CREATE.C_" + strings.Repeat("n", 254), `{"name":"C_` + strings.Repeat("n", 254) + `"}`},
		{"STREAM.CREATE.C_ü", `{"name":"C_ü"}`},
		{"STREAM.CREATE.C_a-b_c=d$", `{"name":"C_a-b_c=d$"}`},
		{"STREAM.INFO.C_a-b_c=d$", ``},
	} {
		r.call(request[0], request[1])
	}
}

func streamUpdateRules(r *run) {
	r.stream(`,"max_msgs":10,"allow_msg_ttl":true`)
	r.publish("a", "b", "c", "d")
	for _, members := range []string{
		`"subjects":["$P.>"],"storage":"memory","allow_msg_ttl":true`,
		`"subjects":["$P.>"],"retention":"workqueue","allow_msg_ttl":true`,
		`"subjects":["$P.>"],"retention":"interest","allow_msg_ttl":true`,
		`"subjects":["$P.>"],"num_replicas":3,"allow_msg_ttl":true`,
		`"subjects":["$P.>"]`,
		`"subjects":["$P.>"],"mirror":{"name":"M"},"allow_msg_ttl":true`,
		`"subjects":["$P.>"],"max_age":1,"allow_msg_ttl":true`,
		`"subjects":["$P.>"],"max_consumers":5,"allow_msg_ttl":true`,
		`"subjects":["$P.>"],"first_seq":77,"allow_msg_ttl":true`,
		`"subjects":["$P.>"],"compression":"s2","allow_msg_ttl":true`,
		`"subjects":["$P.>"],"discard":"new","max_msgs":3,"allow_msg_ttl":true`,
		`"subjects":["$P.>"],"max_msgs":2,"allow_msg_ttl":true`,
		`"subjects":["$P.>"],"max_msgs_per_subject":1,"allow_msg_ttl":true`,
		`"subjects":["$P.>"],"metadata":{"a":"1"},"allow_msg_ttl":true`,
		`"subjects":["$P.a"],"allow_msg_ttl":true`,
		`"allow_msg_ttl":true`,
	} {
		r.call("STREAM.UPDATE.$S", `{"name":"$S",`+members+`}`)
	}
	r.state("at the end", r.s)
}

func streamPersistMode(r *run) {
	create := func(members string) {
		r.call("STREAM.CREATE.$S", `{"name":"$S","subjects":["$P.>"],`+members+`}`)
	}
	update := func(members string) {
		r.call("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"]`+members+`}`)
	}
	for _, members := range []string{
		`"persist_mode":"nope"`,
		`"persist_mode":"async","storage":"memory"`,
		`"persist_mode":"async","storage":"memory","allow_atomic":true`,
		`"persist_mode":"async","allow_atomic":true`,
		`"persist_mode":"async","num_replicas":3`,
		`"persist_mode":"async","max_age":-1`,
		`"persist_mode":"async","storage":"memory","deny_purge":true,"allow_rollup_hdrs":true`,
	} {
		create(members)
	}
	create(`"persist_mode":"async"`)
	r.publish("a")
	update(``)
	update(`,"persist_mode":"default"`)
	update(`,"persist_mode":"async","description":"x"`)
	update(`,"persist_mode":"async","allow_atomic":true`)
	r.quietly("STREAM.DELETE.$S", "")
	create(`"persist_mode":"default"`)
	update(`,"persist_mode":"async"`)
}
