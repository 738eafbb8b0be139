// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

var consumerCases = []testCase{
	{"consumer-create-forms", plain, consumerCreateForms},
	{"consumer-defaults", plain, consumerDefaults},
	{"consumer-actions", plain, consumerActions},
	{"consumer-actions-ephemeral", plain, consumerActionsEphemeral},
	{"consumer-update-rules", plain, consumerUpdateRules},
	{"consumer-config-errors", plain, consumerConfigErrors},
	{"consumer-names-and-list", plain, consumerNamesAndList},
	{"consumer-lifecycle", plain, consumerLifecycle},
	{"consumer-limits", plain, consumerLimits},
	{"consumer-pause", plain, consumerPause},
	{"consumer-ephemeral-end", plain, consumerEphemeralEnd},
	{"consumer-reset", plain, consumerReset},
}

// created sends a consumer create request, and gives the name that the server made up an alias.
func (r *run) created(subject, body string) string {
	data := must(r.request("$JS.API."+r.named(subject), []byte(r.named(body))))
	name := field(data, "name")
	if name != "" && !strings.Contains(subject+body, name) {
		r.say("the server made up a name of %d characters", len(name))
		r.alias(name, "<name>")
	}
	r.say("> %s %s", r.named(subject), r.named(body))
	r.say("< %s", answer(data))
	return name
}

func consumerCreateForms(r *run) {
	r.stream("")
	r.publish("a", "b", "a")
	for _, request := range [][2]string{
		{"CONSUMER.CREATE.$S", `{"stream_name":"$S","config":{"ack_policy":"explicit"}}`},
		{"CONSUMER.CREATE.$S", `{"stream_name":"$S","config":{"ack_policy":"explicit","name":"named"}}`},
		{"CONSUMER.CREATE.$S", `{"stream_name":"$S","config":{"ack_policy":"explicit","durable_name":"d"}}`},
		{"CONSUMER.CREATE.$S.eph", `{"stream_name":"$S","config":{"ack_policy":"explicit"}}`},
		{"CONSUMER.CREATE.$S.eph2", `{"stream_name":"$S","config":{"ack_policy":"explicit","name":"eph2","inactive_threshold":60000000000}}`},
		{"CONSUMER.CREATE.$S.dur", `{"stream_name":"$S","config":{"ack_policy":"explicit","durable_name":"dur"}}`},
		{"CONSUMER.CREATE.$S.dur2", `{"stream_name":"$S","config":{"ack_policy":"explicit","durable_name":"dur2","name":"dur2"}}`},
		{"CONSUMER.CREATE.$S.dur3", `{"stream_name":"$S","config":{"ack_policy":"explicit","durable_name":"other"}}`},
		{"CONSUMER.CREATE.$S.dur4", `{"stream_name":"$S","config":{"ack_policy":"explicit","name":"other"}}`},
		{"CONSUMER.CREATE.$S.dur5", `{"stream_name":"$S","config":{"ack_policy":"explicit","durable_name":"dur5","name":"other"}}`},
		{"CONSUMER.CREATE.$S.fil.$P.a", `{"stream_name":"$S","config":{"ack_policy":"explicit","durable_name":"fil","filter_subject":"$P.a"}}`},
		{"CONSUMER.CREATE.$S.fil2.$P.a", `{"stream_name":"$S","config":{"ack_policy":"explicit","durable_name":"fil2","filter_subject":"$P.b"}}`},
		{"CONSUMER.CREATE.$S.fil3.$P.a", `{"stream_name":"$S","config":{"ack_policy":"explicit","durable_name":"fil3"}}`},
		{"CONSUMER.CREATE.$S.fil4.$P.a", `{"stream_name":"$S","config":{"ack_policy":"explicit","durable_name":"fil4","filter_subjects":["$P.a","$P.b"]}}`},
		{"CONSUMER.CREATE.$S.fil5", `{"stream_name":"$S","config":{"ack_policy":"explicit","durable_name":"fil5","filter_subject":"$P.b"}}`},
		{"CONSUMER.CREATE.$S.fil6", `{"stream_name":"$S","config":{"ack_policy":"explicit","durable_name":"fil6","filter_subjects":["$P.a","$P.b"]}}`},
		{"CONSUMER.CREATE.$S.fil7", `{"stream_name":"$S","config":{"ack_policy":"explicit","durable_name":"fil7","filter_subjects":["$P.a"]}}`},
		{"CONSUMER.DURABLE.CREATE.$S.old", `{"stream_name":"$S","config":{"ack_policy":"explicit","durable_name":"old"}}`},
		{"CONSUMER.DURABLE.CREATE.$S.old2", `{"stream_name":"$S","config":{"ack_policy":"explicit"}}`},
		{"CONSUMER.DURABLE.CREATE.$S.old3", `{"stream_name":"$S","config":{"ack_policy":"explicit","durable_name":"other"}}`},
		{"CONSUMER.CREATE.$S.a/b", `{"stream_name":"$S","config":{"ack_policy":"explicit","durable_name":"a/b"}}`},
		{"CONSUMER.CREATE.$S." + strings.Repeat("n", 256), `{"stream_name":"$S","config":{"ack_policy":"explicit"}}`},
	} {
		r.created(request[0], request[1])
	}
}

