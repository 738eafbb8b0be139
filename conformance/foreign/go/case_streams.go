// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"sort"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

var streamCases = []testCase{
	{"stream-lifecycle", plain, streamLifecycle},
	{"stream-defaults", plain, streamDefaults},
	{"stream-names-and-list", plain, streamNamesAndList},
	{"stream-subject-overlap", plain, streamSubjectOverlap},
	{"stream-recreate", plain, streamRecreate},
	{"stream-purge", plain, streamPurge},
	{"stream-subjects", plain, streamSubjects},
	{"stream-sealed", plain, streamSealed},
	{"stream-first-sequence", plain, streamFirstSequence},
	{"stream-transform", plain, streamTransform},
	{"stream-republish", plain, streamRepublish},
	{"stream-work-queue", plain, streamWorkQueue},
	{"stream-interest", plain, streamInterest},
	{"stream-advisories", plain, streamAdvisories},
}

func streamLifecycle(r *run) {
	_, err := r.js.Stream(r.ctx, r.s)
	r.say("before: %s", failure(err))
	config := jetstream.StreamConfig{
		Name: r.s, Subjects: []string{r.subject("a"), r.subject("b.*")}, Description: "first",
		Metadata: map[string]string{"owner": "case"},
	}
	stream, err := r.js.CreateStream(r.ctx, config)
	r.say("create: %s", failure(err))
	info := must(stream.Info(r.ctx))
	r.say("subjects %v, storage %v, retention %v, discard %v, replicas %d, duplicates %v, description %q, owner %q",
		info.Config.Subjects, info.Config.Storage, info.Config.Retention, info.Config.Discard,
		info.Config.Replicas, info.Config.Duplicates, info.Config.Description, info.Config.Metadata["owner"])
	ack := must(r.js.Publish(r.ctx, r.subject("b.1"), []byte("one")))
	r.say("published: %s %d duplicate=%v domain=%q", ack.Stream, ack.Sequence, ack.Duplicate, ack.Domain)
	config.Subjects = append(config.Subjects, r.subject("c.>"))
	config.Description = "second"
	config.MaxMsgs = 10
	stream, err = r.js.UpdateStream(r.ctx, config)
	r.say("update: %s", failure(err))
	info = must(stream.Info(r.ctx))
	r.say("subjects %v, max msgs %d, description %q, messages %d", info.Config.Subjects, info.Config.MaxMsgs, info.Config.Description, info.State.Msgs)
	r.call("STREAM.INFO.$S", "")
	r.say("delete: %s", failure(r.js.DeleteStream(r.ctx, r.s)))
	r.say("delete again: %s", failure(r.js.DeleteStream(r.ctx, r.s)))
	_, err = r.js.UpdateStream(r.ctx, config)
	r.say("update of a deleted one: %s", failure(err))
	stream, err = r.js.CreateOrUpdateStream(r.ctx, config)
	r.say("create or update: %s", failure(err))
	r.say("starts anew: %d messages, last %d", stream.CachedInfo().State.Msgs, stream.CachedInfo().State.LastSeq)
}

func streamDefaults(r *run) {
	// While the public server removes the last stream, it may fail to create another.
	r.quietly("STREAM.CREATE.$S_KEEP", `{"name":"$S_KEEP","subjects":["$P_keep"]}`)
	for n, members := range []string{
		``,
		`,"subjects":["$P.a","$P.b.>"],"storage":"memory","retention":"workqueue"`,
		`,"subjects":["$P.>"],"max_msgs":10,"max_bytes":1000,"max_age":60000000000,"max_msg_size":100,"max_msgs_per_subject":2,"discard":"new","discard_new_per_subject":true`,
		`,"subjects":["$P.>"],"max_age":1000000000`,
		`,"subjects":["$P.>"],"duplicate_window":5000000000,"no_ack":true,"allow_direct":true,"allow_rollup_hdrs":true`,
		`,"subjects":["$P.>"],"deny_delete":true,"deny_purge":true,"description":"d","metadata":{"k":"v"}`,
		`,"subjects":["$P.>"],"compression":"s2","retention":"interest","max_consumers":3,"consumer_limits":{"max_ack_pending":7,"inactive_threshold":1000000000}`,
		`,"subjects":["$P.>"],"allow_msg_ttl":true,"subject_delete_marker_ttl":1000000000`,
		`,"subjects":["$P.>"],"max_msgs":-5,"max_bytes":-1,"max_msgs_per_subject":0,"max_consumers":0,"num_replicas":1,"duplicate_window":0`,
		`,"subjects":null,"description":null`,
	} {
		name := fmt.Sprintf("$S_%d", n)
		r.call("STREAM.CREATE."+name, `{"name":"`+name+`"`+members+`}`)
		r.quietly("STREAM.DELETE."+name, "")
	}
}

