// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strings"

	"github.com/nats-io/nats.go"
)

var batchCases = []testCase{
	{"atomic-basics", plain, atomicBasics},
	{"atomic-errors", plain, atomicErrors},
	{"atomic-checks", plain, atomicChecks},
	{"atomic-limits", plain, atomicLimits},
	{"atomic-inflight", plain, atomicInflight},
	{"atomic-counters", plain, atomicCounters},
	{"atomic-interest", plain, atomicInterest},
	{"atomic-transform", plain, atomicTransform},
	{"atomic-advisories", plain, atomicAdvisories},
	{"atomic-config", plain, atomicConfig},
	{"fast-basics", plain, fastBasics},
	{"fast-flow", plain, fastFlow},
	{"fast-gaps", plain, fastGaps},
	{"fast-errors", plain, fastErrors},
	{"fast-refusals", plain, fastRefusals},
	{"fast-several", plain, fastSeveral},
}

// part publishes a message of an atomic batch and prints the answer.
func (r *run) part(batch string, seq any, tokens, payload string, header ...string) {
	all := append([]string{"Nats-Batch-Id", batch, "Nats-Batch-Sequence", fmt.Sprint(seq)}, header...)
	r.batchPart(fmt.Sprintf("%s %v %s %q", batch, seq, tokens, header), tokens, payload, all)
}

func (r *run) batchPart(what, tokens, payload string, header []string) {
	m := &nats.Msg{Subject: r.subject(tokens), Data: []byte(payload), Header: pairs(header)}
	reply, err := r.nc.RequestMsg(m, patience)
	switch {
	case err != nil:
		r.say("%s: %v", what, err)
	case len(reply.Data) == 0:
		r.say("%s: staged %s", what, headers(reply.Header))
	default:
		r.say("%s: %s", what, answer(reply.Data))
	}
}

func (r *run) atomic(extra string) { r.stream(`,"allow_atomic":true,"allow_direct":true` + extra) }

func (r *run) showStored(last int) {
	for seq := 1; seq <= last; seq++ {
		r.direct("$S", fmt.Sprintf(`{"seq":%d}`, seq))
	}
}

func atomicBasics(r *run) {
	r.atomic("")
	r.part("one", 1, "a", "1")
	r.part("one", 2, "b", "2", "Key", "v")
	r.pubAck("between", "x", "0")
	r.state("staged", r.s)
	r.part("one", 3, "a", "3", "Nats-Batch-Commit", "1")
	r.state("committed", r.s)
	r.part("two", 1, "a", "4")
	r.part("two", 2, "a", "", "Nats-Batch-Commit", "eob")
	r.part("three", 1, "a", "5", "Nats-Batch-Commit", "1")
	r.part("four", 1, "a", "6", "Nats-Msg-Id", "id-6")
	r.part("four", 2, "a", "7", "Nats-Msg-Id", "id-7", "Nats-Batch-Commit", "1")
	r.pubAck("duplicate", "a", "7", "Nats-Msg-Id", "id-6")
	r.pubAck("behind the last id", "a", "8", "Nats-Expected-Last-Msg-Id", "id-7")
	r.showStored(9)
	r.consumer("c", "")
	for _, m := range r.take("c", 9) {
		r.say("%s", r.message(m))
	}
}

func atomicErrors(r *run) {
	r.stream("")
	r.part("off", 1, "a", "x")
	r.part("off", 1, "a", "x", "Nats-Batch-Commit", "1")
	r.quietly("STREAM.DELETE.$S", "")
	r.atomic("")
	r.batchPart("no sequence", "a", "x", []string{"Nats-Batch-Id", "n"})
	for _, seq := range []string{"", "x", "-1", "0", "2", "1001", "1002", "18446744073709551615"} {
		r.part("seq", seq, "a", "x")
	}
	r.part("end", 1002, "a", "x", "Nats-Batch-Commit", "eob")
	r.part("end", 1001, "a", "x", "Nats-Batch-Commit", "eob")
	r.part("end", 1, "a", "x", "Nats-Batch-Commit", "eob")
	r.part(strings.Repeat("i", 65), 1, "a", "x")
	r.part(strings.Repeat("i", 64), 1, "a", "x")
	r.part(strings.Repeat("i", 64), 2, "a", "x", "Nats-Batch-Commit", "1")
	r.batchPart("empty id", "a", "x", []string{"Nats-Batch-Id", "", "Nats-Batch-Sequence", "1"})
	r.part("gap", 1, "a", "x")
	r.part("gap", 3, "a", "x")
	r.part("gap", 2, "a", "x")
	r.part("gap", 1, "a", "x")
	r.part("gap", 1, "a", "x")
	r.part("gap", 2, "a", "x", "Nats-Batch-Commit", "1")
	for _, commit := range []string{"", "0", "2", "true", "EOB", "1 "} {
		r.part("commit", 1, "a", "x")
		r.part("commit", 2, "a", "x", "Nats-Batch-Commit", commit)
		r.part("commit", 3, "a", "x", "Nats-Batch-Commit", "1")
	}
	r.part("level", 1, "a", "x", "Nats-Required-Api-Level", "0")
	r.part("level", 2, "a", "x", "Nats-Required-Api-Level", "99")
	r.part("level", 3, "a", "x", "Nats-Batch-Commit", "1")
	r.part("level", 1, "a", "x", "Nats-Required-Api-Level", "0", "Nats-Batch-Commit", "1")
	r.state("at the end", r.s)
	r.showStored(3)
}