func consumerDefaults(r *run) {
	r.stream("")
	for n, members := range []string{
		`"ack_policy":"none"`,
		`"ack_policy":"all"`,
		`"ack_policy":"explicit"`,
		``,
		`"ack_policy":"explicit","ack_wait":1000000000,"max_deliver":5,"max_ack_pending":10,"max_waiting":3`,
		`"ack_policy":"explicit","backoff":[100000000,200000000],"max_deliver":3`,
		`"ack_policy":"explicit","max_batch":5,"max_expires":1000000000,"max_bytes":100`,
		`"ack_policy":"explicit","description":"d","metadata":{"k":"v"},"sample_freq":"50%","headers_only":true`,
		`"ack_policy":"explicit","inactive_threshold":5000000000,"num_replicas":1,"mem_storage":true`,
		`"ack_policy":"explicit","max_ack_pending":-1,"max_deliver":0,"ack_wait":0`,
		`"ack_policy":"explicit","deliver_policy":"last"`,
		`"ack_policy":"explicit","deliver_policy":"new"`,
		`"ack_policy":"explicit","deliver_policy":"by_start_sequence","opt_start_seq":5`,
		`"ack_policy":"explicit","deliver_policy":"by_start_time","opt_start_time":"2024-01-01T00:00:00Z"`,
		`"ack_policy":"explicit","replay_policy":"original"`,
		`"ack_policy":"explicit","deliver_subject":"some.where"`,
		`"ack_policy":"explicit","deliver_subject":"some.where","deliver_group":"g","idle_heartbeat":1000000000,"flow_control":true`,
		`"ack_policy":"none","deliver_subject":"some.where","rate_limit_bps":100000`,
	} {
		if members != "" {
			members = "," + members
		}
		name := fmt.Sprintf("d%d", n)
		r.call("CONSUMER.CREATE.$S."+name, `{"stream_name":"$S","config":{"durable_name":"`+name+`"`+members+`}}`)
		r.quietly("CONSUMER.DELETE.$S."+name, "")
	}
	r.created("CONSUMER.CREATE.$S.eph", `{"stream_name":"$S","config":{"ack_policy":"explicit"}}`)
}

