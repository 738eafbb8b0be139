// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// JetStream used from accounts that import it: configurations/sharing.conf. The connection of the
// case is in the account that has the streams.
var sharingCases = []testCase{
	{"sharing-api", withConfiguration("sharing"), sharingAPI},
	{"sharing-publish", withConfiguration("sharing"), sharingPublish},
	{"sharing-pull", withConfiguration("sharing"), sharingPull},
	{"sharing-pull-statuses", withConfiguration("sharing"), sharingPullStatuses},
	{"sharing-pull-interest", withConfiguration("sharing"), sharingPullInterest},
	{"sharing-pull-single", withConfiguration("sharing"), sharingPullSingle},
	{"sharing-push", withConfiguration("sharing"), sharingPush},
	{"sharing-client", withConfiguration("sharing"), sharingClient},
	{"sharing-kv", withConfiguration("sharing"), sharingKV},
	{"sharing-advisories", withConfiguration("sharing"), sharingAdvisories},
	{"sharing-kept", withConfiguration("sharing"), sharingKept},
	{"sharing-origins", withConfiguration("sharing"), sharingOrigins},
	{"sharing-origin-rules", withConfiguration("sharing"), sharingOriginRules},
}

func (r *run) as(user string, options ...nats.Option) *nats.Conn {
	return r.connect(append(options, nats.UserInfo(user, user))...)
}

// asks sends a request from another account and prints its answer.
func (r *run) asks(nc *nats.Conn, subject, body string) {
	subject, body = r.named(subject), r.named(body)
	m, err := nc.Request(subject, []byte(body), patience)
	if err != nil {
		r.say("> %s %s: %v", subject, shortened(body), err)
		return
	}
	r.say("> %s %s: %s", subject, shortened(body), answer(m.Data))
}

// pullAs sends a pull request from another account, with an inbox of its own.
func (r *run) pullAs(nc *nats.Conn, subject, body string) *inbox {
	in := r.listenOn(nc, nats.NewInbox(), "")
	check(nc.PublishRequest(r.named(subject), in.subject, []byte(body)))
	check(nc.Flush())
	return in
}

// usage prints how much an account has, as it is told itself.
func (r *run) usage(nc *nats.Conn) {
	info := must(must(jetstream.New(nc)).AccountInfo(r.ctx))
	r.say("account info: %d streams, %d consumers", info.Streams, info.Consumers)
}

func sharingAPI(r *run) {
	user, plain, single, both := r.as("user"), r.as("plain"), r.as("single"), r.as("both")
	r.asks(user, "their.api.STREAM.CREATE.$S", `{"name":"$S","subjects":["$P.>"]}`)
	r.asks(user, "their.api.STREAM.NAMES", `{}`)
	r.asks(plain, "$JS.API.STREAM.NAMES", `{}`)
	r.asks(both, "their.api.STREAM.NAMES", `{}`)
	r.asks(both, "$JS.API.STREAM.NAMES", `{}`)
	r.asks(both, "their.api.CONSUMER.CREATE.$S.c", `{"stream_name":"$S","config":{"name":"c","ack_policy":"explicit"}}`)
	r.asks(user, "their.api.CONSUMER.NAMES.$S", `{}`)
	r.asks(user, "their.api.CONSUMER.INFO.$S.none", ``)
	r.asks(user, "$JS.API.INFO", ``)
	r.asks(user, "$JS.API.STREAM.NAMES", `{}`)
	r.asks(user, "$JS.API.STREAM.LIST", `{}`)
	r.asks(user, "$JS.API.CONSUMER.NAMES.$S", `{}`)
	r.usage(plain)
	r.usage(single)
	r.asks(single, "$JS.API.STREAM.NAMES", `{}`)
	r.asks(user, "their.api.NO.SUCH.CALL", ``)
	r.asks(user, "their.api.CONSUMER.MSG.NEXT.$S.none", ``)
	r.asks(user, "their.api.DIRECT.GET.$S", `{"last_by_subj":"x"}`)
}