// refusedBatch commits a batch of two messages with those headers, and prints the answer.
func (r *run) refusedBatch(what string, first, second []string) {
	r.say("- %s", what)
	id := strings.ReplaceAll(what, " ", "-")
	r.part(id, 1, "a", "", first...)
	r.part(id, 2, "a", "", append(second, "Nats-Batch-Commit", "1")...)
}

func atomicChecks(r *run) {
	r.atomic("")
	r.pubAck("before", "a", "x", "Nats-Msg-Id", "known")
	r.pubAck("before", "b", "x")
	r.refusedBatch("same id twice", []string{"Nats-Msg-Id", "m"}, []string{"Nats-Msg-Id", "m"})
	r.refusedBatch("known id", []string{"Nats-Msg-Id", "n"}, []string{"Nats-Msg-Id", "known"})
	r.refusedBatch("last msg id", []string{"Nats-Expected-Last-Msg-Id", "m"}, nil)
	r.refusedBatch("other stream", nil, []string{"Nats-Expected-Stream", "x"})
	r.refusedBatch("this stream", nil, []string{"Nats-Expected-Stream", r.s})
	r.refusedBatch("wrong last", []string{"Nats-Expected-Last-Sequence", "3"}, nil)
	r.refusedBatch("last", []string{"Nats-Expected-Last-Sequence", "4"}, nil)
	r.refusedBatch("last of second", nil, []string{"Nats-Expected-Last-Sequence", "7"})
	r.refusedBatch("wrong last of second", nil, []string{"Nats-Expected-Last-Sequence", "6"})
	r.refusedBatch("last garbage", []string{"Nats-Expected-Last-Sequence", "x"}, nil)
	subject, of := "Nats-Expected-Last-Subject-Sequence", "Nats-Expected-Last-Subject-Sequence-Subject"
	r.refusedBatch("wrong subject", []string{subject, "2"}, nil)
	r.refusedBatch("subject", []string{subject, "6"}, nil)
	r.refusedBatch("subject written", nil, []string{subject, "8"})
	r.refusedBatch("subject written wrong", nil, []string{subject, "1"})
	r.refusedBatch("other subject", []string{subject, "2", of, r.subject("b")}, []string{subject, "2", of, r.subject("b")})
	r.refusedBatch("other subject twice wrong", []string{subject, "2", of, r.subject("b")}, []string{subject, "1", of, r.subject("b")})
	r.refusedBatch("other subject none", []string{subject, "0", of, r.subject("none")}, nil)
	r.refusedBatch("subject without sequence", []string{of, r.subject("b")}, nil)
	r.refusedBatch("roll-up off", []string{"Nats-Rollup", "sub"}, nil)
	r.refusedBatch("ttl off", []string{"Nats-TTL", "5s"}, nil)
	r.refusedBatch("ttl garbage", []string{"Nats-TTL", "x"}, nil)
	r.refusedBatch("source", []string{"Nats-Stream-Source", "x"}, nil)
	r.refusedBatch("schedule", []string{"Nats-Schedule", "@at 2030-01-01T00:00:00Z"}, nil)
	r.refusedBatch("increment", []string{"Nats-Incr", "1"}, nil)
	r.state("at the end", r.s)
	r.quietly("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"],"allow_atomic":true,"allow_direct":true,"allow_rollup_hdrs":true,"allow_msg_ttl":true}`)
	r.refusedBatch("ttl wrong", []string{"Nats-TTL", "x"}, nil)
	r.refusedBatch("ttl", []string{"Nats-TTL", "1h"}, nil)
	r.refusedBatch("roll-up wrong", []string{"Nats-Rollup", "x"}, nil)
	r.refusedBatch("roll-up sub second", nil, []string{"Nats-Rollup", "sub"})
	r.refusedBatch("roll-up all second", nil, []string{"Nats-Rollup", "all"})
	r.state("before", r.s)
	r.refusedBatch("roll-up sub", []string{"Nats-Rollup", "sub"}, nil)
	r.state("rolled up", r.s)
	r.refusedBatch("roll-up all", []string{"Nats-Rollup", "all"}, nil)
	r.state("rolled up", r.s)
}

func atomicLimits(r *run) {
	r.atomic(`,"discard":"new","max_msgs":3`)
	r.pubAck("before", "a", "x")
	r.pubAck("before", "b", "x")
	r.refusedBatch("too many", nil, nil)
	r.part("fits", 1, "a", "x", "Nats-Batch-Commit", "1")
	r.state("messages", r.s)
	r.quietly("STREAM.DELETE.$S", "")
	r.atomic(`,"discard":"new","max_bytes":400`)
	r.part("bytes", 1, "a", strings.Repeat("x", 150))
	r.part("bytes", 2, "a", strings.Repeat("x", 150), "Nats-Batch-Commit", "1")
	r.part("bytes", 1, "a", strings.Repeat("x", 50), "Nats-Batch-Commit", "1")
	r.quietly("STREAM.DELETE.$S", "")
	r.atomic(`,"discard":"new","max_msgs_per_subject":1,"discard_new_per_subject":true`)
	r.refusedBatch("of one subject", nil, nil)
	r.part("two", 1, "a", "x")
	r.part("two", 2, "b", "x", "Nats-Batch-Commit", "1")
	r.state("per subject", r.s)
	r.quietly("STREAM.DELETE.$S", "")
	r.atomic(`,"max_msg_size":100`)
	r.part("size", 1, "a", "")
	r.part("size", 2, "a", strings.Repeat("x", 100))
	r.part("size", 2, "a", "", "Nats-Batch-Commit", "1")
	r.quietly("STREAM.DELETE.$S", "")
	r.atomic(`,"max_msgs":2`)
	for seq := 1; seq <= 4; seq++ {
		r.part("old", seq, "a", fmt.Sprint(seq))
	}
	r.part("old", 5, "a", "", "Nats-Batch-Commit", "eob")
	r.state("discard old", r.s)
	r.quietly("STREAM.DELETE.$S", "")
	r.atomic(`,"storage":"memory"`)
	r.part("memory", 1, "a", "x")
	r.part("memory", 2, "b", "y", "Nats-Batch-Commit", "1")
	r.state("memory", r.s)
	r.showStored(2)
}

func atomicInflight(r *run) {
	r.atomic("")
	for n := range 49 {
		m := &nats.Msg{Subject: r.subject("a"), Header: pairs([]string{"Nats-Batch-Id", fmt.Sprint("b", n), "Nats-Batch-Sequence", "1"})}
		must(r.nc.RequestMsg(m, patience))
	}
	r.part("last", 1, "a", "x")
	r.part("over", 1, "a", "x")
	r.part("over", 1, "a", "x", "Nats-Batch-Commit", "1")
	r.part("b7", 2, "a", "x", "Nats-Batch-Commit", "1")
	r.part("over", 1, "a", "x", "Nats-Batch-Commit", "1")
	r.state("at the end", r.s)
}

func atomicCounters(r *run) {
	r.atomic(`,"allow_msg_counter":true`)
	r.pubAck("before", "a", "", "Nats-Incr", "5")
	r.part("sum", 1, "a", "", "Nats-Incr", "2")
	r.part("sum", 2, "b", "", "Nats-Incr", "1")
	r.part("sum", 3, "a", "", "Nats-Incr", "-10", "Nats-Batch-Commit", "1")
	r.part("none", 1, "a", "", "Nats-Incr", "2")
	r.part("none", 2, "a", "", "Nats-Batch-Commit", "1")
	r.part("payload", 1, "a", "x", "Nats-Incr", "2", "Nats-Batch-Commit", "1")
	r.pubAck("behind", "a", "", "Nats-Incr", "1")
	r.showStored(5)
}

func atomicInterest(r *run) {
	r.atomic(`,"retention":"interest"`)
	r.part("nobody", 1, "a", "1")
	r.part("nobody", 2, "b", "2", "Nats-Batch-Commit", "1")
	r.state("nobody", r.s)
	r.consumer("c", `,"filter_subject":"$P.a"`)
	r.part("some", 1, "a", "3")
	r.part("some", 2, "b", "4", "Nats-Msg-Id", "four")
	r.part("some", 3, "a", "5")
	r.part("some", 4, "b", "6", "Nats-Batch-Commit", "1")
	r.state("some", r.s)
	r.pubAck("known", "a", "x", "Nats-Msg-Id", "four")
	for _, m := range r.take("c", 2) {
		r.say("%s", r.message(m))
		r.ackSync(m, "+ACK")
	}
	r.part("end", 1, "b", "7")
	r.part("end", 2, "a", "8")
	r.part("end", 3, "", "", "Nats-Batch-Commit", "eob")
	r.part("end", 3, "b", "", "Nats-Batch-Commit", "eob")
	r.state("end", r.s)
}

func atomicTransform(r *run) {
	r.atomic(`,"subject_transform":{"src":"$P.from.*","dest":"$P.to.{{wildcard(1)}}"},"republish":{"src":"$P.to.>","dest":"again.$P.>"}`)
	in := r.listen("again." + r.p + ".>")
	r.part("t", 1, "from.a", "1")
	r.part("t", 2, "other", "2")
	r.part("t", 3, "from.a", "3", "Nats-Batch-Commit", "1")
	in.show("again", 2)
	r.part("u", 1, "from.a", "4", "Nats-Expected-Last-Subject-Sequence", "3")
	r.part("u", 2, "from.b", "5", "Nats-Expected-Last-Subject-Sequence", "0", "Nats-Batch-Commit", "1")
	r.showStored(5)
}

func atomicAdvisories(r *run) {
	r.atomic("")
	in := r.listen("$JS.EVENT.ADVISORY.STREAM.BATCH_ABANDONED.>")
	r.part("gap", 1, "a", "x")
	r.part("gap", 3, "a", "x")
	in.showAdvisory("gap")
	r.part("unknown", 2, "a", "x")
	r.part("end", 1, "a", "x", "Nats-Batch-Commit", "eob")
	in.showAdvisory("end at once")
	r.part("level", 1, "a", "x", "Nats-Required-Api-Level", "x")
	in.showAdvisory("level")
	r.part("commit", 1, "a", "x", "Nats-Batch-Commit", "x")
	r.refusedBatch("refused", []string{"Nats-Expected-Last-Sequence", "7"}, nil)
	in.showQuiet("nothing more")
}

func (in *inbox) showAdvisory(what string) {
	m := in.next()
	if m == nil {
		in.r.say("%s: nothing", what)
		return
	}
	in.r.say("%s: %s %s", what, m.Subject, answer(m.Data))
}

func atomicConfig(r *run) {
	r.call("STREAM.CREATE.$S", `{"name":"$S","subjects":["$P.>"],"allow_atomic":true}`)
	r.part("open", 1, "a", "x")
	r.call("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"]}`)
	r.part("open", 2, "a", "x", "Nats-Batch-Commit", "1")
	r.call("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"],"allow_atomic":true,"allow_batched":true}`)
	r.part("open", 2, "a", "x", "Nats-Batch-Commit", "1")
	r.call("STREAM.CREATE.$S_A", `{"name":"$S_A","subjects":["$P_a"],"allow_atomic":true,"persist_mode":"async"}`)
	r.call("STREAM.CREATE.$S_M", `{"name":"$S_M","mirror":{"name":"$S"},"allow_atomic":true}`)
	r.call("STREAM.CREATE.$S_M", `{"name":"$S_M","mirror":{"name":"$S"},"allow_batched":true}`)
	r.call("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"],"allow_atomic":true,"sealed":true}`)
	r.part("sealed", 1, "a", "x")
}