func consumerActionsEphemeral(r *run) {
	r.stream("")
	request := func(action, name, members string) {
		r.call("CONSUMER.CREATE.$S."+name, `{"stream_name":"$S","action":"`+action+`","config":{"name":"`+name+`","ack_policy":"explicit"`+members+`}}`)
	}
	const long = `,"inactive_threshold":60000000000`
	request("create", "short", "")
	request("create", "short", "")
	request("create", "short", `,"inactive_threshold":5000000000`)
	request("update", "short", "")
	request("", "short", "")
	request("create", "long", long)
	request("create", "long", long)
	request("create", "long", "")
	r.quietly("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"],"consumer_limits":{"inactive_threshold":60000000000}}`)
	request("create", "limited", "")
	request("create", "limited", "")
}

func consumerActions(r *run) {
	r.stream("")
	request := func(action, members string) {
		r.call("CONSUMER.CREATE.$S.c", `{"stream_name":"$S","action":"`+action+`","config":{"durable_name":"c","ack_policy":"explicit"`+members+`}}`)
	}
	request("update", "")
	request("create", `,"description":"one"`)
	request("create", `,"description":"one"`)
	request("create", `,"description":"two"`)
	request("update", `,"description":"two"`)
	request("", `,"description":"three"`)
	request("", `,"description":"three"`)
	stream := must(r.js.Stream(r.ctx, r.s))
	config := jetstream.ConsumerConfig{Durable: "c", AckPolicy: jetstream.AckExplicitPolicy, Description: "four"}
	_, err := stream.CreateConsumer(r.ctx, config)
	r.say("create through the client: %s", failure(err))
	_, err = stream.UpdateConsumer(r.ctx, config)
	r.say("update through the client: %s", failure(err))
	config.Durable = "other"
	_, err = stream.UpdateConsumer(r.ctx, config)
	r.say("update of none: %s", failure(err))
	_, err = stream.CreateOrUpdateConsumer(r.ctx, config)
	r.say("create or update: %s", failure(err))
}

func consumerUpdateRules(r *run) {
	r.stream("")
	r.publish("a", "b", "a", "b", "c")
	r.call("CONSUMER.CREATE.$S.c", `{"stream_name":"$S","config":{"durable_name":"c","ack_policy":"explicit","max_waiting":10}}`)
	for _, members := range []string{
		`"ack_policy":"all","max_waiting":10`,
		`"ack_policy":"explicit","max_waiting":10,"deliver_policy":"last"`,
		`"ack_policy":"explicit","max_waiting":10,"deliver_policy":"by_start_sequence","opt_start_seq":3`,
		`"ack_policy":"explicit","max_waiting":10,"replay_policy":"original"`,
		`"ack_policy":"explicit","max_waiting":11`,
		`"ack_policy":"explicit","max_waiting":10,"mem_storage":true`,
		`"ack_policy":"explicit","max_waiting":10,"deliver_subject":"some.where"`,
		`"ack_policy":"explicit","max_waiting":10,"ack_wait":5000000000`,
		`"ack_policy":"explicit","max_waiting":10,"max_deliver":4,"max_ack_pending":2`,
		`"ack_policy":"explicit","max_waiting":10,"backoff":[1000000000,2000000000],"max_deliver":4`,
		`"ack_policy":"explicit","max_waiting":10,"backoff":[1000000000,2000000000],"max_deliver":1`,
		`"ack_policy":"explicit","max_waiting":10,"description":"d","metadata":{"k":"v"},"sample_freq":"10"`,
		`"ack_policy":"explicit","max_waiting":10,"max_batch":3,"max_expires":1000000000,"max_bytes":1000`,
		`"ack_policy":"explicit","max_waiting":10,"inactive_threshold":60000000000`,
		`"ack_policy":"explicit","max_waiting":10,"headers_only":true`,
		`"ack_policy":"explicit","max_waiting":10,"num_replicas":3`,
		`"ack_policy":"explicit","max_waiting":10,"filter_subject":"$P.a"`,
		`"ack_policy":"explicit","max_waiting":10,"filter_subjects":["$P.a","$P.c"]`,
		`"ack_policy":"explicit","max_waiting":10`,
	} {
		r.call("CONSUMER.CREATE.$S.c", `{"stream_name":"$S","config":{"durable_name":"c",`+members+`}}`)
	}
	r.take("c", 2)
	r.call("CONSUMER.CREATE.$S.c", `{"stream_name":"$S","config":{"durable_name":"c","ack_policy":"explicit","max_waiting":10,"filter_subject":"$P.b"}}`)
	r.consumerState("a filter after two deliveries", "c")
	for _, m := range r.take("c", 1) {
		r.say("delivered %s", r.message(m))
	}
}

func consumerConfigErrors(r *run) {
	r.stream("")
	for n, members := range []string{
		`"ack_policy":"explicit","filter_subject":"$P.a","filter_subjects":["$P.b"]`,
		`"ack_policy":"explicit","filter_subjects":["$P.a",""]`,
		`"ack_policy":"explicit","filter_subjects":["$P.a","$P.*"]`,
		`"ack_policy":"explicit","filter_subject":"outside.the.stream"`,
		`"ack_policy":"explicit","filter_subject":"$P..a"`,
		`"ack_policy":"explicit","opt_start_seq":5`,
		`"ack_policy":"explicit","deliver_policy":"new","opt_start_seq":5`,
		`"ack_policy":"explicit","deliver_policy":"last","opt_start_time":"2024-01-01T00:00:00Z"`,
		`"ack_policy":"explicit","deliver_policy":"by_start_sequence"`,
		`"ack_policy":"explicit","deliver_policy":"by_start_time"`,
		`"ack_policy":"explicit","deliver_policy":"last_per_subject"`,
		`"ack_policy":"explicit","deliver_policy":"last_per_subject","filter_subject":"$P.>"`,
		`"ack_policy":"explicit","backoff":[1000000000,2000000000],"max_deliver":1`,
		`"ack_policy":"explicit","max_expires":1000`,
		`"ack_policy":"explicit","max_batch":-1`,
		`"ack_policy":"explicit","max_waiting":-1`,
		`"ack_policy":"explicit","rate_limit_bps":1000`,
		`"ack_policy":"explicit","flow_control":true`,
		`"ack_policy":"explicit","idle_heartbeat":1000000000`,
		`"ack_policy":"explicit","sample_freq":"many"`,
		`"ack_policy":"explicit","num_replicas":3`,
		`"ack_policy":"explicit","num_replicas":-1`,
		`"ack_policy":"explicit","priority_policy":"overflow"`,
		`"ack_policy":"explicit","priority_groups":["a b"],"priority_policy":"overflow"`,
		`"ack_policy":"explicit","description":"` + strings.Repeat("x", 5000) + `"`,
		`"ack_policy":"explicit","deliver_subject":"some.*"`,
		`"ack_policy":"explicit","deliver_subject":"some..where"`,
		`"ack_policy":"explicit","deliver_subject":"$P.back"`,
		`"ack_policy":"explicit","deliver_subject":"some.where","max_waiting":5`,
		`"ack_policy":"none","deliver_subject":"some.where","max_ack_pending":5`,
		`"ack_policy":"explicit","deliver_subject":"some.where","idle_heartbeat":1000000`,
		`"ack_policy":"explicit","deliver_subject":"some.where","flow_control":true`,
		`"ack_policy":"explicit","ack_wait":-1`,
		`"ack_policy":"explicit","max_ack_pending":-5`,
		`"ack_policy":"explicit","direct":true`,
	} {
		name := fmt.Sprintf("c%d", n)
		r.call("CONSUMER.CREATE.$S."+name, `{"stream_name":"$S","config":{"durable_name":"`+name+`",`+members+`}}`)
	}
}

func consumerNamesAndList(r *run) {
	r.stream("")
	r.call("CONSUMER.NAMES.$S", "")
	r.call("CONSUMER.LIST.$S", "")
	for _, name := range []string{"b", "c", "a"} {
		r.consumer(name, `,"description":"`+name+`"`)
	}
	r.call("CONSUMER.NAMES.$S", "")
	r.call("CONSUMER.NAMES.$S", `{"offset":1}`)
	r.call("CONSUMER.NAMES.$S", `{"offset":9}`)
	r.call("CONSUMER.LIST.$S", `{"offset":2}`)
	stream := must(r.js.Stream(r.ctx, r.s))
	names := stream.ConsumerNames(r.ctx)
	for name := range names.Name() {
		r.say("name %s", name)
	}
	r.say("names: %s", failure(names.Err()))
	infos := stream.ListConsumers(r.ctx)
	for info := range infos.Info() {
		r.say("listed %s %q pending %d", info.Name, info.Config.Description, info.NumPending)
	}
	r.say("list: %s", failure(infos.Err()))
	for n := range 300 {
		r.consumer(fmt.Sprintf("n%03d", n), "")
	}
	count := 0
	for range stream.ListConsumers(r.ctx).Info() {
		count++
	}
	r.say("listed over pages: %d", count)
	page := string(must(r.request("$JS.API.CONSUMER.LIST."+r.s, nil)))
	r.say("first page: %d consumers", strings.Count(page, `"stream_name"`))
	r.say("consumers of the stream: %d", must(stream.Info(r.ctx)).State.Consumers)
}

func consumerLifecycle(r *run) {
	r.stream("")
	r.publish("a", "b", "a")
	stream := must(r.js.Stream(r.ctx, r.s))
	_, err := stream.Consumer(r.ctx, "c")
	r.say("before: %s", failure(err))
	consumer, err := stream.CreateConsumer(r.ctx, jetstream.ConsumerConfig{
		Durable: "c", AckPolicy: jetstream.AckExplicitPolicy, AckWait: 3 * time.Second, MaxDeliver: 4,
		FilterSubject: r.subject("a"), MaxAckPending: 50, Metadata: map[string]string{"k": "v"},
	})
	r.say("create: %s", failure(err))
	info := must(consumer.Info(r.ctx))
	r.say("%s of %s: pending %d, ack wait %v, max deliver %d, filter %s, k=%s, waiting %d",
		info.Name, info.Stream, info.NumPending, info.Config.AckWait, info.Config.MaxDeliver,
		info.Config.FilterSubject, info.Config.Metadata["k"], info.NumWaiting)
	r.call("CONSUMER.INFO.$S.c", "")
	m := must(consumer.Next())
	meta := must(m.Metadata())
	r.say("next: %s delivered %d, stream %d, consumer %d, pending %d", m.Subject(), meta.NumDelivered, meta.Sequence.Stream, meta.Sequence.Consumer, meta.NumPending)
	r.say("double ack: %s", failure(m.DoubleAck(r.ctx)))
	r.call("CONSUMER.INFO.$S.c", "")
	r.say("delete: %s", failure(stream.DeleteConsumer(r.ctx, "c")))
	r.say("delete again: %s", failure(stream.DeleteConsumer(r.ctx, "c")))
	_, err = consumer.Info(r.ctx)
	r.say("info: %s", failure(err))
	r.say("consumers: %d", must(stream.Info(r.ctx)).State.Consumers)
}

func consumerLimits(r *run) {
	r.stream(`,"max_consumers":2,"consumer_limits":{"max_ack_pending":10,"inactive_threshold":60000000000}`)
	for _, name := range []string{"a", "b", "c"} {
		r.call("CONSUMER.CREATE.$S."+name, `{"stream_name":"$S","config":{"durable_name":"`+name+`","ack_policy":"explicit"}}`)
	}
	r.quietly("CONSUMER.DELETE.$S.a", "")
	for _, members := range []string{`"max_ack_pending":11`, `"inactive_threshold":61000000000`, `"max_ack_pending":5,"inactive_threshold":1000000000`} {
		r.call("CONSUMER.CREATE.$S.c", `{"stream_name":"$S","config":{"durable_name":"c","ack_policy":"explicit",`+members+`}}`)
	}
	r.quietly("CONSUMER.DELETE.$S.b", "")
	r.call("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"],"max_consumers":2,"consumer_limits":{"max_ack_pending":3,"inactive_threshold":60000000000}}`)
}

