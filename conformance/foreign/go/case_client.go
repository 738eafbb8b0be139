// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// What applications use: the client's own pulling, on top of what the pull cases show.
var clientCases = []testCase{
	{"client-fetch", plain, clientFetch},
	{"client-consume", plain, clientConsume},
	{"client-messages", plain, clientMessages},
	{"client-consume-ends", plain, clientConsumeEnds},
	{"client-ordered", plain, clientOrdered},
	{"client-workers", plain, clientWorkers},
	{"client-acks", plain, clientAcks},
	{"client-legacy-pull", plain, clientLegacyPull},
}

func (r *run) clientStream(messages int) jetstream.Stream {
	stream := must(r.js.CreateStream(r.ctx, jetstream.StreamConfig{Name: r.s, Subjects: []string{r.subject(">")}}))
	for n := range messages {
		must(r.js.Publish(r.ctx, r.subject(fmt.Sprintf("m.%d", n%3)), fmt.Appendf(nil, "%d", n)))
	}
	return stream
}

func clientFetch(r *run) {
	stream := r.clientStream(10)
	consumer := must(stream.CreateConsumer(r.ctx, jetstream.ConsumerConfig{Durable: "c", AckPolicy: jetstream.AckExplicitPolicy}))
	show := func(what string, batch jetstream.MessageBatch, err error) {
		if err != nil {
			r.say("%s: %s", what, failure(err))
			return
		}
		var got []string
		for m := range batch.Messages() {
			got = append(got, string(m.Data()))
			check(m.Ack())
		}
		r.say("%s: %v, %s", what, got, failure(batch.Error()))
	}
	batch, err := consumer.Fetch(3)
	show("fetch 3", batch, err)
	batch, err = consumer.FetchNoWait(4)
	show("fetch 4 without waiting", batch, err)
	batch, err = consumer.FetchBytes(300, jetstream.FetchMaxWait(time.Second))
	show("fetch 300 bytes", batch, err)
	batch, err = consumer.Fetch(5, jetstream.FetchMaxWait(time.Second))
	show("fetch the rest", batch, err)
	batch, err = consumer.FetchNoWait(1)
	show("nothing left", batch, err)
	batch, err = consumer.Fetch(1, jetstream.FetchMaxWait(300*time.Millisecond), jetstream.FetchHeartbeat(100*time.Millisecond))
	show("with heartbeats", batch, err)
	_, err = consumer.Next(jetstream.FetchMaxWait(200 * time.Millisecond))
	r.say("next: %s", failure(err))
	must(r.js.Publish(r.ctx, r.subject("m"), []byte("more")))
	m := must(consumer.Next())
	r.say("next: %s %s", m.Data(), failure(m.DoubleAck(r.ctx)))
	check(stream.DeleteConsumer(r.ctx, "c"))
	batch, err = consumer.Fetch(1, jetstream.FetchMaxWait(500*time.Millisecond))
	show("consumer deleted", batch, err)
}

// How long a handler takes at least: the client forgets to pull again when all messages of a pull
// were handled before the goroutine that sent the pull has noted its end.
const handling = 2 * time.Millisecond

func clientConsume(r *run) {
	const count = 500
	stream := r.clientStream(0)
	consumer := must(stream.CreateConsumer(r.ctx, jetstream.ConsumerConfig{Durable: "c", AckPolicy: jetstream.AckExplicitPolicy}))
	received := make(chan string, count)
	running := must(consumer.Consume(func(m jetstream.Msg) {
		time.Sleep(handling)
		check(m.Ack())
		received <- string(m.Data())
	}, jetstream.PullMaxMessages(50)))
	for n := range count {
		must(r.js.PublishAsync(r.subject("m"), fmt.Appendf(nil, "%d", n)))
	}
	inOrder := 0
	for n := range count {
		select {
		case data := <-received:
			if data == fmt.Sprint(n) {
				inOrder++
			}
		case <-time.After(patience):
			r.say("stalled after %d", n)
			return
		}
	}
	r.say("%d in order", inOrder)
	running.Drain()
	<-running.Closed()
	until("all acknowledged", func() bool { return must(consumer.Info(r.ctx)).NumAckPending == 0 })
	info := must(consumer.Info(r.ctx))
	r.say("floor %d/%d, pending %d, redelivered %d", info.AckFloor.Consumer, info.AckFloor.Stream, info.NumPending, info.NumRedelivered)
	must(r.js.Publish(r.ctx, r.subject("m"), []byte("after")))
	r.say("after the end: %d", len(received))
}