// fast is a fast batch as its publisher sees it.
type fast struct {
	in   *inbox
	id   string
	flow any
	gap  string
}

func (r *run) fast(id string, flow any, gap string) *fast {
	return &fast{r.listen(nats.NewInbox() + ".>"), id, flow, gap}
}

const (
	opStart = iota
	opAppend
	opCommit
	opEnd
	opPing
)

func (f *fast) send(seq, op any, tokens, payload string, header ...string) {
	r := f.in.r
	reply := strings.TrimSuffix(f.in.subject, ">") + fmt.Sprintf("%s.%v.%s.%v.%v.$FI", f.id, f.flow, f.gap, seq, op)
	r.say("%s %v op %v %s %q", f.id, seq, op, tokens, header)
	check(r.nc.PublishMsg(&nats.Msg{Subject: r.subject(tokens), Reply: reply, Data: []byte(payload), Header: pairs(header)}))
	check(r.nc.Flush())
}

// show prints the next answers to the batch, with the end of the subject that they came under.
func (f *fast) show(count int) {
	for range count {
		m := f.in.next()
		if m == nil {
			f.in.r.say("  nothing")
			return
		}
		prefix := strings.TrimSuffix(f.in.subject, ">")
		f.in.r.say("  %s: %s", strings.TrimPrefix(m.Subject, prefix), answer(m.Data))
	}
}