func consumerPause(r *run) {
	r.stream("")
	r.publish("a", "b")
	r.consumer("c", "")
	later := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	r.alias(later, "<in an hour>")
	r.call("CONSUMER.PAUSE.$S.c", `{"pause_until":"`+later+`"}`)
	in := r.pull("c", `{"batch":1,"expires":300000000}`)
	in.showAll("paused")
	r.call("CONSUMER.INFO.$S.c", "")
	r.call("CONSUMER.PAUSE.$S.c", "")
	r.pull("c", `{"batch":1,"expires":5000000000}`).show("resumed", 1)
	r.consumerState("state", "c")
	began := time.Now()
	soon := began.Add(time.Second).UTC().Format(time.RFC3339Nano)
	r.alias(soon, "<soon>")
	r.call("CONSUMER.PAUSE.$S.c", `{"pause_until":"`+soon+`"}`)
	last := r.pull("c", `{"batch":1,"expires":5000000000}`)
	m := last.next()
	r.say("resumed by itself %s: %s", between(990*time.Millisecond, time.Since(began)), r.message(m))
	r.call("CONSUMER.PAUSE.$S.no_such", "")
}

func consumerEphemeralEnd(r *run) {
	r.stream("")
	r.publish("a")
	stream := must(r.js.Stream(r.ctx, r.s))
	gone := r.listen("$JS.EVENT.ADVISORY.CONSUMER.DELETED." + r.s + ".>")
	began := time.Now()
	short := must(stream.CreateConsumer(r.ctx, jetstream.ConsumerConfig{Name: "short", AckPolicy: jetstream.AckNonePolicy, InactiveThreshold: 400 * time.Millisecond}))
	r.consumer("durable", `,"inactive_threshold":400000000`)
	r.consumer("forever", "")
	kept := must(stream.CreateConsumer(r.ctx, jetstream.ConsumerConfig{Name: "kept", AckPolicy: jetstream.AckNonePolicy, InactiveThreshold: 400 * time.Millisecond}))
	running := must(kept.Consume(func(jetstream.Msg) {}, jetstream.PullExpiry(time.Second)))
	ended := map[string]bool{}
	for range 2 {
		m := gone.next()
		if m == nil {
			break
		}
		ended[m.Subject[strings.LastIndex(m.Subject, ".")+1:]] = true
	}
	r.say("gone %s: short %v, durable with a threshold %v", between(300*time.Millisecond, time.Since(began)), ended["short"], ended["durable"])
	_, err := short.Info(r.ctx)
	r.say("short: %s", failure(err))
	_, err = kept.Info(r.ctx)
	r.say("kept by its pulls: %s", failure(err))
	_, err = stream.Consumer(r.ctx, "forever")
	r.say("durable without a threshold: %s", failure(err))
	running.Stop()
	if m := gone.next(); m == nil {
		r.say("still there after its last pull")
	} else {
		r.say("after its last pull: %s", m.Subject)
	}
}

