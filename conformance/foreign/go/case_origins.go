// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

var originCases = []testCase{
	{"mirror-basics", plain, mirrorBasics},
	{"mirror-selects", plain, mirrorSelects},
	{"mirror-of-late-stream", plain, mirrorOfLateStream},
	{"mirror-promoted", plain, mirrorPromoted},
	{"mirror-limits", plain, mirrorLimits},
	{"mirror-direct", plain, mirrorDirect},
	{"source-basics", plain, sourceBasics},
	{"source-transforms", plain, sourceTransforms},
	{"source-updates", plain, sourceUpdates},
	{"source-headers", plain, sourceHeaders},
	{"source-of-work-queue", plain, sourceOfWorkQueue},
	{"source-of-mirror", plain, sourceOfMirror},
	{"origin-config-errors", plain, originConfigErrors},
	{"origin-cycles", plain, originCycles},
}

// other creates another stream of the case, $S_<name>, without subjects of its own but for extra.
func (r *run) other(name, extra string) {
	r.quietly("STREAM.CREATE.$S_"+name, `{"name":"$S_`+name+`"`+extra+`}`)
}

type originInfo struct {
	Lag    uint64 `json:"lag"`
	Active int64  `json:"active"`
}

type takingInfo struct {
	State struct {
		LastSeq uint64 `json:"last_seq"`
	} `json:"state"`
	Mirror  *originInfo   `json:"mirror"`
	Sources []*originInfo `json:"sources"`
}

// taken waits until a stream has taken what there is, up to a sequence of its own.
func (r *run) taken(name string, lastSeq uint64) {
	until(fmt.Sprintf("%s at %d", name, lastSeq), func() bool {
		var info takingInfo
		check(json.Unmarshal(r.quietly("STREAM.INFO.$S_"+name, ""), &info))
		all := info.Sources
		if info.Mirror != nil {
			all = append(all, info.Mirror)
		}
		for _, each := range all {
			if each.Lag > 0 || each.Active < 0 {
				return false
			}
		}
		return info.State.LastSeq >= lastSeq
	})
}

// stays says where a stream stands a moment later.
func (r *run) stays(what, name string) {
	time.Sleep(quiet)
	r.state(what, r.named("$S_"+name))
}

func (r *run) info(name string) { r.call("STREAM.INFO.$S_"+name, "") }

func (r *run) messages(name string, last int) {
	for seq := 1; seq <= last; seq++ {
		r.kept(name, fmt.Sprintf(`{"seq":%d}`, seq), "seq")
	}
}

// kept shows a message of a stream; its sequence where that is told.
func (r *run) kept(name, body string, more ...string) {
	var reply struct {
		Error   any `json:"error"`
		Message struct {
			Subject string `json:"subject"`
			Seq     uint64 `json:"seq"`
			Hdrs    []byte `json:"hdrs"`
			Data    []byte `json:"data"`
		} `json:"message"`
	}
	data := must(r.request(r.named("$JS.API.STREAM.MSG.GET.$S_"+name), []byte(r.named(body))))
	check(json.Unmarshal(data, &reply))
	if reply.Error != nil {
		r.say("%s %s: %s", name, body, answer(data))
		return
	}
	m := reply.Message
	if len(more) == 0 {
		m.Seq = 0
	}
	lines := strings.Split(strings.TrimSpace(string(m.Hdrs)), "\r\n")
	sort.Strings(lines) // the client writes them in no order
	for i, line := range lines {
		if value, is := strings.CutPrefix(line, "Nats-Stream-Source: "); is {
			lines[i] = "Nats-Stream-Source: " + maskedIdentity(value)
		}
	}
	r.say("%s %s: %d %s %q %q", name, body, m.Seq, m.Subject, lines, m.Data)
}

func (r *run) sameTime(name string, seq int) {
	times := map[string]bool{}
	for _, stream := range []string{"$S", "$S_" + name} {
		var reply struct {
			Message struct {
				Time string `json:"time"`
			} `json:"message"`
		}
		check(json.Unmarshal(r.quietly("STREAM.MSG.GET."+stream, fmt.Sprintf(`{"seq":%d}`, seq)), &reply))
		times[reply.Message.Time] = true
	}
	r.say("message %d has %d time(s)", seq, len(times))
}

