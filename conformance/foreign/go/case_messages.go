// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

var messageCases = []testCase{
	{"message-get", plain, messageGet},
	{"message-delete", plain, messageDelete},
	{"message-direct-get", plain, messageDirectGet},
	{"message-direct-batch", plain, messageDirectBatch},
	{"message-headers", plain, messageHeaders},
}

func messageGet(r *run) {
	r.stream("")
	r.publish("a", "b", "a", "c.1", "c.2", "b")
	r.stored(&nats.Msg{Subject: r.subject("h"), Header: pairs([]string{"Key", "v", "Key", "w"}), Data: []byte("body")})
	r.quietly("STREAM.MSG.DELETE.$S", `{"seq":3}`)
	for _, body := range []string{
		`{"seq":1}`, `{"seq":7}`, `{"seq":7,"no_hdr":true}`, `{"seq":3}`, `{"seq":8}`, `{"seq":0}`,
		`{"last_by_subj":"$P.a"}`, `{"last_by_subj":"$P.b"}`, `{"last_by_subj":"$P.c.*"}`, `{"last_by_subj":"$P.>"}`, `{"last_by_subj":"$P.none"}`,
		`{"next_by_subj":"$P.a"}`, `{"next_by_subj":"$P.b","seq":3}`, `{"next_by_subj":"$P.c.*","seq":5}`, `{"next_by_subj":"$P.a","seq":2}`, `{"next_by_subj":"$P.>","seq":3}`,
		`{"seq":1,"last_by_subj":"$P.a"}`, `{"last_by_subj":"$P.a","next_by_subj":"$P.a"}`, `{}`, ``,
		`{"start_time":"2020-01-01T00:00:00Z"}`, `{"start_time":"2020-01-01T00:00:00Z","seq":1}`, `{"start_time":"2090-01-01T00:00:00Z"}`,
		`{"batch":2,"seq":1}`,
	} {
		r.call("STREAM.MSG.GET.$S", body)
	}
	stream := must(r.js.Stream(r.ctx, r.s))
	m, err := stream.GetMsg(r.ctx, 7)
	r.say("through the client: %s %d %s %s %s", m.Subject, m.Sequence, headers(m.Header), shown(m.Data), failure(err))
	r.say("stored just now: %v", time.Since(m.Time) < time.Minute && time.Since(m.Time) > -time.Second)
	_, err = stream.GetMsg(r.ctx, 99)
	r.say("not there: %s", failure(err))
	m, err = stream.GetMsg(r.ctx, 2, jetstream.WithGetMsgSubject(r.subject("c.*")))
	r.say("next by subject: %d %s", m.Sequence, failure(err))
	m, err = stream.GetLastMsgForSubject(r.ctx, r.subject("b"))
	r.say("last by subject: %d %s", m.Sequence, failure(err))
}

func messageDelete(r *run) {
	r.stream("")
	r.publish("a", "b", "c", "d", "e", "f")
	for _, body := range []string{
		`{"seq":3}`, `{"seq":3}`, `{"seq":5,"no_erase":true}`, `{"seq":1}`, `{"seq":6}`, `{"seq":99}`, `{"seq":0}`, ``, `{}`,
	} {
		r.call("STREAM.MSG.DELETE.$S", body)
		r.state("state", r.s)
	}
	r.pubAck("the sequence goes on", "g", "x")
	stream := must(r.js.Stream(r.ctx, r.s))
	r.say("through the client: %s", failure(stream.DeleteMsg(r.ctx, 2)))
	r.say("again: %s", failure(stream.DeleteMsg(r.ctx, 2)))
	r.say("securely: %s", failure(stream.SecureDeleteMsg(r.ctx, 4)))
	r.state("at the end", r.s)
	r.quietly("STREAM.MSG.DELETE.$S", `{"seq":7}`)
	r.state("empty", r.s)
	r.pubAck("and on", "g", "x")
	r.state("one", r.s)
}

func (r *run) direct(suffix, body string) {
	suffix, body = r.named(suffix), r.named(body)
	m, err := r.nc.Request("$JS.API.DIRECT.GET."+suffix, []byte(body), patience)
	if err != nil {
		r.say("%s %s: %v", suffix, body, err)
		return
	}
	m.Subject = "inbox"
	r.say("%s %s: %s", suffix, body, r.message(m))
}