func consumerReset(r *run) {
	r.stream("")
	r.publish("a", "b", "c", "d")
	r.consumer("c", "")
	for _, m := range r.take("c", 3) {
		r.ackSync(m, "")
	}
	r.consumerState("three acknowledged", "c")
	r.call("CONSUMER.RESET.$S.c", `{"seq":2}`)
	r.say("delivered %s", r.message(r.take("c", 1)[0]))
	r.call("CONSUMER.RESET.$S.c", "")
	r.say("delivered %s", r.message(r.take("c", 1)[0]))
	r.quietly("CONSUMER.CREATE.$S.n", `{"stream_name":"$S","config":{"durable_name":"n","ack_policy":"explicit","deliver_policy":"new"}}`)
	r.call("CONSUMER.RESET.$S.n", `{"seq":1}`)
	r.quietly("CONSUMER.CREATE.$S.s", `{"stream_name":"$S","config":{"durable_name":"s","ack_policy":"explicit","deliver_policy":"by_start_sequence","opt_start_seq":3}}`)
	r.call("CONSUMER.RESET.$S.s", `{"seq":1}`)
	r.call("CONSUMER.RESET.$S.s", `{"seq":4}`)
	r.quietly("CONSUMER.CREATE.$S.t", `{"stream_name":"$S","config":{"durable_name":"t","ack_policy":"explicit","deliver_policy":"by_start_time","opt_start_time":"2100-01-01T00:00:00Z"}}`)
	r.call("CONSUMER.RESET.$S.t", `{"seq":4}`)
	r.call("CONSUMER.RESET.$S.t", `{"seq":5}`)
	r.unanswered("CONSUMER.RESET.$S.no_such", "")
}