func mirrorBasics(r *run) {
	r.stream("")
	r.publish("a", "b", "c", "d")
	r.quietly("STREAM.MSG.DELETE.$S", `{"seq":2}`)
	r.call("STREAM.CREATE.$S_M", `{"name":"$S_M","mirror":{"name":"$S"}}`)
	r.taken("M", 4)
	r.info("M")
	r.messages("M", 4)
	r.sameTime("M", 3)
	r.stored(&nats.Msg{Subject: r.subject("h"), Header: pairs([]string{"Key", "v", "Nats-Msg-Id", "m", "Nats-Expected-Stream", r.s}), Data: []byte("body")})
	r.taken("M", 5)
	r.messages("M", 5)
	r.state("origin", r.s)
	r.call("CONSUMER.NAMES.$S", "")
	r.state("mirror", r.named("$S_M"))
	r.quietly("STREAM.PURGE.$S", "")
	r.publish("e")
	r.taken("M", 6)
	r.state("behind a purge", r.named("$S_M"))
	r.call("STREAM.NAMES", `{"subject":"$P.a"}`)
	r.call("STREAM.PURGE.$S_M", `{"seq":4}`)
	r.state("purged", r.named("$S_M"))
	r.quietly("STREAM.DELETE.$S_M", "")
}

func mirrorSelects(r *run) {
	r.stream("")
	r.publish("a", "b", "c", "b", "d")
	r.other("F", `,"mirror":{"name":"$S","filter_subject":"$P.b"}`)
	r.taken("F", 4)
	r.info("F")
	r.publish("b", "c", "b")
	r.taken("F", 8)
	r.state("filtered", r.named("$S_F"))
	r.other("Q", `,"mirror":{"name":"$S","opt_start_seq":4}`)
	r.taken("Q", 8)
	r.state("from a sequence", r.named("$S_Q"))
	r.other("T", `,"mirror":{"name":"$S","subject_transforms":[{"src":"$P.b","dest":"t.b"},{"src":"$P.c","dest":""}]}`)
	r.taken("T", 8)
	r.info("T")
	r.messages("T", 4)
	r.other("L", `,"mirror":{"name":"$S","opt_start_time":"2100-01-01T00:00:00Z"}`)
	r.taken("L", 8)
	r.state("from a time to come", r.named("$S_L"))
	for _, each := range []string{"F", "Q", "T", "L"} {
		r.quietly("STREAM.DELETE.$S_"+each, "")
	}
}

func mirrorOfLateStream(r *run) {
	r.stream(`,"first_seq":100`)
	r.other("M", `,"mirror":{"name":"$S"}`)
	r.taken("M", 99)
	r.state("nothing is there", r.named("$S_M"))
	r.publish("a", "b")
	r.taken("M", 101)
	r.state("two", r.named("$S_M"))
	r.quietly("STREAM.DELETE.$S_M", "")
}

func mirrorPromoted(r *run) {
	r.stream("")
	r.publish("a", "b")
	r.other("M", `,"mirror":{"name":"$S"}`)
	r.taken("M", 2)
	r.call("STREAM.UPDATE.$S_M", `{"name":"$S_M","mirror":{"name":"X"}}`)
	r.call("STREAM.UPDATE.$S_M", `{"name":"$S_M","mirror":{"name":"$S"},"description":"x"}`)
	r.call("STREAM.UPDATE.$S_M", `{"name":"$S_M","subjects":["own.$P"]}`)
	r.publish("c")
	r.stays("promoted", "M")
	m := must(r.nc.Request(r.named("own.$P"), []byte("own"), patience))
	r.say("published: %s", answer(m.Data))
	r.quietly("STREAM.DELETE.$S_M", "")
}

func mirrorLimits(r *run) {
	r.stream("")
	r.publish("a", "b", "a", "c", "d")
	r.other("M", `,"max_msgs":2,"mirror":{"name":"$S"}`)
	r.taken("M", 5)
	r.state("two stay", r.named("$S_M"))
	r.other("P", `,"max_msgs_per_subject":1,"mirror":{"name":"$S"}`)
	r.taken("P", 5)
	r.state("one a subject", r.named("$S_P"))
	r.stored(&nats.Msg{Subject: r.subject("a"), Header: pairs([]string{"Nats-Msg-Id", "1"})})
	r.stored(&nats.Msg{Subject: r.subject("b"), Header: pairs([]string{"Nats-Msg-Id", "2"})})
	r.taken("P", 7)
	r.state("with ids", r.named("$S_P"))
	r.quietly("STREAM.DELETE.$S_M", "")
	r.quietly("STREAM.DELETE.$S_P", "")
}

func mirrorDirect(r *run) {
	r.stream(`,"allow_direct":true`)
	r.publish("a", "b")
	r.call("STREAM.CREATE.$S_M", `{"name":"$S_M","mirror":{"name":"$S"}}`)
	r.taken("M", 2)
	r.direct("$S_M", `{"seq":1}`)
	r.quietly("STREAM.DELETE.$S", "")
	r.direct("$S", `{"seq":2}`)
	r.direct("$S.$P.a", "")
	r.direct("$S", `{"multi_last":["$P.a"]}`)
	r.quietly("STREAM.DELETE.$S_M", "")
	r.direct("$S", `{"seq":2}`)
}