func messageDirectGet(r *run) {
	r.stream("")
	r.direct("$S", `{"seq":1}`)
	r.quietly("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"],"allow_direct":true}`)
	r.direct("$S", `{"seq":1}`)
	r.publish("a", "b", "a", "c.1", "c.2")
	r.stored(&nats.Msg{Subject: r.subject("h"), Header: pairs([]string{"Key", "v", "Nats-Msg-Id", "m"}), Data: []byte("body")})
	for _, body := range []string{
		`{"seq":1}`, `{"seq":6}`, `{"seq":6,"no_hdr":true}`, `{"seq":99}`, `{"last_by_subj":"$P.a"}`, `{"last_by_subj":"$P.c.*"}`, `{"last_by_subj":"$P.none"}`,
		`{"next_by_subj":"$P.a","seq":2}`, `{"next_by_subj":"$P.c.>"}`, `{}`, ``, `nonsense`,
		`{"seq":1,"last_by_subj":"$P.a"}`, `{"start_time":"2020-01-01T00:00:00Z"}`,
	} {
		r.direct("$S", body)
	}
	r.direct("$S.$P.a", "")
	r.direct("$S.$P.c.2", "")
	r.direct("$S.$P.none", "")
	r.direct("$S.$P.a", `{"seq":1}`)
	r.direct("NO_SUCH", `{"seq":1}`)
	stream := must(r.js.Stream(r.ctx, r.s))
	m, err := stream.GetMsg(r.ctx, 6)
	r.say("through the client: %s %d %s %s", m.Subject, m.Sequence, shown(m.Data), failure(err))
	_, err = stream.GetLastMsgForSubject(r.ctx, r.subject("none"))
	r.say("not there: %s", failure(err))
}

func messageDirectBatch(r *run) {
	r.stream(`,"allow_direct":true`)
	for n := range 10 {
		r.publish(fmt.Sprintf("s.%d", n%3))
	}
	for _, body := range []string{
		`{"seq":1,"batch":3}`, `{"seq":8,"batch":10}`, `{"seq":50,"batch":2}`, `{"next_by_subj":"$P.s.1","batch":2}`, `{"next_by_subj":"$P.s.1","seq":4,"batch":10}`,
		`{"multi_last":["$P.s.0","$P.s.2"]}`, `{"multi_last":["$P.s.*"]}`, `{"multi_last":["$P.s.*"],"batch":2}`, `{"multi_last":["$P.s.*"],"up_to_seq":5}`, `{"multi_last":["$P.none"]}`,
		`{"seq":1,"batch":10,"max_bytes":100}`,
	} {
		in := r.listen(nats.NewInbox())
		check(r.nc.PublishRequest("$JS.API.DIRECT.GET."+r.s, in.subject, []byte(r.named(body))))
		for {
			m := in.next()
			if m == nil {
				r.say("%s: nothing", r.named(body))
				break
			}
			m.Subject = "inbox"
			r.say("%s: %s", r.named(body), r.message(m))
			if m.Header.Get("Status") != "" {
				break
			}
		}
	}
}

func messageHeaders(r *run) {
	r.stream("")
	for _, m := range []*nats.Msg{
		{Header: pairs([]string{"A", "1", "B", "2", "A", "3"}), Data: []byte("x")},
		{Header: pairs([]string{"lower-case", "v", "UPPER", "w"})},
		{Header: pairs([]string{"Empty", ""})},
		{Header: pairs([]string{"Unicode", "✓ grüße"})},
		{Header: pairs([]string{"Big", strings.Repeat("y", 40000)})},
		{Data: []byte{}},
		{Data: []byte{0, 1, 2, 255}},
	} {
		m.Subject = r.subject("h")
		r.stored(m)
	}
	big := &nats.Msg{Subject: r.subject("h"), Header: pairs([]string{"Big", strings.Repeat("y", 70000)})}
	reply := must(r.nc.RequestMsg(big, patience))
	r.say("header over 64 KiB: %s", answer(reply.Data))
	r.state("state", r.s)
	r.consumer("c", "")
	for _, m := range r.take("c", 7) {
		line := r.message(m)
		if len(line) > 200 {
			line = fmt.Sprintf("[%d characters] %s", len(line), line[:100])
		}
		r.say("delivered %s", line)
	}
	status := "NATS/1.0 503 Gone\r\nKey: v\r\n\r\n"
	w := r.dialConnected()
	w.send(fmt.Sprintf("HPUB %s %d %d\r\n%s\r\n", r.subject("status"), len(status), len(status), status))
	w.untilPong()
	w.close()
	until("stored", func() bool { return must(must(r.js.Stream(r.ctx, r.s)).Info(r.ctx)).State.LastSeq == 8 })
	r.call("STREAM.MSG.GET.$S", `{"seq":8}`)
}
