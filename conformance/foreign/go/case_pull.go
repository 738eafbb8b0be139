// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

// Pulls as the wire has them: a request with an own inbox, and every message and status that comes.
var pullCases = []testCase{
	{"pull-request-forms", plain, pullRequestForms},
	{"pull-404-no-messages", plain, pullNoMessages},
	{"pull-408-timeout", plain, pullTimeout},
	{"pull-408-requests-pending", plain, pullRequestsPending},
	{"pull-409-max-waiting", plain, pullMaxWaiting},
	{"pull-409-request-limits", plain, pullRequestLimits},
	{"pull-409-message-size", plain, pullMessageSize},
	{"pull-409-batch-completed", plain, pullBatchCompleted},
	{"pull-409-consumer-deleted", plain, pullConsumerDeleted},
	{"pull-409-push-consumer", plain, pullPushConsumer},
	{"pull-100-heartbeats", plain, pullHeartbeats},
	{"pull-400-bad-requests", plain, pullBadRequests},
	{"pull-503-no-consumer", plain, pullNoConsumer},
	{"pull-no-wait-with-expiry", plain, pullNoWaitWithExpiry},
	{"pull-no-wait-at-max-ack-pending", plain, pullNoWaitAtMaxAckPending},
	{"pull-several-waiting", plain, pullSeveralWaiting},
	{"pull-interest-lost", plain, pullInterestLost},
	{"pull-waiting-for-publish", plain, pullWaitingForPublish},
	{"pull-max-bytes", plain, pullMaxBytes},
}

func pullRequestForms(r *run) {
	r.stream("")
	r.publish(strings.Fields(strings.Repeat("m ", 20))...)
	r.consumer("c", `,"ack_policy":"none"`)
	for _, form := range []struct {
		body  string
		count int
	}{
		{``, 1}, {`3`, 3}, {` 2 `, 2}, {`{"batch":2}`, 2}, {`{}`, 1}, {`{"batch":0}`, 1},
		{`{"batch":1,"no_such_member":true}`, 1}, {`{"batch":2,"no_wait":true}`, 2}, {`{"expires":1000000000}`, 1},
	} {
		in := r.pull("c", form.body)
		in.show(form.body, form.count)
		in.showQuiet("then")
		check(in.sub.Unsubscribe())
	}
	check(r.nc.Publish("$JS.API.CONSUMER.MSG.NEXT."+r.s+".c", []byte("1")))
	check(r.nc.Flush())
	r.consumerState("a request without a reply takes nothing", "c")
}

func pullNoMessages(r *run) {
	r.stream("")
	r.consumer("c", "")
	r.pull("c", `{"batch":1,"no_wait":true}`).showAll("empty stream")
	r.publish("a", "b", "c")
	r.settled("c", 3)
	r.pull("c", `{"batch":5,"no_wait":true}`).showAll("three of five")
	r.pull("c", `{"batch":5,"no_wait":true}`).showAll("none left")
	r.publish("d", "e")
	r.settled("c", 2)
	in := r.pull("c", `{"batch":2,"no_wait":true}`)
	in.show("two of two", 2)
	in.showQuiet("then")
	r.pull("c", `{"batch":1,"no_wait":true,"max_bytes":100}`).showAll("with max bytes")
	r.consumerState("state", "c")
}

func pullTimeout(r *run) {
	r.stream("")
	r.consumer("c", "")
	began := time.Now()
	r.pull("c", `{"batch":10,"expires":300000000}`).showAll("nothing there")
	r.say("%s", between(290*time.Millisecond, time.Since(began)))
	r.publish("a", "b", "c")
	r.settled("c", 3)
	r.pull("c", `{"batch":10,"expires":300000000}`).showAll("three of ten")
	r.publish("d", "e")
	r.pull("c", `{"batch":10,"max_bytes":1000,"expires":300000000}`).showAll("with max bytes")
	r.pull("c", `{"batch":1,"expires":100000000}`).showAll("one")
	until("no pull waits", func() bool { return fmt.Sprint(r.consumerNumbers("c")["num_waiting"]) == "0" })
	r.settled("c", 0)
	r.consumerState("state", "c")
}