func streamNamesAndList(r *run) {
	r.call("STREAM.NAMES", "")
	r.call("STREAM.LIST", "")
	for _, n := range []string{"C", "A", "B"} {
		r.quietly("STREAM.CREATE.$S_"+n, `{"name":"$S_`+n+`","subjects":["$P.`+n+`.>","$P.all`+n+`"]}`)
	}
	r.call("STREAM.NAMES", "")
	r.call("STREAM.NAMES", `{"offset":1}`)
	r.call("STREAM.NAMES", `{"offset":99}`)
	r.call("STREAM.NAMES", `{"offset":-1}`)
	for _, filter := range []string{"$P.A.x", "$P.*.x", "$P.>", "$P.allB", "$P.nothing", ">", "$P.B.>", "other"} {
		r.call("STREAM.NAMES", `{"subject":"`+filter+`"}`)
	}
	r.call("STREAM.LIST", `{"subject":"$P.A.x"}`)
	r.call("STREAM.LIST", `{"offset":2}`)
	names := []string{}
	lister := r.js.StreamNames(r.ctx, jetstream.WithStreamListSubject(r.subject(">")))
	for name := range lister.Name() {
		names = append(names, name)
	}
	r.say("names: %v %s", names, failure(lister.Err()))
	name, err := r.js.StreamNameBySubject(r.ctx, r.subject("C.1"))
	r.say("by subject: %s %s", name, failure(err))
	_, err = r.js.StreamNameBySubject(r.ctx, "unknown.subject")
	r.say("by an unknown subject: %s", failure(err))
	infos := r.js.ListStreams(r.ctx)
	for info := range infos.Info() {
		r.say("listed %s %v", info.Config.Name, info.Config.Subjects)
	}
	r.say("list: %s", failure(infos.Err()))
}