func sharingPublish(r *run) {
	r.stream(`,"allow_direct":true`)
	user, plain := r.as("user"), r.as("plain")
	r.asks(user, "their."+r.subject("a"), "one")
	r.asks(plain, r.subject("b"), "two")
	m := &nats.Msg{Subject: "their." + r.subject("c"), Header: pairs([]string{"Nats-Msg-Id", "id"}), Data: []byte("three")}
	r.say("with headers: %s", answer(must(user.RequestMsg(m, patience)).Data))
	r.say("again: %s", answer(must(user.RequestMsg(m, patience)).Data))
	r.asks(user, "their.c.elsewhere", "four")
	for seq := 1; seq <= 3; seq++ {
		r.call("STREAM.MSG.GET.$S", fmt.Sprintf(`{"seq":%d}`, seq))
	}
	got, err := user.Request(r.named("their.api.DIRECT.GET.$S"), []byte(`{"seq":3}`), patience)
	check(err)
	r.say("direct: %s", r.message(got))
	in := r.listenOn(user, nats.NewInbox(), "")
	check(user.PublishRequest(r.named("their.api.DIRECT.GET.$S"), in.subject, []byte(r.named(`{"seq":1,"batch":5}`))))
	in.show("direct batch", 4)
}

// nextMessage waits for what is no heartbeat.
func (in *inbox) nextMessage() *nats.Msg {
	for {
		if m := in.next(); m == nil || m.Header.Get("Status") != "100" {
			return m
		}
	}
}

func sharingPull(r *run) {
	r.stream("")
	r.publish("a", "b", "c", "d", "e", "f", "g")
	r.consumer("c", `,"ack_wait":60000000000`)
	user, plain, far := r.as("user"), r.as("plain"), r.as("far")
	first := r.pullAs(user, "their.api.CONSUMER.MSG.NEXT.$S.c", `{"batch":2}`)
	one, two := first.next(), first.next()
	r.say("%s", r.message(one))
	r.say("%s", r.message(two))
	first.showQuiet("then")
	check(one.Respond([]byte("+ACK")))
	confirmed, err := user.Request(two.Reply, nil, patience)
	r.say("confirmed: %v %v", confirmed != nil, err)
	r.consumerState("two acknowledged", "c")
	second := r.pullAs(plain, "$JS.API.CONSUMER.MSG.NEXT.$S.c", `{"batch":1}`)
	three := second.next()
	r.say("%s", r.message(three))
	next := r.listenOn(plain, nats.NewInbox(), "")
	check(plain.PublishRequest(three.Reply, next.subject, []byte("+NXT")))
	next.show("acknowledged with the next", 1)
	third := r.pullAs(far, "$JS.API.CONSUMER.MSG.NEXT.$S.c", `{"batch":2}`)
	third.show("through two accounts", 2)
	check(r.nc.Flush())
	fourth := r.pullAs(user, "their.api.CONSUMER.MSG.NEXT.$S.c", `{"batch":5,"no_wait":true}`)
	fourth.showAll("the last and the end")
	r.consumerState("at the end", "c")
}

func sharingPullStatuses(r *run) {
	r.stream("")
	r.consumer("c", `,"max_waiting":2,"max_expires":20000000000,"max_batch":7`)
	user := r.as("user")
	next := "their.api.CONSUMER.MSG.NEXT.$S.c"
	r.pullAs(user, next, `{"batch":3,"no_wait":true}`).showAll("404")
	r.pullAs(user, next, `{"batch":3,"expires":200000000}`).showAll("408")
	r.pullAs(user, next, `{"batch":8}`).showAll("409 batch")
	r.pullAs(user, next, `{"batch":1,"expires":30000000000}`).showAll("409 expires")
	r.pullAs(user, next, `{"batch":-1}`).showAll("400")
	beats := r.pullAs(user, next, `{"batch":2,"expires":1000000000,"idle_heartbeat":300000000}`)
	beats.show("heartbeat", 1)
	r.publish("a")
	r.say("a message after it: %s", r.message(beats.nextMessage()))
	check(beats.sub.Unsubscribe())
	waiting := r.pullAs(user, next, `{"batch":1,"expires":10000000000}`)
	until("one waits", func() bool { return fmt.Sprint(r.consumerNumbers("c")["num_waiting"]) == "1" })
	r.quietly("CONSUMER.DELETE.$S.c", "")
	waiting.showAll("409 deleted")
	r.pullAs(user, next, `{"batch":1,"no_wait":true}`).show("no consumer", 1)
}

