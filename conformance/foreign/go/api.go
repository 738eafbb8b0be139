// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

// call sends a request to the JetStream API and prints request and answer. $S in the subject and
// in the body stands for the stream of the case, $P for the prefix of its subjects.
func (r *run) call(subject, body string) []byte {
	subject, body = r.named(subject), r.named(body)
	r.say("> %s %s", shortened(subject), shortened(body))
	data, err := r.request("$JS.API."+subject, []byte(body))
	if err != nil {
		r.say("< %v", err)
		return nil
	}
	r.say("< %s", answer(data))
	return data
}

// unanswered sends a request that a server leaves without an answer.
func (r *run) unanswered(subject, body string) {
	subject, body = r.named(subject), r.named(body)
	m, err := r.nc.Request("$JS.API."+subject, []byte(body), 2*quiet)
	if err != nil {
		r.say("> %s %s: %v", subject, body, err)
		return
	}
	r.say("> %s %s: %s", subject, body, answer(m.Data))
}

// quietly sends a request to the JetStream API that has to succeed, and prints nothing.
func (r *run) quietly(subject, body string) []byte {
	subject, body = r.named(subject), r.named(body)
	data := must(r.request("$JS.API."+subject, []byte(body)))
	var reply struct {
		Error *struct {
			Description string `json:"description"`
		} `json:"error"`
	}
	check(json.Unmarshal(data, &reply))
	if reply.Error != nil {
		panic(caseFailure{subject + " " + body + ": " + reply.Error.Description})
	}
	return data
}

func (r *run) request(subject string, body []byte) ([]byte, error) {
	if strings.HasPrefix(subject, "$JS.API.CONSUMER.CREATE.") || strings.HasPrefix(subject, "$JS.API.CONSUMER.DURABLE.") {
		r.hasConsumer, r.pendingMoves = true, false
	}
	m, err := r.nc.Request(subject, body, patience)
	if err != nil {
		return nil, err
	}
	return m.Data, nil
}

func (r *run) named(text string) string {
	return replaceNames(text, r.s, r.p)
}

// stream creates the stream of the case on every subject of the case; extra holds more members of
// its configuration, each preceded by a comma. Called again after the stream was deleted, it takes
// another name: the public server removes files in the background, and a name that comes and goes
// quickly can meet its own remains.
func (r *run) stream(extra string) {
	if r.streams++; r.streams > 1 {
		r.s = fmt.Sprintf("%s_%d", r.base, r.streams)
	}
	r.quietly("STREAM.CREATE.$S", `{"name":"$S","subjects":["$P.>"]`+extra+`}`)
}

// consumer creates a pull consumer on the stream of the case; extra holds more members of its
// configuration, each preceded by a comma.
func (r *run) consumer(name, extra string) {
	r.quietly("CONSUMER.CREATE.$S."+name,
		`{"stream_name":"$S","config":{"durable_name":"`+name+`"`+withExplicitAck(extra)+`}}`)
}

// publish stores messages whose payload is their place in the call, on $P.<tokens>.
func (r *run) publish(tokens ...string) {
	for i, token := range tokens {
		r.stored(&nats.Msg{Subject: r.subject(token), Data: fmt.Appendf(nil, "%d", i+1)})
	}
}

// stored publishes a message that the stream has to take.
func (r *run) stored(m *nats.Msg) {
	r.pendingMoves = r.hasConsumer
	reply := must(r.nc.RequestMsg(m, patience))
	var ack struct {
		Error *struct {
			Description string `json:"description"`
		} `json:"error"`
	}
	check(json.Unmarshal(reply.Data, &ack))
	if ack.Error != nil {
		panic(caseFailure{"publish: " + ack.Error.Description})
	}
}

// pubAck publishes a message and prints the answer of the stream.
func (r *run) pubAck(what, tokens, payload string, header ...string) {
	r.pendingMoves = r.hasConsumer
	m := &nats.Msg{Subject: r.subject(tokens), Data: []byte(payload), Header: pairs(header)}
	reply, err := r.nc.RequestMsg(m, patience)
	switch {
	case errors.Is(err, nats.ErrTimeout):
		r.say("%s: no answer", what)
	case err != nil:
		r.say("%s: %v", what, err)
	default:
		r.say("%s: %s", what, answer(reply.Data))
	}
}

func pairs(header []string) nats.Header {
	if len(header) == 0 {
		return nil
	}
	h := nats.Header{}
	for i := 0; i+1 < len(header); i += 2 {
		h[header[i]] = append(h[header[i]], header[i+1])
	}
	return h
}

// state prints where a stream stands: the numbers of STREAM.INFO without its configuration.
func (r *run) state(what, stream string) {
	var info struct {
		State map[string]any `json:"state"`
	}
	check(json.Unmarshal(r.quietly("STREAM.INFO."+stream, `{"deleted_details":true}`), &info))
	r.say("%s: %s", what, sorted(masked("", info.State)))
}