func streamSubjectOverlap(r *run) {
	r.quietly("STREAM.CREATE.$S", `{"name":"$S","subjects":["$P.a","$P.b.*","$P.c.>"]}`)
	for n, subject := range []string{"$P.a", "$P.*", "$P.b.x", "$P.b.*", "$P.b.>", "$P.*.x", "$P.c", "$P.c.d.e", "$P.d", "$P.b", "$P.a.b", "$P.>"} {
		name := fmt.Sprintf("$S_X%d", n)
		r.call("STREAM.CREATE."+name, `{"name":"`+name+`","subjects":["`+subject+`"]}`)
		if _, err := r.js.Stream(r.ctx, r.named(name)); err == nil {
			r.quietly("STREAM.DELETE."+name, "")
		}
	}
	r.quietly("STREAM.CREATE.$S_2", `{"name":"$S_2","subjects":["$P.d"]}`)
	r.call("STREAM.UPDATE.$S_2", `{"name":"$S_2","subjects":["$P.d","$P.a"]}`)
	r.call("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.b.*"]}`)
	r.call("STREAM.UPDATE.$S_2", `{"name":"$S_2","subjects":["$P.d","$P.a"]}`)
	r.pubAck("on the moved subject", "a", "x")
	r.pubAck("on a subject given up", "c.1", "x")
}

func streamRecreate(r *run) {
	body := `{"name":"$S","subjects":["$P.>"],"max_msgs":5}`
	r.call("STREAM.CREATE.$S", body)
	r.publish("a", "b")
	r.call("STREAM.CREATE.$S", body)
	r.call("STREAM.CREATE.$S", `{"name":"$S","subjects":["$P.>"],"max_msgs":5,"max_bytes":-1,"storage":"file","num_replicas":1}`)
	r.call("STREAM.CREATE.$S", `{"name":"$S","subjects":["$P.>"],"max_msgs":5,"metadata":{"_nats.ver":"1"}}`)
	r.call("STREAM.CREATE.$S", `{"name":"$S","subjects":["$P.>"],"max_msgs":6}`)
	r.call("STREAM.CREATE.$S", `{"name":"$S","subjects":["$P.a"],"max_msgs":5}`)
	r.call("STREAM.CREATE.$S", `{"name":"$S","subjects":["$P.>"],"max_msgs":5,"description":"new"}`)
	_, err := r.js.CreateStream(r.ctx, jetstream.StreamConfig{Name: r.s, Subjects: []string{"x.y"}})
	r.say("through the client: %s", failure(err))
	r.state("state", r.s)
}

func streamPurge(r *run) {
	fill := func() {
		r.stream("")
		for n := range 12 {
			r.publish(fmt.Sprintf("%c.x", "abc"[n%3]))
		}
	}
	for _, body := range []string{
		``, `{}`, `{"filter":"$P.a.x"}`, `{"filter":"$P.*.x"}`, `{"filter":"$P.none"}`, `{"seq":5}`,
		`{"seq":1}`, `{"seq":100}`, `{"seq":13}`, `{"keep":2}`, `{"keep":0}`, `{"keep":100}`,
		`{"filter":"$P.b.x","seq":8}`, `{"filter":"$P.b.x","keep":1}`, `{"seq":5,"keep":2}`, `{"filter":"$P.>","keep":3}`,
	} {
		fill()
		r.call("STREAM.PURGE.$S", body)
		r.state("state", r.s)
		r.pubAck("next", "d", "x")
		r.quietly("STREAM.DELETE.$S", "")
	}
	r.call("STREAM.PURGE.$S", "")
	fill()
	stream := must(r.js.Stream(r.ctx, r.s))
	r.say("through the client: %s", failure(stream.Purge(r.ctx, jetstream.WithPurgeSubject(r.subject("c.>")), jetstream.WithPurgeKeep(1))))
	r.state("state", r.s)
}

func streamSubjects(r *run) {
	r.stream("")
	for n := range 30 {
		r.publish(fmt.Sprintf("s.%d", n%5))
	}
	r.publish("t", "t.u")
	for _, filter := range []string{"$P.>", "$P.s.*", "$P.s.1", "$P.none", "$P.t", "$P.t.>"} {
		r.call("STREAM.INFO.$S", `{"subjects_filter":"`+filter+`"}`)
	}
	r.call("STREAM.INFO.$S", `{"subjects_filter":"$P.s.*","offset":3}`)
	r.call("STREAM.INFO.$S", `{"subjects_filter":"$P.s.*","offset":30}`)
	r.quietly("STREAM.PURGE.$S", `{"filter":"$P.s.2"}`)
	info := must(must(r.js.Stream(r.ctx, r.s)).Info(r.ctx, jetstream.WithSubjectFilter(r.subject("s.*")), jetstream.WithDeletedDetails(true)))
	var subjects []string
	for subject, count := range info.State.Subjects {
		subjects = append(subjects, fmt.Sprintf("%s=%d", subject, count))
	}
	sort.Strings(subjects)
	r.say("through the client: %v, deleted %v, %d subjects", subjects, info.State.Deleted, info.State.NumSubjects)
}

func streamSealed(r *run) {
	r.stream("")
	r.publish("a", "b")
	r.call("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"],"sealed":true}`)
	r.pubAck("publish", "a", "x")
	r.call("STREAM.MSG.DELETE.$S", `{"seq":1}`)
	r.call("STREAM.PURGE.$S", "")
	r.call("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"],"sealed":false}`)
	r.call("STREAM.MSG.GET.$S", `{"seq":1}`)
	r.quietly("STREAM.DELETE.$S", "")
	r.stream(`,"deny_delete":true,"deny_purge":true`)
	r.publish("a")
	r.call("STREAM.MSG.DELETE.$S", `{"seq":1}`)
	r.call("STREAM.PURGE.$S", "")
	r.call("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"],"deny_purge":true}`)
	r.call("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"],"deny_delete":true}`)
}

func streamFirstSequence(r *run) {
	r.stream(`,"first_seq":1000`)
	r.state("empty", r.s)
	r.pubAck("first", "a", "x")
	r.pubAck("second", "a", "x")
	r.state("two", r.s)
	r.quietly("STREAM.PURGE.$S", "")
	r.state("purged", r.s)
	r.consumer("c", "")
	r.consumerState("consumer", "c")
}

func streamTransform(r *run) {
	r.quietly("STREAM.CREATE.$S", `{"name":"$S","subjects":["$P.in.*.*"],"subject_transform":{"src":"$P.in.*.*","dest":"$P.out.{{wildcard(2)}}.{{wildcard(1)}}"}}`)
	r.pubAck("publish", "in.a.b", "x")
	r.call("STREAM.MSG.GET.$S", `{"seq":1}`)
	r.consumer("c", `,"filter_subject":"$P.out.b.*"`)
	r.say("delivered: %s", r.message(r.take("c", 1)[0]))
	r.call("STREAM.INFO.$S", `{"subjects_filter":">"}`)
	for _, dest := range []string{"$P.x.{{wildcard(3)}}", "$P.x.$1", "$P.x.>", "$P.x.{{partition(3,1)}}.{{wildcard(2)}}"} {
		r.call("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.in.*.*"],"subject_transform":{"src":"$P.in.*.*","dest":"`+dest+`"}}`)
	}
	for _, token := range []string{"k1", "k2", "k3", "k4", "k5"} {
		r.pubAck("partition", "in."+token+".v", "x")
	}
	r.call("STREAM.INFO.$S", `{"subjects_filter":">"}`)
}