func pullRequestsPending(r *run) {
	r.stream("")
	r.consumer("c", `,"max_ack_pending":1`)
	r.publish("a", "b")
	first := r.take("c", 1)[0]
	r.settled("c", 1)
	waiting := r.pull("c", `{"batch":5,"expires":5000000000}`)
	r.pull("c", `{"batch":1,"no_wait":true}`).showAll("no wait behind a waiting pull")
	r.ackSync(first, "")
	waiting.show("the waiting pull", 1)
}

func pullMaxWaiting(r *run) {
	r.stream("")
	r.consumer("c", `,"max_waiting":2`)
	first := r.pull("c", `{"batch":1,"expires":5000000000}`)
	second := r.pull("c", `{"batch":1,"expires":5000000000}`)
	r.pull("c", `{"batch":1,"expires":5000000000}`).showAll("third")
	r.pull("c", `{"batch":1,"expires":5000000000,"idle_heartbeat":2000000000}`).showQuiet("third with a heartbeat")
	r.pull("c", `{"batch":1,"no_wait":true}`).showAll("no wait")
	r.consumerState("two wait", "c")
	r.publish("a", "b")
	first.show("first", 1)
	second.show("second", 1)
	r.pull("c", `{"batch":1,"expires":200000000}`).showAll("free again")
}

func pullRequestLimits(r *run) {
	r.stream("")
	r.consumer("c", `,"max_batch":5,"max_expires":1500000000,"max_bytes":1024`)
	r.publish("a")
	r.pull("c", `{"batch":6,"expires":1000000000,"max_bytes":100}`).showAll("batch")
	r.pull("c", `{"batch":1,"expires":2000000000}`).showAll("expires")
	r.pull("c", `{"batch":1,"expires":1000000000,"max_bytes":2000}`).showAll("bytes")
	in := r.pull("c", `{"batch":5,"expires":300000000,"max_bytes":1024}`)
	in.showAll("within all limits")
}

func pullMessageSize(r *run) {
	r.stream("")
	r.consumer("c", "")
	r.stored(&nats.Msg{Subject: r.subject("big"), Data: []byte(strings.Repeat("x", 500))})
	r.pull("c", `{"batch":1,"max_bytes":100,"expires":1000000000}`).showAll("the first is too big")
	r.settled("c", 1)
	r.consumerState("it stays", "c")
	r.take("c", 1)
	r.publish("a", "b")
	r.stored(&nats.Msg{Subject: r.subject("big"), Data: []byte(strings.Repeat("x", 500))})
	r.pull("c", `{"batch":10,"max_bytes":400,"expires":1000000000}`).showAll("the third is too big")
	r.settled("c", 1)
	r.pull("c", `{"batch":1,"no_wait":true,"max_bytes":100}`).showAll("without waiting")
}

func pullBatchCompleted(r *run) {
	r.stream("")
	r.consumer("c", "")
	r.publish("a", "b", "c")
	r.settled("c", 3)
	r.pull("c", `{"batch":2,"max_bytes":1000,"expires":1000000000}`).showAll("two")
	r.pull("c", `{"batch":1,"max_bytes":100000,"no_wait":true}`).showAll("without waiting")
}

func pullConsumerDeleted(r *run) {
	r.stream("")
	r.consumer("c", "")
	r.consumer("d", "")
	waiting := r.pull("c", `{"batch":3,"expires":5000000000}`)
	second := r.pull("c", `{"batch":1,"expires":5000000000,"max_bytes":10000}`)
	other := r.pull("d", `{"batch":1,"expires":5000000000}`)
	until("pulls wait", func() bool { return fmt.Sprint(r.consumerNumbers("c")["num_waiting"]) == "2" })
	until("pull waits", func() bool { return fmt.Sprint(r.consumerNumbers("d")["num_waiting"]) == "1" })
	r.quietly("CONSUMER.DELETE.$S.c", "")
	waiting.showAll("its consumer deleted")
	second.showAll("its consumer deleted")
	r.pull("c", `{"batch":1,"expires":1000000000}`).showAll("the next pull")
	r.quietly("STREAM.DELETE.$S", "")
	other.showAll("its stream deleted")
	r.pull("d", `{"batch":1,"expires":1000000000}`).showAll("the next pull")
}

