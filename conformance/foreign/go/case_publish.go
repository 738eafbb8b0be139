// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

var publishCases = []testCase{
	{"publish-ack", plain, publishAck},
	{"publish-duplicates", plain, publishDuplicates},
	{"publish-expectations", plain, publishExpectations},
	{"publish-expected-by-client", plain, publishExpectedByClient},
	{"publish-without-stream", plain, publishWithoutStream},
	{"publish-async-5000", plain, publishAsync},
	{"publish-rollup", plain, publishRollup},
	{"publish-rollup-wildcard", plain, publishRollupWildcard},
	{"publish-large", plain, publishLarge},
	{"publish-no-ack", plain, publishNoAck},
}

func publishAck(r *run) {
	r.stream("")
	core := r.listen(r.subject(">"))
	r.pubAck("first", "a", "x")
	r.pubAck("empty", "a", "")
	r.pubAck("headers", "a", "x", "Key", "v")
	r.pubAck("expected stream", "a", "x", "Nats-Expected-Stream", r.s)
	core.show("core subscriber", 4)
	check(r.nc.Publish(r.subject("b"), []byte("without a reply")))
	until("stored", func() bool { return must(must(r.js.Stream(r.ctx, r.s)).Info(r.ctx)).State.LastSeq == 5 })
	ack, err := r.js.Publish(r.ctx, r.subject("a"), []byte("y"))
	r.say("through the client: %+v %s", *ack, failure(err))
	r.state("state", r.s)
}