func streamRepublish(r *run) {
	out := r.listen("republished.>")
	r.stream(`,"republish":{"src":"$P.a.>","dest":"republished.>"}`)
	r.publish("a.1", "a.2", "b.1", "a.1")
	r.stored(&nats.Msg{Subject: r.subject("a.3"), Data: []byte("with headers"), Header: pairs([]string{"Key", "v", "Nats-Msg-Id", "m1"})})
	out.show("republished", 4)
	out.showQuiet("then")
	r.call("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"],"republish":{"src":">","dest":"republished.only.>","headers_only":true}}`)
	r.publish("b.2")
	out.show("headers only", 1)
	r.call("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"],"republish":{"src":">","dest":"$P.back.>"}}`)
}

func streamWorkQueue(r *run) {
	r.stream(`,"retention":"workqueue"`)
	r.publish("a", "b", "a")
	create := func(name, config string) {
		r.call("CONSUMER.CREATE.$S."+name, `{"stream_name":"$S","config":{"durable_name":"`+name+`",`+config+`}}`)
	}
	create("none", `"ack_policy":"none"`)
	create("late", `"ack_policy":"explicit","deliver_policy":"new"`)
	create("a", `"ack_policy":"explicit","filter_subject":"$P.a"`)
	create("a2", `"ack_policy":"explicit","filter_subject":"$P.a"`)
	create("all", `"ack_policy":"explicit"`)
	create("wide", `"ack_policy":"explicit","filter_subject":"$P.>"`)
	create("b", `"ack_policy":"explicit","filter_subject":"$P.b"`)
	messages := r.take("a", 2)
	r.state("delivered", r.s)
	r.ackSync(messages[0], "+ACK")
	until("removed", func() bool { return must(must(r.js.Stream(r.ctx, r.s)).Info(r.ctx)).State.Msgs == 2 })
	r.state("one acknowledged", r.s)
	r.ackSync(messages[1], "+TERM")
	until("removed", func() bool { return must(must(r.js.Stream(r.ctx, r.s)).Info(r.ctx)).State.Msgs == 1 })
	r.state("one terminated", r.s)
	r.call("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"],"retention":"limits"}`)
}

func streamInterest(r *run) {
	r.stream(`,"retention":"interest"`)
	r.pubAck("without a consumer", "a", "1")
	r.state("nothing kept", r.s)
	r.consumer("x", "")
	r.consumer("y", `,"filter_subject":"$P.a"`)
	r.publish("a", "b", "a")
	r.state("three kept", r.s)
	for _, m := range r.take("x", 3) {
		r.ackSync(m, "")
	}
	until("b removed", func() bool { return must(must(r.js.Stream(r.ctx, r.s)).Info(r.ctx)).State.Msgs == 2 })
	r.state("x has all", r.s)
	r.ackSync(r.take("y", 1)[0], "")
	until("a removed", func() bool { return must(must(r.js.Stream(r.ctx, r.s)).Info(r.ctx)).State.Msgs == 1 })
	r.state("y has one", r.s)
	r.quietly("CONSUMER.DELETE.$S.y", "")
	until("rest removed", func() bool { return must(must(r.js.Stream(r.ctx, r.s)).Info(r.ctx)).State.Msgs == 0 })
	r.state("y is gone", r.s)
}

func streamAdvisories(r *run) {
	in := r.listen("$JS.EVENT.ADVISORY.STREAM.>")
	consumers := r.listen("$JS.EVENT.ADVISORY.CONSUMER.CREATED.>")
	gone := r.listen("$JS.EVENT.ADVISORY.CONSUMER.DELETED.>")
	show := func(in *inbox) {
		m := in.next()
		if m == nil {
			r.say("no advisory")
			return
		}
		r.say("%s %s", m.Subject, answer(m.Data))
	}
	r.stream("")
	show(in)
	r.quietly("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"],"description":"d"}`)
	show(in)
	r.consumer("c", "")
	show(consumers)
	r.quietly("CONSUMER.DELETE.$S.c", "")
	show(gone)
	r.quietly("STREAM.DELETE.$S", "")
	show(in)
	in.showQuiet("then")
}