func sharingPullInterest(r *run) {
	r.stream("")
	r.consumer("c", "")
	user, far := r.as("user"), r.as("far")
	waits := func(count int) {
		until(fmt.Sprint(count, " wait"), func() bool {
			return fmt.Sprint(r.consumerNumbers("c")["num_waiting"]) == fmt.Sprint(count)
		})
	}
	one := r.pullAs(user, "their.api.CONSUMER.MSG.NEXT.$S.c", `{"batch":5}`)
	two := r.pullAs(far, "$JS.API.CONSUMER.MSG.NEXT.$S.c", `{"batch":5}`)
	waits(2)
	check(one.sub.Unsubscribe())
	check(user.Flush())
	waits(1)
	r.publish("a", "b")
	two.show("who still waits", 2)
	far.Close()
	waits(0)
	r.settled("c", 0)
	r.consumerState("nobody waits", "c")
}

func sharingPullSingle(r *run) {
	r.stream("")
	r.publish("a", "b")
	r.consumer("single", "")
	nc := r.as("single")
	in := r.pullAs(nc, "next.$S", `{"batch":1}`)
	in.show("one response", 1)
	in.showQuiet("then")
	m, err := nc.Request("next."+r.s, nil, patience)
	check(err)
	r.say("as a request: %s", r.message(m))
	r.pullAs(nc, "next.$S", `{"batch":1,"no_wait":true}`).showAll("none left")
}

func sharingPush(r *run) {
	r.stream("")
	r.publish("a", "b", "c")
	user := r.as("user")
	r.quietly("CONSUMER.CREATE.$S.p", `{"stream_name":"$S","config":{"durable_name":"p","deliver_subject":"deliver.named.p","ack_policy":"explicit"}}`)
	r.consumerState("an import alone is no interest", "p")
	in := r.listenOn(user, "named.p", "")
	one, two := in.next(), in.next()
	r.say("%s", r.message(one))
	r.say("%s", r.message(two))
	check(one.Respond([]byte("+ACK")))
	must(user.Request(two.Reply, nil, patience))
	in.show("third", 1)
	r.consumerState("two acknowledged", "p")
	check(in.sub.Unsubscribe())
	check(user.Flush())
	until("unbound", func() bool { return r.consumerNumbers("p")["push_bound"] == nil })
	r.publish("d")
	again := r.listenOn(user, "named.p", "")
	again.show("listening again", 1)

	group := r.listenOn(user, "deliver.group", "workers")
	r.quietly("CONSUMER.CREATE.$S.g", `{"stream_name":"$S","config":{"durable_name":"g","deliver_subject":"deliver.group","deliver_group":"workers","ack_policy":"none"}}`)
	group.show("a deliver group", 4)

	beats := r.listenOn(user, "deliver.beats", "")
	r.asks(user, "their.api.CONSUMER.CREATE.$S.h", `{"stream_name":"$S","config":{"durable_name":"h","deliver_subject":"deliver.beats","deliver_policy":"new","ack_policy":"none","idle_heartbeat":200000000,"flow_control":true}}`)
	beats.show("heartbeat", 1)
	r.publish("e")
	r.say("then: %s", r.message(beats.nextMessage()))
}

func sharingClient(r *run) {
	user := r.as("user")
	js := must(jetstream.NewWithAPIPrefix(user, "their.api"))
	stream := must(js.CreateStream(r.ctx, jetstream.StreamConfig{Name: r.s, Subjects: []string{r.p + ".>"}}))
	for n := range 20 {
		ack := must(js.Publish(r.ctx, "their."+r.subject("x"), fmt.Appendf(nil, "%d", n)))
		if n == 19 {
			r.say("last: %s %d", ack.Stream, ack.Sequence)
		}
	}
	consumer := must(stream.CreateConsumer(r.ctx, jetstream.ConsumerConfig{Durable: "c", AckPolicy: jetstream.AckExplicitPolicy}))
	batch := must(consumer.Fetch(5, jetstream.FetchMaxWait(patience)))
	for m := range batch.Messages() {
		r.say("fetched: %s %s", m.Subject(), m.Data())
		check(m.DoubleAck(r.ctx))
	}
	r.say("fetch: %v", batch.Error())
	messages := must(consumer.Messages())
	for range 10 {
		m := must(messages.Next())
		r.say("next: %s %s", m.Subject(), m.Data())
		check(m.DoubleAck(r.ctx))
	}
	messages.Stop()
	info := must(consumer.Info(r.ctx))
	r.say("acknowledged up to %d", info.AckFloor.Stream)
}