func (f *fast) showQuiet() { f.in.showQuiet("  then") }

func (r *run) batched(extra string) { r.stream(`,"allow_batched":true,"allow_direct":true` + extra) }

func fastBasics(r *run) {
	r.batched("")
	f := r.fast("one", 3, "fail")
	f.send(1, opStart, "a", "1")
	f.show(1)
	f.send(2, opAppend, "a", "2", "Key", "v")
	f.showQuiet()
	f.send(3, opAppend, "b", "3")
	f.show(1)
	f.send(4, opCommit, "b", "4")
	f.show(1)
	f.send(5, opAppend, "b", "5")
	f.show(1)
	f = r.fast("two", 10, "fail")
	f.send(1, opStart, "a", "5")
	f.show(1)
	f.send(2, opEnd, "a", "")
	f.show(1)
	f = r.fast("three", 10, "ok")
	f.send(1, opCommit, "a", "6")
	f.show(1)
	f.showQuiet()
	r.state("at the end", r.s)
	r.showStored(6)
}

func fastFlow(r *run) {
	r.batched("")
	for _, flow := range []any{1, 2, 0, "x", 70000} {
		f := r.fast(fmt.Sprint("flow-", flow), flow, "fail")
		f.send(1, opStart, "a", "")
		f.show(1)
		if flow == 1 || flow == 2 {
			f.show(2 - flow.(int))
		}
		for seq := 2; seq <= 4; seq++ {
			f.send(seq, opAppend, "a", "")
			if flow == 1 || flow == 2 && seq%2 == 0 {
				f.show(1)
			}
		}
		f.send(4, opPing, "a", "")
		f.show(1)
		f.send(5, opEnd, "a", "")
		f.show(1)
	}
}