func clientMessages(r *run) {
	stream := r.clientStream(25)
	consumer := must(stream.CreateConsumer(r.ctx, jetstream.ConsumerConfig{Durable: "c", AckPolicy: jetstream.AckExplicitPolicy}))
	messages := must(consumer.Messages(jetstream.PullMaxMessages(10), jetstream.PullExpiry(time.Second)))
	sum := 0
	for range 25 {
		m := must(messages.Next())
		check(m.Ack())
		sum += len(m.Data())
	}
	r.say("25 messages, %d bytes", sum)
	go func() { must(r.js.Publish(r.ctx, r.subject("m"), []byte("late"))) }()
	m := must(messages.Next())
	r.say("%s %s", m.Data(), failure(m.DoubleAck(r.ctx)))
	messages.Stop()
	_, err := messages.Next()
	r.say("stopped: %v", err)
	bytesOnly := must(consumer.Messages(jetstream.PullMaxBytes(500), jetstream.PullExpiry(time.Second)))
	for n := range 20 {
		must(r.js.Publish(r.ctx, r.subject("b"), fmt.Appendf(nil, "%050d", n)))
	}
	for range 20 {
		m := must(bytesOnly.Next())
		check(m.DoubleAck(r.ctx))
	}
	bytesOnly.Drain()
	r.say("20 more within a limit of bytes")
	info := must(consumer.Info(r.ctx))
	r.say("floor %d, pending %d", info.AckFloor.Stream, info.NumPending)
}

func clientConsumeEnds(r *run) {
	stream := r.clientStream(2)
	for _, end := range []string{"consumer", "stream"} {
		consumer := must(stream.CreateConsumer(r.ctx, jetstream.ConsumerConfig{Durable: end, AckPolicy: jetstream.AckExplicitPolicy}))
		problems := make(chan error, 16)
		var count atomic.Int32
		running := must(consumer.Consume(func(m jetstream.Msg) {
			check(m.Ack())
			count.Add(1)
		}, jetstream.ConsumeErrHandler(func(_ jetstream.ConsumeContext, err error) { problems <- err })))
		until("two consumed", func() bool { return count.Load() == 2 })
		if end == "consumer" {
			check(stream.DeleteConsumer(r.ctx, end))
		} else {
			check(r.js.DeleteStream(r.ctx, r.s))
		}
		select {
		case err := <-problems:
			r.say("%s deleted: %v", end, err)
		case <-time.After(patience):
			r.say("%s deleted: not noticed", end)
		}
		select {
		case <-running.Closed():
			r.say("consuming ended")
		case <-time.After(patience):
			r.say("consuming goes on")
		}
	}
}

func clientOrdered(r *run) {
	stream := r.clientStream(30)
	ordered := must(stream.OrderedConsumer(r.ctx, jetstream.OrderedConsumerConfig{FilterSubjects: []string{r.subject("m.1"), r.subject("m.2")}}))
	batch := must(ordered.Fetch(4))
	for m := range batch.Messages() {
		meta := must(m.Metadata())
		r.say("%s %s stream %d consumer %d", m.Subject(), m.Data(), meta.Sequence.Stream, meta.Sequence.Consumer)
	}
	all := must(stream.OrderedConsumer(r.ctx, jetstream.OrderedConsumerConfig{}))
	messages := must(all.Messages())
	next := func(count int) {
		var seen []uint64
		for range count {
			seen = append(seen, must(must(messages.Next()).Metadata()).Sequence.Stream)
		}
		r.say("sequences %v", seen)
	}
	next(30)
	// The consumer is deleted under the reader; the client makes a new one where it stood.
	info := must(all.Info(r.ctx))
	check(stream.DeleteConsumer(r.ctx, info.Name))
	for range 3 {
		must(r.js.Publish(r.ctx, r.subject("m.9"), []byte("more")))
	}
	next(3)
	messages.Stop()
}

