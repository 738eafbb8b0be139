// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

var advisoryCases = []testCase{
	{"advisory-streams", plain, advisoryStreams},
	{"advisory-consumers", plain, advisoryConsumers},
	{"advisory-pause", plain, advisoryPause},
	{"advisory-acks", plain, advisoryAcks},
	{"advisory-max-deliveries", plain, advisoryMaxDeliveries},
	{"advisory-ack-metric", plain, advisoryAckMetric},
	{"advisory-audit", plain, advisoryAudit},
	{"advisory-audit-not-all", plain, advisoryAuditNotAll},
}

// event prints the next advisory: its subject, its members in order, and their values.
func (in *inbox) event(what string) {
	m := in.next()
	if m == nil {
		in.r.say("%s: none", what)
		return
	}
	in.r.say("%s: %s [%s]", what, shortened(m.Subject), strings.Join(memberOrder(m.Data), " "))
	in.r.say("  %s", answer(m.Data))
}

// memberOrder lists the members of a JSON object as they come.
func memberOrder(document []byte) []string {
	decoder := json.NewDecoder(bytes.NewReader(document))
	must(decoder.Token())
	var names []string
	for decoder.More() {
		names = append(names, fmt.Sprint(must(decoder.Token())))
		var value json.RawMessage
		check(decoder.Decode(&value))
	}
	return names
}

func advisoryStreams(r *run) {
	events := r.listen("$JS.EVENT.ADVISORY.STREAM.>")
	config := `{"name":"$S","subjects":["$P.>"]}`
	r.quietly("STREAM.CREATE.$S", config)
	events.event("created")
	r.quietly("STREAM.CREATE.$S", config)
	events.showQuiet("created again")
	r.quietly("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"],"max_msgs":5}`)
	events.event("updated")
	r.quietly("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"],"max_msgs":5}`)
	events.event("updated to the same")
	r.publish("a")
	r.quietly("STREAM.PURGE.$S", "")
	events.showQuiet("purged")
	r.quietly("STREAM.DELETE.$S", "")
	events.event("deleted")
}

func advisoryConsumers(r *run) {
	r.stream("")
	events := r.listen("$JS.EVENT.ADVISORY.CONSUMER.>")
	r.consumer("c", "")
	events.event("created")
	r.consumer("c", "")
	events.showQuiet("created again")
	r.consumer("c", `,"description":"x"`)
	events.showQuiet("updated")
	r.quietly("CONSUMER.DELETE.$S.c", "")
	events.event("deleted")
	r.quietly("CONSUMER.CREATE.$S.e", `{"stream_name":"$S","config":{"name":"e","inactive_threshold":100000000}}`)
	events.event("ephemeral created")
	events.event("ephemeral deleted")
	r.consumer("d", "")
	events.event("created")
	r.quietly("STREAM.DELETE.$S", "")
	events.event("deleted with its stream")
	events.showQuiet("and nothing more")
}

func advisoryPause(r *run) {
	r.stream("")
	events := r.listen("$JS.EVENT.ADVISORY.CONSUMER.PAUSE.>")
	r.consumer("c", "")
	pause := func(what, until string) {
		r.quietly("CONSUMER.PAUSE.$S.c", `{"pause_until":"`+until+`"}`)
		events.event(what)
	}
	pause("paused", "2099-01-01T00:00:00Z")
	r.quietly("CONSUMER.PAUSE.$S.c", `{"pause_until":"2099-01-01T00:00:00Z"}`)
	events.showQuiet("paused again")
	pause("paused for longer", "2100-01-01T00:00:00Z")
	r.quietly("CONSUMER.PAUSE.$S.c", "")
	events.event("resumed")
	r.quietly("CONSUMER.PAUSE.$S.c", "")
	events.showQuiet("resumed again")
	pause("paused until the past", "2001-01-01T00:00:00Z")
	pause("paused shortly", time.Now().UTC().Add(300*time.Millisecond).Format(time.RFC3339Nano))
	events.event("its end")
	r.consumer("p", `,"pause_until":"2099-01-01T00:00:00Z"`)
	events.event("created paused")
	r.consumer("p", `,"pause_until":"2099-01-01T00:00:00Z"`)
	events.event("created again")
}

func advisoryAcks(r *run) {
	r.stream("")
	r.publish("a", "b", "c")
	all := r.listen("$JS.EVENT.ADVISORY.CONSUMER.>")
	r.consumer("c", "")
	all.behind("CONSUMER.CREATED." + r.s)
	taken := r.take("c", 3)
	r.ackSync(taken[0], "-NAK")
	all.event("nak")
	r.ackSync(taken[1], `-NAK {"delay":60000000000}`)
	all.event("nak with a delay")
	r.ackSync(taken[2], "+TERM")
	all.event("term")
	r.ackSync(taken[2], "+TERM again, with a reason")
	all.event("term again")
	r.ackSync(taken[2], "-NAK")
	all.showQuiet("nak of what is settled")
	r.quietly("STREAM.MSG.DELETE.$S", `{"seq":1}`)
	all.event("a message that waited is deleted")
	r.ackSync(taken[1], "+ACK")
	all.showQuiet("ack")
}

