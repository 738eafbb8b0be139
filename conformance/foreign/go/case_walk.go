// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

var walkCases = []testCase{{"walk", plain, walk}}

// walk tells the public pull consumer example: its lines stand in expected-walk.txt as well.
func walk(r *run) {
	events := must(r.js.CreateStream(r.ctx, jetstream.StreamConfig{Name: "EVENTS", Subjects: []string{"events.>"}}))
	publishThree := func() {
		for n := 1; n <= 3; n++ {
			must(r.js.Publish(r.ctx, fmt.Sprintf("events.%d", n), nil))
		}
	}
	publishThree()

	ephemeral := must(events.CreateOrUpdateConsumer(r.ctx, jetstream.ConsumerConfig{}))
	var handled sync.WaitGroup
	handled.Add(3)
	consuming := must(ephemeral.Consume(func(m jetstream.Msg) {
		check(m.Ack())
		r.say("received msg on %s", m.Subject())
		handled.Done()
	}))
	handled.Wait()
	consuming.Stop()
	// Stop is asynchronous: what is published before it took effect could still go to this pull.
	<-consuming.Closed()

	publishThree()
	count := func(batch jetstream.MessageBatch, err error) int {
		n := 0
		for m := range must(batch, err).Messages() {
			check(m.Ack())
			n++
		}
		return n
	}
	r.say("got %d messages", count(ephemeral.Fetch(2)))
	r.say("got %d messages", count(ephemeral.FetchNoWait(100)))
	began := time.Now()
	none := count(ephemeral.Fetch(1, jetstream.FetchMaxWait(time.Second)))
	r.say("got %d messages in %.2s", none, time.Since(began).String())

	durable := must(events.CreateOrUpdateConsumer(r.ctx, jetstream.ConsumerConfig{Durable: "processor"}))
	first := <-must(durable.Fetch(1)).Messages()
	r.say("received %q from durable consumer", first.Subject())
	check(events.DeleteConsumer(r.ctx, "processor"))
	_, err := events.Consumer(r.ctx, "processor")
	r.say("consumer deleted: %v", errors.Is(err, jetstream.ErrConsumerNotFound))
}