func pullPushConsumer(r *run) {
	r.stream("")
	r.quietly("CONSUMER.CREATE.$S.p", `{"stream_name":"$S","config":{"durable_name":"p","ack_policy":"explicit","deliver_subject":"some.where"}}`)
	r.pull("p", `{"batch":1,"expires":1000000000}`).showAll("pull of a push consumer")
}

func pullHeartbeats(r *run) {
	r.stream("")
	r.consumer("c", "")
	began := time.Now()
	in := r.pull("c", `{"batch":10,"expires":1000000000,"idle_heartbeat":200000000}`)
	in.show("nothing yet", 1)
	r.say("%s", between(190*time.Millisecond, time.Since(began)))
	r.publish("a", "b")
	r.skipHeartbeats(in, "then")
	in = r.pull("c", `{"batch":10,"expires":2000000000,"idle_heartbeat":300000000}`)
	in.show("after two deliveries", 2)
}

// skipHeartbeats shows a pull up to its end, without the heartbeats: how many there are depends on
// how busy the machine is.
func (r *run) skipHeartbeats(in *inbox, what string) {
	for {
		m := in.next()
		if m != nil && m.Header.Get("Status") == "100" {
			continue
		}
		r.say("%s: %s", what, r.message(m))
		if m == nil || isEnd(m) {
			return
		}
	}
}

func pullBadRequests(r *run) {
	r.stream("")
	r.consumer("c", "")
	r.publish("a")
	for _, body := range []string{
		`{"batch":1,"expires":1000000000,"idle_heartbeat":600000000}`,
		`{"batch":1,"idle_heartbeat":100000000}`,
		`{"batch":1,"no_wait":true,"idle_heartbeat":100000000}`,
		`{`, `{"batch":"x"}`, `{"batch":1,"expires":"1s"}`, `nonsense`, `[1]`,
		`{"batch":1,"expires":100000000,"group":"g"}`,
		`{"batch":1,"expires":100000000,"priority":10}`,
		`{"batch":1,"expires":100000000,"min_pending":5}`,
		`{"batch":1,"expires":100000000,"id":"x"}`,
	} {
		in := r.pull("c", body)
		m := in.within(2 * time.Second)
		r.say("%s: %s", body, r.message(m))
		check(in.sub.Unsubscribe())
	}
}

func pullNoConsumer(r *run) {
	r.stream("")
	r.pull("no_such", `{"batch":1,"expires":1000000000}`).showAll("no such consumer")
	r.pullFrom("NO_SUCH", "c", `{"batch":1}`).showAll("no such stream")
	_, err := r.nc.Request("$JS.API.CONSUMER.MSG.NEXT."+r.s+".no_such", nil, patience)
	r.say("through the client: %v", err)
}

func pullNoWaitWithExpiry(r *run) {
	r.stream("")
	r.consumer("c", "")
	began := time.Now()
	r.pull("c", `{"batch":3,"no_wait":true,"expires":300000000}`).showAll("nothing comes")
	r.say("%s", between(290*time.Millisecond, time.Since(began)))
	r.publish("a", "b")
	r.settled("c", 2)
	r.pull("c", `{"batch":5,"no_wait":true,"expires":2000000000}`).showAll("two there")
	in := r.pull("c", `{"batch":5,"no_wait":true,"expires":4000000000}`)
	r.publish("c")
	in.showAll("one comes later")
}