func sharingKV(r *run) {
	user := r.as("user", nats.CustomInboxPrefix("kvinbox"))
	js := must(jetstream.NewWithAPIPrefix(user, "their.api"))
	theirs := must(r.js.CreateKeyValue(r.ctx, jetstream.KeyValueConfig{Bucket: r.s, History: 5}))
	mine := must(js.KeyValue(r.ctx, r.s))
	watch := must(mine.WatchAll(r.ctx))
	changes := func(what string, count int) {
		for range count {
			select {
			case entry := <-watch.Updates():
				if entry == nil {
					r.say("%s: all is known", what)
				} else {
					r.say("%s: %s %q %d %v", what, entry.Key(), entry.Value(), entry.Revision(), entry.Operation())
				}
			case <-time.After(patience):
				r.say("%s: nothing", what)
			}
		}
	}
	changes("at first", 1)
	r.say("put: %d", must(mine.Put(r.ctx, "a", []byte("one"))))
	r.say("put there: %d", must(theirs.Put(r.ctx, "b", []byte("two"))))
	_, err := mine.Create(r.ctx, "b", []byte("x"))
	r.say("create: %s", failure(err))
	_, err = mine.Update(r.ctx, "b", []byte("three"), 2)
	r.say("update: %s", failure(err))
	r.say("delete: %s", failure(mine.Delete(r.ctx, "a")))
	changes("seen", 4)
	entry := must(mine.Get(r.ctx, "b"))
	r.say("get: %q %d", entry.Value(), entry.Revision())
	keys := must(mine.Keys(r.ctx))
	sort.Strings(keys)
	r.say("keys: %v", keys)
	history := must(mine.History(r.ctx, "a"))
	for _, each := range history {
		r.say("history: %q %v", each.Value(), each.Operation())
	}
}

func sharingAdvisories(r *run) {
	user, log := r.as("user"), r.as("log")
	seen := r.listenOn(user, "advisories.STREAM.>", "")
	logged := r.listenOn(log, "log.>", "")
	r.stream("")
	r.advisory("as a stream", seen.next())
	r.consumer("c", "")
	r.advisory("as a service", logged.next())
}

func (r *run) advisory(what string, m *nats.Msg) {
	if m == nil {
		r.say("%s: nothing", what)
		return
	}
	r.say("%s: %s %s, who asks: %s", what, m.Subject, answer(m.Data), m.Header.Get("Nats-Request-Info"))
}

func sharingKept(r *run) {
	both := r.as("both")
	r.asks(both, "$JS.API.STREAM.CREATE.$S", `{"name":"$S","subjects":["kept.`+r.p+`.>","own.`+r.p+`.>"]}`)
	in := r.listen(nats.NewInbox())
	check(r.nc.Publish("events."+r.subject("a"), []byte("one")))
	check(r.nc.PublishRequest("events."+r.subject("b"), in.subject, []byte("two")))
	in.showQuiet("an answer to who publishes elsewhere")
	check(r.nc.Publish("own."+r.subject("c"), []byte("not imported")))
	check(r.nc.Flush())
	r.asks(both, "own."+r.subject("d"), "three")
	for seq := 1; seq <= 3; seq++ {
		r.asks(both, "$JS.API.STREAM.MSG.GET.$S", fmt.Sprintf(`{"seq":%d}`, seq))
	}
	r.asks(both, "$JS.API.STREAM.DELETE.$S", "")
	check(r.nc.PublishRequest("events."+r.subject("e"), in.subject, []byte("four")))
	m := in.next()
	r.say("nobody keeps it: %s", strings.ReplaceAll(r.message(m), in.subject, "<inbox>"))
}

const external = `"external":{"api":"their.api","deliver":"sync"}`