func fastGaps(r *run) {
	r.batched("")
	f := r.fast("fail", 10, "fail")
	f.send(1, opStart, "a", "1")
	f.show(1)
	f.send(3, opAppend, "a", "3")
	f.show(2)
	f.send(4, opAppend, "a", "4")
	f.show(1)
	f = r.fast("ok", 2, "ok")
	f.send(1, opStart, "a", "1")
	f.show(1)
	f.send(4, opAppend, "a", "4")
	f.show(2)
	f.send(9, opAppend, "a", "9")
	f.show(2)
	f.send(12, opCommit, "a", "12")
	f.show(2)
	f = r.fast("back", 10, "ok")
	f.send(1, opStart, "a", "1")
	f.send(2, opAppend, "a", "2")
	f.send(2, opAppend, "a", "2")
	f.show(3)
	f = r.fast("ping-fail", 10, "fail")
	f.send(1, opStart, "a", "1")
	f.send(1, opPing, "a", "")
	f.show(2)
	f.send(3, opPing, "a", "")
	f.show(2)
	f = r.fast("ping-ok", 2, "ok")
	f.send(1, opStart, "a", "1")
	f.send(3, opPing, "a", "")
	f.show(3)
	f.send(4, opPing, "a", "")
	f.show(2)
	f.send(5, opEnd, "a", "")
	f.show(1)
	r.state("at the end", r.s)
}