func pullNoWaitAtMaxAckPending(r *run) {
	r.stream("")
	r.consumer("c", `,"max_ack_pending":2`)
	r.publish("a", "b", "c", "d")
	began := time.Now()
	r.pull("c", `{"batch":5,"no_wait":true,"expires":5000000000,"idle_heartbeat":300000000}`).showAll("until the heartbeat")
	r.say("%s", between(290*time.Millisecond, time.Since(began)))
	began = time.Now()
	waits := r.pull("c", `{"batch":1,"expires":900000000}`)
	r.pull("c", `{"batch":1,"no_wait":true,"expires":5000000000,"idle_heartbeat":200000000}`).show("a heartbeat, since it got nothing", 1)
	waits.showAll("one that waits")
	r.say("%s", between(890*time.Millisecond, time.Since(began)))
}

func pullSeveralWaiting(r *run) {
	r.stream("")
	r.consumer("c", "")
	var pulls []*inbox
	for range 3 {
		pulls = append(pulls, r.pull("c", `{"batch":2,"expires":5000000000}`))
	}
	until("pulls wait", func() bool { return fmt.Sprint(r.consumerNumbers("c")["num_waiting"]) == "3" })
	r.publish("1", "2", "3", "4", "5", "6")
	for n, in := range pulls {
		in.show(fmt.Sprintf("pull %d", n+1), 2)
	}
	r.publish("7", "8", "9", "10", "11")
	r.settled("c", 5)
	first := r.pull("c", `{"batch":3,"expires":200000000}`)
	first.show("alone", 3)
	second := r.pull("c", `{"batch":9,"expires":300000000}`)
	second.showAll("the rest")
	r.consumerState("state", "c")
}

func pullInterestLost(r *run) {
	r.stream("")
	r.consumer("c", `,"ack_wait":1000000000`)
	gone := r.pull("c", `{"batch":5,"expires":5000000000}`)
	until("pull waits", func() bool { return fmt.Sprint(r.consumerNumbers("c")["num_waiting"]) == "1" })
	check(gone.sub.Unsubscribe())
	check(r.nc.Flush())
	// Whether a delivery to the lost inbox is counted is a matter of timing: only what comes counts.
	stays := r.pull("c", `{"batch":2,"expires":5000000000}`)
	r.publish("a", "b")
	var received []string
	for _, m := range stays.gather(2) {
		received = append(received, m.Subject+" "+string(m.Data))
	}
	slices.Sort(received)
	r.say("the pull with an inbox: %s", strings.Join(received, ", "))
	other := r.connect()
	in := r.listenOn(other, nats.NewInbox(), "")
	check(other.PublishRequest("$JS.API.CONSUMER.MSG.NEXT."+r.s+".c", in.subject, []byte(`{"batch":5,"expires":5000000000}`)))
	check(other.Flush())
	other.Close()
	stays = r.pull("c", `{"batch":1,"expires":5000000000}`)
	r.publish("c")
	for _, m := range stays.gather(1) {
		r.say("after a connection was closed: %s %s", m.Subject, m.Data)
	}
}

func pullWaitingForPublish(r *run) {
	r.stream("")
	r.consumer("c", `,"filter_subject":"$P.wanted"`)
	in := r.pull("c", `{"batch":3,"expires":3000000000}`)
	r.publish("other", "wanted", "other")
	in.show("comes", 1)
	r.publish("wanted", "wanted", "wanted")
	in.show("comes", 2)
	in.showQuiet("the batch is full")
	var info struct {
		NumWaiting int `json:"num_waiting"`
	}
	check(json.Unmarshal(r.quietly("CONSUMER.INFO.$S.c", ""), &info))
	r.say("waiting %d", info.NumWaiting)
	r.settled("c", 1)
	r.consumerState("state", "c")
}

func pullMaxBytes(r *run) {
	r.stream("")
	r.consumer("c", "")
	for n := range 6 {
		r.stored(&nats.Msg{Subject: r.subject("m"), Data: []byte(strings.Repeat(fmt.Sprint(n), 100))})
	}
	in := r.pull("c", `{"batch":100,"max_bytes":600,"expires":1000000000}`)
	// How many fit depends on the length of the time in the reply, which is the same everywhere.
	in.showAll("600 bytes")
	r.pull("c", `{"batch":100,"max_bytes":100000,"expires":200000000}`).showAll("all the rest")
}