func advisoryMaxDeliveries(r *run) {
	r.stream("")
	r.publish("a")
	r.consumer("c", `,"max_deliver":2,"ack_wait":100000000`)
	events := r.listen("$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.>")
	pull := r.pull("c", `{"batch":3,"expires":3000000000}`)
	pull.gather(2)
	events.event("delivered twice, and not acknowledged")
	events.showQuiet("and not told again")
}

func advisoryAckMetric(r *run) {
	r.stream("")
	r.publish("a", "b", "c", "d", "e")
	r.consumer("c", `,"sample_freq":"100%"`)
	metrics := r.listen("$JS.EVENT.METRIC.>")
	taken := r.take("c", 4)
	r.ackSync(taken[0], "+ACK")
	m := metrics.next()
	r.say("ack: %s [%s]", shortened(m.Subject), strings.Join(memberOrder(m.Data), " "))
	var metric map[string]any
	check(json.Unmarshal(m.Data, &metric))
	took, isNumber := metric["ack_time"].(float64)
	r.say("  its time: %v", isNumber && took > 0 && took < float64(patience))
	delete(metric, "ack_time")
	r.say("  %s", sorted(masked("", metric)))
	r.ackSync(taken[0], "+ACK")
	metrics.showQuiet("ack again")
	r.ackSync(taken[1], "+TERM")
	metrics.showQuiet("term")
	r.ackSync(taken[2], "+WPI")
	metrics.showQuiet("in progress")
	r.ackSync(taken[2], "-NAK")
	metrics.showQuiet("nak")
	check(r.nc.PublishRequest(taken[3].Reply, nats.NewInbox(), []byte("+NXT")))
	r.say("ack and next: %v", metrics.next() != nil)
	r.consumer("all", `,"ack_policy":"all","sample_freq":"100"`)
	r.ackSync(r.take("all", 3)[2], "+ACK")
	metrics.showQuiet("ack of all before")
	r.call("CONSUMER.CREATE.$S.n", `{"stream_name":"$S","config":{"name":"n","sample_freq":"x%"}}`)
	r.call("CONSUMER.CREATE.$S.n", `{"stream_name":"$S","config":{"name":"n","sample_freq":"-1"}}`)
	r.consumer("none", `,"sample_freq":"0"`)
	r.ackSync(r.take("none", 1)[0], "+ACK")
	metrics.showQuiet("sampled never")
}

// audited prints the next audit: the members in order, who asked, what, and what the answer was.
func (in *inbox) audited(what string) {
	m := in.next()
	if m == nil {
		in.r.say("%s: none", what)
		return
	}
	var audit struct {
		Type     string         `json:"type"`
		Client   map[string]any `json:"client"`
		Subject  string         `json:"subject"`
		Request  string         `json:"request"`
		Response string         `json:"response"`
	}
	check(json.Unmarshal(m.Data, &audit))
	in.r.say("%s: %s [%s]", what, m.Subject, strings.Join(memberOrder(m.Data), " "))
	in.r.say("  %s %s %q", audit.Type, shortened(audit.Subject), audit.Request)
	in.r.say("  %s", answer([]byte(audit.Response)))
	client := audit.Client
	_, err := time.Parse(time.RFC3339Nano, fmt.Sprint(client["start"]))
	in.r.say("  started at a time: %v, has an id: %v", err == nil, client["id"] != nil)
	for _, left := range []string{"start", "id", "rtt", "server", "ver"} {
		delete(client, left)
	}
	in.r.say("  by %s", sorted(client))
}

func advisoryAudit(r *run) {
	audits := r.listen("$JS.EVENT.ADVISORY.API")
	r.quietly("STREAM.CREATE.$S", `{"name":"$S","subjects":["$P.>"]}`)
	audits.audited("a stream")
	r.call("STREAM.INFO.NO_SUCH", "")
	audits.audited("an error")
	r.call("STREAM.NAMES", `{"offset":`)
	audits.audited("nonsense")
	check(r.nc.Publish("$JS.API.STREAM.NAMES", []byte(`{"subject":"no.such"}`)))
	audits.audited("without a reply")
	r.quietly("CONSUMER.CREATE.$S.c", `{"stream_name":"$S","config":{"durable_name":"c"}}`)
	audits.audited("a consumer")
	r.quietly("CONSUMER.DELETE.$S.c", "")
	audits.audited("it goes")
}

func advisoryAuditNotAll(r *run) {
	r.stream(`,"allow_direct":true`)
	r.publish("a")
	audits := r.listen("$JS.EVENT.ADVISORY.API")
	r.consumer("c", "")
	audits.behind("CONSUMER.CREATE." + r.s)
	r.take("c", 1)
	audits.showQuiet("a pull")
	must(r.request("$JS.API.DIRECT.GET."+r.s, []byte(`{"seq":1}`)))
	audits.showQuiet("a direct get")
	r.quietly("CONSUMER.RESET.$S.c", "")
	audits.showQuiet("a reset")
	r.unanswered("NO.SUCH.CALL", "")
	audits.showQuiet("an unknown call")
}