func fastErrors(r *run) {
	r.batched("")
	r.pubAck("before", "a", "x", "Nats-Msg-Id", "known")
	wrong := []string{"Nats-Expected-Last-Sequence", "99"}
	for _, gap := range []string{"fail", "ok"} {
		f := r.fast("first-"+gap, 10, gap)
		f.send(1, opStart, "a", "1", wrong...)
		f.show(2)
		f.send(2, opAppend, "a", "2")
		if gap == "fail" {
			f.show(1)
		}
		f.send(3, opEnd, "a", "")
		f.show(1)
		f = r.fast("second-"+gap, 10, gap)
		f.send(1, opStart, "a", "1")
		f.send(2, opAppend, "a", "2", wrong...)
		f.show(2)
		if gap == "fail" {
			f.show(1)
		} else {
			f.send(3, opAppend, "a", "3")
			f.send(4, opCommit, "a", "4")
			f.show(1)
		}
		f = r.fast("commit-"+gap, 10, gap)
		f.send(1, opStart, "a", "1")
		f.send(2, opCommit, "a", "2", wrong...)
		f.show(3)
		f = r.fast("duplicate-"+gap, 10, gap)
		f.send(1, opStart, "a", "1", "Nats-Msg-Id", "known")
		f.show(1)
		f.send(2, opAppend, "a", "2")
		f.send(3, opCommit, "a", "3")
		f.show(1)
		f = r.fast("duplicate-second-"+gap, 1, gap)
		f.send(1, opStart, "a", "1")
		f.show(2)
		f.send(2, opAppend, "a", "2", "Nats-Msg-Id", "known")
		f.show(1)
		f.send(3, opCommit, "a", "3", "Nats-Msg-Id", "known")
		f.show(2)
		f = r.fast("duplicate-commit-"+gap, 10, gap)
		f.send(1, opCommit, "a", "1", "Nats-Msg-Id", "known")
		f.show(1)
	}
	f := r.fast("level", 10, "fail")
	f.send(1, opStart, "a", "1", "Nats-Required-Api-Level", "0")
	f.send(2, opAppend, "a", "2", "Nats-Required-Api-Level", "99")
	f.show(2)
	r.state("at the end", r.s)
}

func fastRefusals(r *run) {
	r.stream("")
	f := r.fast("off", 10, "fail")
	f.send(1, opStart, "a", "1")
	f.show(1)
	f.send("x", "y", "a", "1")
	f.show(1)
	r.quietly("STREAM.DELETE.$S", "")
	r.batched(`,"max_msg_size":1000`)
	for _, each := range [][2]any{
		{1, 5}, {1, -1}, {1, "x"}, {1, ""}, {0, opStart}, {"x", opStart}, {2, opStart}, {1, opAppend},
		{0, opAppend}, {1, opEnd}, {"18446744073709551615", opAppend}, {2, opAppend}, {2, opCommit},
		{2, opEnd}, {1, opPing}, {2, opPing}, {-1, opPing},
	} {
		f.send(each[0], each[1], "a", "1")
		f.show(1)
	}
	f.gap = "maybe"
	f.send(1, opStart, "a", "1")
	f.show(1)
	f = r.fast(strings.Repeat("i", 65), 10, "fail")
	f.send(1, opStart, "a", "1")
	f.show(1)
	f = r.fast(strings.Repeat("i", 64), 10, "fail")
	f.send(1, opCommit, "a", "1")
	f.show(1)
	f = r.fast("size", 10, "fail")
	f.send(1, opStart, "a", strings.Repeat("x", 1001))
	f.show(1)
	in := r.listen(nats.NewInbox())
	for _, reply := range []string{in.subject + ".$FI", in.subject + ".1.0.$FI", in.subject + ".id.3.fail.1.0.$FI"} {
		listening := r.listen(reply)
		check(r.nc.PublishRequest(r.subject("a"), reply, nil))
		listening.show("short", 1)
	}
	r.quietly("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"],"allow_batched":true,"sealed":true}`)
	f = r.fast("sealed", 10, "fail")
	f.send(1, opStart, "a", "")
	f.show(1)
	r.quietly("STREAM.DELETE.$S", "")
	r.batched(`,"no_ack":true`)
	f = r.fast("no-ack", 1, "fail")
	f.send(1, opStart, "a", "1")
	f.show(1)
	f.send(2, opCommit, "a", "1")
	f.showQuiet()
}

func fastSeveral(r *run) {
	r.batched("")
	f := r.fast("f", 100, "fail")
	g := r.fast("g", 4, "fail")
	f.send(1, opStart, "a", "")
	f.show(1)
	g.send(1, opStart, "a", "")
	g.show(2)
	for seq := 2; seq <= 8; seq++ {
		g.send(seq, opAppend, "a", "")
	}
	g.show(2)
	g.send(9, opEnd, "a", "")
	g.show(1)
	for seq := 2; seq <= 99; seq++ {
		check(r.nc.PublishMsg(&nats.Msg{Subject: r.subject("a"), Reply: strings.TrimSuffix(f.in.subject, ">") + fmt.Sprintf("f.100.fail.%d.1.$FI", seq)}))
	}
	f.send(100, opAppend, "a", "")
	f.show(1)
	f.send(101, opCommit, "a", "")
	f.show(1)
}