func sourceBasics(r *run) {
	r.stream("")
	r.publish("a", "b")
	r.call("STREAM.CREATE.$S_T", `{"name":"$S_T","subjects":["own.$P"],"sources":[{"name":"$S"}]}`)
	r.taken("T", 2)
	r.info("T")
	m := must(r.nc.Request(r.named("own.$P"), []byte("own"), patience))
	r.say("published: %s", answer(m.Data))
	r.stored(&nats.Msg{Subject: r.subject("h"), Header: pairs([]string{"Key", "v", "Nats-Expected-Last-Sequence", "2", "Nats-Batch-X", "y"}), Data: []byte("body")})
	r.taken("T", 4)
	r.messages("T", 4)
	r.info("T")
	r.quietly("STREAM.PURGE.$S_T", "")
	r.publish("c")
	r.taken("T", 5)
	r.state("goes on", r.named("$S_T"))
	r.quietly("STREAM.DELETE.$S_T", "")
}

func sourceTransforms(r *run) {
	r.stream("")
	r.publish("a.1", "b.2", "c.3", "d.4")
	r.call("STREAM.CREATE.$S_T", `{"name":"$S_T","subject_transform":{"src":"t.>","dest":"$P.done.>"},"sources":[{"name":"$S","subject_transforms":[{"src":"$P.a.*","dest":"t.{{wildcard(1)}}.a"},{"src":"$P.b.*","dest":""}]},{"name":"$S","filter_subject":"$P.d.*"}]}`)
	r.taken("T", 3)
	for _, subject := range []string{"$P.done.1.a", "$P.b.2", "$P.d.4"} {
		r.kept("T", `{"last_by_subj":"`+subject+`"}`)
	}
	r.quietly("STREAM.DELETE.$S_T", "")
}

func sourceUpdates(r *run) {
	r.stream("")
	r.other("P", `,"subjects":["p.$P"]`)
	r.publish("a")
	r.other("T", `,"sources":[{"name":"$S"}]`)
	r.taken("T", 1)
	r.call("STREAM.UPDATE.$S_T", `{"name":"$S_T","sources":[{"name":"$S"},{"name":"$S_P"}]}`)
	must(r.nc.Request(r.named("p.$P"), []byte("p"), patience))
	r.taken("T", 2)
	r.call("STREAM.UPDATE.$S_T", `{"name":"$S_T","sources":[{"name":"$S_P"}]}`)
	r.publish("b")
	r.stays("without the first", "T")
	r.call("STREAM.UPDATE.$S_T", `{"name":"$S_T","sources":[{"name":"$S_P"},{"name":"$S"}]}`)
	r.taken("T", 3)
	r.state("with it again", r.named("$S_T"))
	r.quietly("STREAM.DELETE.$S_T", "")
	r.quietly("STREAM.DELETE.$S_P", "")
}

func sourceHeaders(r *run) {
	r.stream(`,"allow_msg_ttl":true,"allow_rollup_hdrs":true`)
	r.other("T", `,"duplicate_window":60000000000,"sources":[{"name":"$S"}]`)
	r.taken("T", 0)
	r.stored(&nats.Msg{Subject: r.subject("a"), Header: pairs([]string{"Nats-Msg-Id", "1"})})
	r.stored(&nats.Msg{Subject: r.subject("b"), Header: pairs([]string{"Nats-TTL", "1h"})})
	r.stored(&nats.Msg{Subject: r.subject("a"), Header: pairs([]string{"Nats-Rollup", "sub"})})
	r.taken("T", 3)
	r.state("all", r.named("$S_T"))
	r.messages("T", 3)
	m := must(r.nc.RequestMsg(&nats.Msg{Subject: r.subject("a"), Header: pairs([]string{"Nats-Stream-Source", "x"})}, patience))
	r.say("published with a source: %s", answer(m.Data))
	r.quietly("STREAM.DELETE.$S_T", "")
}

func sourceOfWorkQueue(r *run) {
	r.stream(`,"retention":"workqueue"`)
	r.publish("a", "b")
	r.other("T", `,"sources":[{"name":"$S"}]`)
	r.taken("T", 2)
	until("the queue is empty", func() bool {
		return strings.Contains(string(r.quietly("STREAM.INFO.$S", "")), `"messages":0`)
	})
	r.state("queue", r.s)
	r.state("other", r.named("$S_T"))
	r.quietly("STREAM.DELETE.$S_T", "")
}