// consumerState prints where a consumer stands: the numbers of CONSUMER.INFO. Behind a publish they
// have to be settled before, or a slow machine shows others.
func (r *run) consumerState(what, consumer string) {
	if r.pendingMoves {
		panic(what + ": messages were published, and their count was not waited for")
	}
	r.say("%s: %s", what, sorted(r.consumerNumbers(consumer)))
}

func (r *run) consumerNumbers(consumer string) map[string]any {
	var info map[string]any
	check(json.Unmarshal(r.quietly("CONSUMER.INFO.$S."+consumer, ""), &info))
	for _, left := range []string{"type", "stream_name", "name", "created", "config", "ts", "cluster"} {
		delete(info, left)
	}
	masked("", info)
	return info
}

// settled waits until a consumer counts as many pending messages as there are: what is published
// reaches its count a moment after the answer to the publisher.
func (r *run) settled(consumer string, pending int) {
	until(fmt.Sprintf("%d pending", pending), func() bool {
		return fmt.Sprint(r.consumerNumbers(consumer)["num_pending"]) == fmt.Sprint(pending)
	})
	r.pendingMoves = false
}

// inbox is a subscription whose messages, statuses included, are read one by one.
type inbox struct {
	r       *run
	subject string
	sub     *nats.Subscription
	ch      chan *nats.Msg
}

func (r *run) listen(subject string) *inbox { return r.listenOn(r.nc, subject, "") }

func (r *run) listenOn(nc *nats.Conn, subject, queue string) *inbox {
	in := &inbox{r: r, subject: subject, ch: make(chan *nats.Msg, 65536)}
	in.sub = must(nc.ChanQueueSubscribe(subject, queue, in.ch))
	check(nc.Flush())
	return in
}

// next waits for one message; nil when none comes.
func (in *inbox) next() *nats.Msg { return in.within(patience) }

func (in *inbox) within(wait time.Duration) *nats.Msg {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case m := <-in.ch:
		return m
	case <-timer.C:
		return nil
	}
}

// behind takes messages up to the one that holds text. Advisories come after the answer of what
// caused them, so a case that wants only later ones listens before the cause and then calls this.
func (in *inbox) behind(text string) {
	for {
		m := in.next()
		if m == nil {
			panic("nothing that holds " + text)
		}
		if strings.Contains(m.Subject, text) || bytes.Contains(m.Data, []byte(text)) {
			return
		}
	}
}

// show prints the next count messages.
func (in *inbox) show(what string, count int) {
	for range count {
		m := in.next()
		in.r.say("%s: %s", what, in.r.message(m))
		if m == nil {
			return
		}
	}
}

// showQuiet prints that nothing more comes, or what does.
func (in *inbox) showQuiet(what string) {
	in.r.say("%s: %s", what, in.r.message(in.within(quiet)))
}

// pull sends a pull request with an inbox of its own.
func (r *run) pull(consumer, body string) *inbox { return r.pullFrom(r.s, consumer, body) }

func (r *run) pullFrom(stream, consumer, body string) *inbox {
	in := r.listen(nats.NewInbox())
	check(r.nc.PublishRequest("$JS.API.CONSUMER.MSG.NEXT."+stream+"."+consumer, in.subject, []byte(body)))
	check(r.nc.Flush())
	return in
}

// showAll prints messages up to and with the status that ends the pull.
func (in *inbox) showAll(what string) {
	for {
		m := in.next()
		in.r.say("%s: %s", what, in.r.message(m))
		if m == nil || isEnd(m) {
			return
		}
	}
}

func isEnd(m *nats.Msg) bool {
	status := m.Header.Get("Status")
	return status != "" && status != "100" && len(m.Data) == 0
}

// gather reads up to count messages of a pull, and stops at a status that ends it.
func (in *inbox) gather(count int) []*nats.Msg {
	var messages []*nats.Msg
	for range count {
		m := in.next()
		if m == nil || isEnd(m) {
			break
		}
		messages = append(messages, m)
	}
	return messages
}

// take pulls count messages that have to come, and prints nothing.
func (r *run) take(consumer string, count int) []*nats.Msg {
	in := r.pull(consumer, fmt.Sprintf(`{"batch":%d,"expires":%d}`, count, patience.Nanoseconds()))
	var messages []*nats.Msg
	for range count {
		m := in.next()
		if m == nil || isEnd(m) {
			panic(caseFailure{"pull of " + consumer + ": " + r.message(m)})
		}
		messages = append(messages, m)
	}
	check(in.sub.Unsubscribe())
	return messages
}

// ackSync sends an acknowledgement and waits for the server's confirmation.
func (r *run) ackSync(m *nats.Msg, payload string) {
	must(r.nc.Request(m.Reply, []byte(payload), patience))
}