func publishDuplicates(r *run) {
	r.stream(`,"duplicate_window":2000000000`)
	r.pubAck("first", "a", "1", "Nats-Msg-Id", "id-1")
	r.pubAck("again", "a", "1", "Nats-Msg-Id", "id-1")
	r.pubAck("on another subject", "b", "2", "Nats-Msg-Id", "id-1")
	r.pubAck("another id", "a", "3", "Nats-Msg-Id", "id-2")
	r.pubAck("empty id", "a", "4", "Nats-Msg-Id", "")
	r.pubAck("empty id", "a", "5", "Nats-Msg-Id", "")
	r.pubAck("case matters", "a", "6", "Nats-Msg-Id", "ID-1")
	r.quietly("STREAM.MSG.DELETE.$S", `{"seq":1}`)
	r.pubAck("still known after a delete", "a", "7", "Nats-Msg-Id", "id-1")
	r.quietly("STREAM.PURGE.$S", "")
	r.pubAck("still known after a purge", "a", "8", "Nats-Msg-Id", "id-1")
	r.state("state", r.s)
	deadline := time.Now().Add(patience)
	for {
		ack := must(r.js.Publish(r.ctx, r.subject("late"), nil, jetstream.WithMsgID("id-2")))
		if !ack.Duplicate {
			break
		}
		if time.Now().After(deadline) {
			r.say("the window never closed")
			return
		}
		<-time.After(20 * time.Millisecond)
	}
	r.say("forgotten after the window")
	r.quietly("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"],"duplicate_window":60000000000}`)
	r.pubAck("a longer window", "a", "1", "Nats-Msg-Id", "id-9")
	r.pubAck("a longer window", "a", "1", "Nats-Msg-Id", "id-9")
}

func publishExpectations(r *run) {
	r.stream("")
	r.pubAck("wrong stream", "a", "x", "Nats-Expected-Stream", "OTHER")
	r.pubAck("last sequence 0 of an empty stream", "a", "1", "Nats-Expected-Last-Sequence", "0")
	r.pubAck("last sequence 0", "a", "2", "Nats-Expected-Last-Sequence", "0")
	r.pubAck("last sequence 1", "a", "2", "Nats-Expected-Last-Sequence", "1")
	r.pubAck("last sequence 9", "a", "3", "Nats-Expected-Last-Sequence", "9")
	r.pubAck("last sequence garbage", "a", "3", "Nats-Expected-Last-Sequence", "x")
	r.pubAck("subject sequence 0 of a new subject", "b", "1", "Nats-Expected-Last-Subject-Sequence", "0")
	r.pubAck("subject sequence 0", "b", "1", "Nats-Expected-Last-Subject-Sequence", "0")
	r.pubAck("subject sequence 3", "b", "1", "Nats-Expected-Last-Subject-Sequence", "3")
	r.pubAck("subject sequence 3 again", "b", "1", "Nats-Expected-Last-Subject-Sequence", "3")
	r.pubAck("subject sequence of another subject", "c", "1", "Nats-Expected-Last-Subject-Sequence", "4", "Nats-Expected-Last-Subject-Sequence-Subject", r.subject("b"))
	r.pubAck("the same with a wildcard", "c", "1", "Nats-Expected-Last-Subject-Sequence", "5", "Nats-Expected-Last-Subject-Sequence-Subject", r.subject("*"))
	r.pubAck("and wrong", "c", "1", "Nats-Expected-Last-Subject-Sequence", "5", "Nats-Expected-Last-Subject-Sequence-Subject", r.subject("*"))
	r.pubAck("the subject alone", "c", "1", "Nats-Expected-Last-Subject-Sequence-Subject", r.subject("b"))
	r.pubAck("last id of none", "a", "x", "Nats-Expected-Last-Msg-Id", "m-0")
	r.pubAck("with an id", "a", "x", "Nats-Msg-Id", "m-1")
	r.pubAck("last id", "a", "x", "Nats-Expected-Last-Msg-Id", "m-1", "Nats-Msg-Id", "m-2")
	r.pubAck("last id wrong", "a", "x", "Nats-Expected-Last-Msg-Id", "m-1")
	r.pubAck("duplicate with a wrong expectation", "a", "x", "Nats-Msg-Id", "m-2", "Nats-Expected-Last-Sequence", "1")
	r.pubAck("duplicate with a wrong last id", "a", "x", "Nats-Msg-Id", "m-2", "Nats-Expected-Last-Msg-Id", "m-1")
	r.pubAck("all at once", "a", "x", "Nats-Expected-Stream", r.s, "Nats-Expected-Last-Msg-Id", "m-2", "Nats-Msg-Id", "m-3")
	r.state("state", r.s)
}

func publishExpectedByClient(r *run) {
	r.stream("")
	attempt := func(what string, options ...jetstream.PublishOpt) {
		ack, err := r.js.Publish(r.ctx, r.subject("a"), []byte("x"), options...)
		if err != nil {
			r.say("%s: %s", what, failure(err))
			return
		}
		r.say("%s: %d duplicate=%v", what, ack.Sequence, ack.Duplicate)
	}
	attempt("id", jetstream.WithMsgID("one"))
	attempt("the same id", jetstream.WithMsgID("one"))
	attempt("expected stream", jetstream.WithExpectStream(r.s))
	attempt("another stream", jetstream.WithExpectStream("OTHER"))
	attempt("expected sequence", jetstream.WithExpectLastSequence(2))
	attempt("another sequence", jetstream.WithExpectLastSequence(2))
	attempt("expected subject sequence", jetstream.WithExpectLastSequencePerSubject(3))
	attempt("another subject sequence", jetstream.WithExpectLastSequencePerSubject(3))
	attempt("expected id", jetstream.WithExpectLastMsgID("two"))
	attempt("next id", jetstream.WithMsgID("three"))
	attempt("expected id", jetstream.WithExpectLastMsgID("three"))
}

func publishWithoutStream(r *run) {
	r.pubAck("raw", "a", "x")
	_, err := r.js.Publish(r.ctx, r.subject("a"), nil, jetstream.WithRetryAttempts(1), jetstream.WithRetryWait(time.Millisecond))
	r.say("through the client: %v", err)
	future := must(r.js.PublishAsync(r.subject("a"), nil, jetstream.WithRetryAttempts(1), jetstream.WithRetryWait(time.Millisecond)))
	select {
	case ack := <-future.Ok():
		r.say("asynchronously: %+v", ack)
	case err := <-future.Err():
		r.say("asynchronously: %v", err)
	}
	r.stream("")
	r.pubAck("with a stream", "a", "x")
	r.quietly("STREAM.DELETE.$S", "")
	r.pubAck("after its end", "a", "x")
}

func publishAsync(r *run) {
	const count = 5000
	r.stream("")
	js := must(jetstream.New(r.nc, jetstream.WithPublishAsyncMaxPending(1000)))
	futures := make([]jetstream.PubAckFuture, count)
	for n := range count {
		// the client gives up after 200 ms, and a disk may take that for one sync
		futures[n] = must(js.PublishAsync(r.subject(fmt.Sprintf("n.%d", n%7)), fmt.Appendf(nil, "%d", n), jetstream.WithStallWait(patience)))
	}
	select {
	case <-js.PublishAsyncComplete():
		r.say("all answered, %d pending", js.PublishAsyncPending())
	case <-time.After(3 * patience):
		r.say("%d never answered", js.PublishAsyncPending())
		return
	}
	inOrder, failed := 0, 0
	for n, future := range futures {
		select {
		case ack := <-future.Ok():
			if ack.Sequence == uint64(n+1) {
				inOrder++
			}
		case <-future.Err():
			failed++
		}
	}
	r.say("%d in order, %d failed", inOrder, failed)
	r.state("state", r.s)
	r.consumer("c", `,"ack_policy":"none"`)
	right := 0
	for n, m := range r.take("c", count) {
		if string(m.Data) == fmt.Sprint(n) {
			right++
		}
	}
	r.say("%d read back", right)
}

func publishRollup(r *run) {
	r.stream("")
	r.pubAck("not allowed", "a", "x", "Nats-Rollup", "sub")
	r.quietly("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"],"allow_rollup_hdrs":true}`)
	r.publish("a", "b", "a", "b", "a")
	r.pubAck("one subject", "a", "rolled", "Nats-Rollup", "sub")
	r.state("state", r.s)
	r.pubAck("unknown kind", "a", "x", "Nats-Rollup", "some")
	r.pubAck("all", "b", "rolled", "Nats-Rollup", "all")
	r.state("state", r.s)
	r.call("STREAM.MSG.GET.$S", `{"last_by_subj":"$P.>"}`)
}