// holds waits until a stream of another account has so many messages, and prints them.
func (r *run) holds(nc *nats.Conn, stream string, count int) {
	until(fmt.Sprint(stream, " holds ", count), func() bool {
		var info struct {
			State struct {
				Messages int `json:"messages"`
			} `json:"state"`
		}
		m := must(nc.Request("$JS.API.STREAM.INFO."+stream, nil, patience))
		check(json.Unmarshal(m.Data, &info))
		return info.State.Messages == count
	})
	for seq := 1; seq <= count; seq++ {
		var got struct {
			Message struct {
				Subject string `json:"subject"`
				Data    []byte `json:"data"`
				Headers []byte `json:"hdrs"`
			} `json:"message"`
		}
		m := must(nc.Request("$JS.API.STREAM.MSG.GET."+stream, fmt.Appendf(nil, `{"seq":%d}`, seq), patience))
		check(json.Unmarshal(m.Data, &got))
		// the last word tells which stream of its name it was, and is made up
		headers := strings.TrimSpace(string(got.Message.Headers))
		if words := strings.Split(headers, " "); len(words) > 1 {
			headers = strings.Join(words[:len(words)-1], " ")
		}
		r.say("%s %d: %s %q %q", stream, seq, got.Message.Subject, got.Message.Data, headers)
	}
}

func sharingOrigins(r *run) {
	both := r.as("both")
	early := r.named(`{"name":"C_EARLY","sources":[{"name":"$S",` + external + `}]}`)
	must(both.Request("$JS.API.STREAM.CREATE.C_EARLY", []byte(early), patience))
	r.stream("")
	r.publish("a", "b", "c")
	r.asks(both, "$JS.API.STREAM.CREATE.C_MIRROR", `{"name":"C_MIRROR","mirror":{"name":"$S",`+external+`}}`)
	r.asks(both, "$JS.API.STREAM.CREATE.C_SOURCED", `{"name":"C_SOURCED","sources":[{"name":"$S","filter_subject":"$P.b",`+external+`}]}`)
	r.holds(both, "C_MIRROR", 3)
	r.holds(both, "C_SOURCED", 1)
	r.publish("b")
	r.holds(both, "C_MIRROR", 4)
	r.holds(both, "C_SOURCED", 2)
	var info map[string]any
	check(json.Unmarshal(must(both.Request("$JS.API.STREAM.INFO.C_MIRROR", nil, patience)).Data, &info))
	r.say("mirror: %s", sorted(masked("", info["mirror"])))
	check(json.Unmarshal(must(both.Request("$JS.API.STREAM.INFO.C_SOURCED", nil, patience)).Data, &info))
	r.say("sources: %s", sorted(masked("sources", info["sources"])))
}

func sharingOriginRules(r *run) {
	both := r.as("both")
	for _, external := range []string{
		`{"api":"$JS.API","deliver":"sync"}`,
		`{"api":"their.*","deliver":"sync"}`,
		`{"api":"their..api","deliver":"sync"}`,
		`{"api":"their.api","deliver":"sync.>"}`,
		`{"api":"their.api","deliver":"a b"}`,
	} {
		r.asks(both, "$JS.API.STREAM.CREATE.C_M", `{"name":"C_M","mirror":{"name":"X","external":`+external+`}}`)
		r.asks(both, "$JS.API.STREAM.CREATE.C_N", `{"name":"C_N","sources":[{"name":"X","external":`+external+`}]}`)
	}
	r.asks(both, "$JS.API.STREAM.CREATE.C_N", `{"name":"C_N","subjects":["*.x"],"sources":[{"name":"X",`+external+`}]}`)
	r.asks(both, "$JS.API.STREAM.CREATE.C_ALL", `{"name":"C_ALL","subjects":["all.>"]}`)
	r.asks(both, "$JS.API.STREAM.CREATE.C_N", `{"name":"C_N","sources":[{"name":"C_ALL"},{"name":"X","external":{"api":"their.api","deliver":"all"}}]}`)
	r.asks(both, "$JS.API.STREAM.CREATE.C_N", `{"name":"C_N","sources":[{"name":"X",`+external+`},{"name":"X",`+external+`}]}`)
}