func sourceOfMirror(r *run) {
	r.stream("")
	r.other("M", `,"mirror":{"name":"$S"}`)
	r.other("T", `,"sources":[{"name":"$S_M"}]`)
	r.other("U", `,"sources":[{"name":"$S_T","filter_subject":"$P.b"}]`)
	r.publish("a", "b")
	r.taken("M", 2)
	r.taken("T", 2)
	r.taken("U", 1)
	r.messages("U", 1)
	for _, each := range []string{"U", "T", "M"} {
		r.quietly("STREAM.DELETE.$S_"+each, "")
	}
}

func originConfigErrors(r *run) {
	r.stream(`,"max_msg_size":100`)
	for n, members := range []string{
		`"mirror":{"name":"$S"},"first_seq":2`,
		`"mirror":{"name":"$S"},"subjects":["x.$P"]`,
		`"mirror":{"name":"$S"},"sources":[{"name":"$S"}]`,
		`"mirror":{"name":"$S"},"allow_msg_counter":true`,
		`"mirror":{"name":"$S"},"allow_atomic":true`,
		`"mirror":{"name":"$S"},"allow_batched":true`,
		`"mirror":{"name":"$S"},"allow_msg_schedules":true`,
		`"mirror":{"name":"$S","filter_subject":"a","subject_transforms":[{"src":"a","dest":"b"}]}`,
		`"mirror":{"name":"$S"},"subject_delete_marker_ttl":1000000000`,
		`"mirror":{"name":"$S","subject_transforms":[{"src":"a..b","dest":"b"}]}`,
		`"mirror":{"name":"$S","subject_transforms":[{"src":"a","dest":"b..c"}]}`,
		`"mirror":{"name":"$S","subject_transforms":[{"src":"a","dest":"{{nope(1)}}"}]}`,
		`"mirror":{"name":"$S","subject_transforms":[{"src":"a.*","dest":"b.*"}]}`,
		`"mirror":{"name":"$S","subject_transforms":[{"src":"a.*","dest":""},{"src":"*.b","dest":""}]}`,
		`"mirror":{"name":"a.b"}`,
		`"mirror":{"name":""}`,
		`"mirror":{"name":"$S"},"max_msg_size":10`,
		`"mirror":{"name":"$S","filter_subject":"a..b"}`,
		`"mirror":{"name":"$S"},"mirror_direct":true`,
		`"sources":[{"name":"a.b"}]`,
		`"sources":[{"name":"$S"},{"name":"$S"}]`,
		`"sources":[{"name":"$S"},{"name":"$S","filter_subject":">"}]`,
		`"sources":[{"name":"$S"},{"name":"$S","filter_subject":"a"}]`,
		`"sources":[{"name":"$S","filter_subject":"a","subject_transforms":[{"src":"a","dest":"b"}]}]`,
		`"sources":[{"name":"$S","subject_transforms":[{"src":"a..b","dest":"b"}]}]`,
		`"sources":[{"name":"$S","subject_transforms":[{"src":"a","dest":"b..c"}]}]`,
		`"sources":[{"name":"$S","subject_transforms":[{"src":"a.*","dest":""},{"src":"a.b","dest":""}]}]`,
		`"sources":[{"name":"$S","subject_transforms":[{"src":"a.*","dest":""},{"src":"*.b","dest":""}]}]`,
		`"sources":[{"name":"$S"}],"max_msg_size":10`,
		`"sources":[{"name":"$S"}],"allow_msg_schedules":true`,
		`"sources":[{"name":"$S","filter_subject":"a..b"}]`,
		`"sources":[]`,
	} {
		name := fmt.Sprintf("$S_%d", n)
		r.call("STREAM.CREATE."+name, `{"name":"`+name+`",`+members+`}`)
		if _, err := r.js.Stream(r.ctx, r.named(name)); err == nil {
			r.quietly("STREAM.DELETE."+name, "")
		}
	}
}

func originCycles(r *run) {
	r.stream("")
	r.call("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"],"sources":[{"name":"$S"}]}`)
	r.call("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"],"sources":[{"name":"$S","filter_subject":"other"}]}`)
	r.other("A", `,"subjects":["a.$P"],"sources":[{"name":"$S"}]`)
	r.call("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"],"sources":[{"name":"$S_A"}]}`)
	r.call("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"],"sources":[{"name":"$S_A","filter_subject":"a.$P"}]}`)
	r.other("M", `,"mirror":{"name":"$S_A"}`)
	r.call("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"],"sources":[{"name":"$S_M"}]}`)
	r.call("STREAM.CREATE.$S_X", `{"name":"$S_X","mirror":{"name":"$S_X"}}`)
	r.quietly("STREAM.DELETE.$S_M", "")
	r.quietly("STREAM.DELETE.$S_A", "")
}