func publishRollupWildcard(r *run) {
	r.stream(`,"allow_rollup_hdrs":true`)
	r.publish("k", "k.1", "k.2", "k.1", "k.1.2", "l.1")
	r.pubAck("*", "k.*", "rolled", "Nats-Rollup", "sub")
	r.state("state", r.s)
	r.call("STREAM.MSG.GET.$S", `{"last_by_subj":"$P.k.*"}`)
	r.publish("k.3")
	r.pubAck("* again", "k.*", "rolled", "Nats-Rollup", "sub")
	r.pubAck(">", "k.>", "rolled", "Nats-Rollup", "sub")
	r.pubAck("no wildcard", "k.*x", "rolled", "Nats-Rollup", "sub")
	r.call("STREAM.INFO.$S", `{"subjects_filter":">"}`)
}

func publishLarge(r *run) {
	r.stream("")
	for _, size := range []int{0, 1, 1023, 65536, 300000, int(r.nc.MaxPayload())} {
		m := &nats.Msg{Subject: r.subject("big"), Data: []byte(strings.Repeat("ab", size/2+1)[:size])}
		r.say("%d bytes: %s", size, answer(must(r.nc.RequestMsg(m, patience)).Data))
	}
	r.state("state", r.s)
	r.consumer("c", "")
	for _, m := range r.take("c", 6) {
		r.say("delivered %s", r.message(m))
	}
}

func publishNoAck(r *run) {
	r.stream(`,"no_ack":true`)
	in := r.listen(nats.NewInbox())
	check(r.nc.PublishRequest(r.subject("a"), in.subject, []byte("x")))
	until("stored", func() bool { return must(must(r.js.Stream(r.ctx, r.s)).Info(r.ctx)).State.Msgs == 1 })
	in.showQuiet("no answer")
}