func clientWorkers(r *run) {
	const count = 300
	stream := r.clientStream(0)
	must(stream.CreateConsumer(r.ctx, jetstream.ConsumerConfig{Durable: "c", AckPolicy: jetstream.AckExplicitPolicy, MaxAckPending: 50}))
	var mutex sync.Mutex
	seen := map[string]int{}
	var workers []jetstream.ConsumeContext
	for range 4 {
		js := must(jetstream.New(r.connect()))
		consumer := must(js.Consumer(r.ctx, r.s, "c"))
		workers = append(workers, must(consumer.Consume(func(m jetstream.Msg) {
			mutex.Lock()
			seen[string(m.Data())]++
			mutex.Unlock()
			check(m.DoubleAck(r.ctx))
		}, jetstream.PullMaxMessages(5))))
	}
	for n := range count {
		must(r.js.PublishAsync(r.subject("m"), fmt.Appendf(nil, "%d", n)))
	}
	until("all done", func() bool {
		mutex.Lock()
		defer mutex.Unlock()
		return len(seen) == count
	})
	for _, worker := range workers {
		worker.Stop()
	}
	twice := 0
	mutex.Lock()
	for _, times := range seen {
		if times > 1 {
			twice++
		}
	}
	mutex.Unlock()
	r.say("%d different, %d more than once", len(seen), twice)
	until("all acknowledged", func() bool {
		info := must(must(r.js.Stream(r.ctx, r.s)).Consumer(r.ctx, "c"))
		return info.CachedInfo().AckFloor.Stream == count
	})
	r.say("all acknowledged")
}

func clientAcks(r *run) {
	stream := r.clientStream(0)
	publish := func(payloads ...string) {
		for _, payload := range payloads {
			must(r.js.Publish(r.ctx, r.subject("m"), []byte(payload)))
		}
	}
	publish("0", "1")
	consumer := must(stream.CreateConsumer(r.ctx, jetstream.ConsumerConfig{Durable: "c", AckPolicy: jetstream.AckExplicitPolicy}))
	next := func() jetstream.Msg { return must(consumer.Next(jetstream.FetchMaxWait(patience))) }
	m := next()
	r.say("ack: %v, again: %v", m.Ack(), m.Ack())
	m = next()
	r.say("nak: %v", m.Nak())
	m = next()
	meta := must(m.Metadata())
	r.say("redelivered %s, delivered %d times", m.Data(), meta.NumDelivered)
	r.say("double ack: %v", m.DoubleAck(r.ctx))
	publish("2", "3", "4", "5")
	m = next()
	r.say("in progress: %v, then ack: %v", m.InProgress(), m.Ack())
	m = next()
	r.say("term: %v", m.TermWithReason("bad"))
	m = next()
	began := time.Now()
	r.say("nak with a delay: %v", m.NakWithDelay(300*time.Millisecond))
	other := next()
	r.say("meanwhile %s: %v", other.Data(), other.DoubleAck(r.ctx))
	m = next()
	r.say("%s %s: %v", m.Data(), between(290*time.Millisecond, time.Since(began)), m.DoubleAck(r.ctx))
	info := must(consumer.Info(r.ctx))
	r.say("floor %d/%d, pending %d, waiting for acks %d", info.AckFloor.Consumer, info.AckFloor.Stream, info.NumPending, info.NumAckPending)
}

func clientLegacyPull(r *run) {
	r.stream("")
	r.publish("a", "b", "c")
	js := must(r.nc.JetStream())
	sub := must(js.PullSubscribe(r.subject(">"), "legacy"))
	messages, err := sub.Fetch(2)
	r.say("fetch: %d %s", len(messages), failure(err))
	for _, m := range messages {
		check(m.AckSync())
		meta := must(m.Metadata())
		r.say("%s consumer %d stream %d pending %d", m.Data, meta.Sequence.Consumer, meta.Sequence.Stream, meta.NumPending)
	}
	messages, err = sub.Fetch(5, nats.MaxWait(time.Second))
	r.say("fetch: %d %s", len(messages), failure(err))
	check(messages[0].AckSync())
	_, err = sub.Fetch(1, nats.MaxWait(200*time.Millisecond))
	r.say("fetch: %s", failure(err))
	info := must(js.ConsumerInfo(r.s, "legacy"))
	r.say("floor %d", info.AckFloor.Stream)
	r.say("unsubscribe: %s", failure(sub.Unsubscribe()))
	_, err = js.ConsumerInfo(r.s, "legacy")
	r.say("its consumer is deleted: %v", errors.Is(err, nats.ErrConsumerNotFound))
	_, err = js.PullSubscribe("no.stream.here", "legacy")
	r.say("no stream: %s", failure(err))
}
