// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand"
	"regexp"
	"sort"
	"time"

	"github.com/nats-io/nats.go"
)

// What an archive holds is not compared, only how it comes and what is there after it is restored.
var snapshotCases = []testCase{
	{"snapshot-refused", plain, snapshotRefused},
	{"snapshot-small", plain, snapshotSmall},
	{"snapshot-window", plain, snapshotWindow},
	{"snapshot-no-interest", plain, snapshotNoInterest},
	{"restore-refused", plain, restoreRefused},
	{"restore-messages", plain, restoreMessages},
	{"restore-consumers", plain, restoreConsumers},
	{"restore-config", plain, restoreConfig},
	{"restore-broken", plain, restoreBroken},
	{"restore-stalled", plain, restoreStalled},
	{"restore-after-restart", own, restoreAfterRestart},
}

var (
	snapshotAcks    = regexp.MustCompile(`(\$JS\.SNAPSHOT\.ACK\.[^.]+)\.[0-9A-Za-z]{22}\.`)
	restoreSubjects = regexp.MustCompile(`(\$JS\.SNAPSHOT\.RESTORE\.[^."]+)\.[0-9A-Za-z]{22}`)
)

// snapshot takes an archive of the stream of the case, as the public tools do.
func (r *run) snapshot(members string) (archive []byte, answered []byte) {
	in := r.listen(nats.NewInbox())
	body := fmt.Sprintf(`{"deliver_subject":%q%s}`, in.subject, members)
	answered = r.quietly("STREAM.SNAPSHOT.$S", body)
	for {
		m := in.next()
		if m == nil {
			panic(caseFailure{"the archive did not end"})
		}
		if len(m.Data) == 0 {
			check(in.sub.Unsubscribe())
			return archive, answered
		}
		archive = append(archive, m.Data...)
		if m.Reply != "" {
			check(m.Respond(nil))
		}
	}
}

// beginRestore asks for a restore and answers where the archive has to be sent.
func (r *run) beginRestore(config, state any) string {
	body := must(json.Marshal(map[string]any{"config": config, "state": state}))
	data := must(r.request(r.named("$JS.API.STREAM.RESTORE.$S"), body))
	r.say("restore: %s", restoreSubjects.ReplaceAllString(answer(data), "$1.<id>"))
	return field(data, "deliver_subject")
}

// send sends an archive in chunks, and answers what the last, empty one brings.
func (r *run) send(subject string, archive []byte) []byte {
	for at := 0; at < len(archive); at += 64 << 10 {
		chunk := archive[at:min(len(archive), at+64<<10)]
		m := must(r.nc.Request(subject, chunk, patience))
		if len(m.Data) > 0 {
			r.say("chunk: %s", answer(m.Data))
		}
	}
	return must(r.nc.Request(subject, nil, patience)).Data
}

// restore restores an archive with what the snapshot answered, and prints the answers.
func (r *run) restore(archive, snapshot []byte) {
	var told struct {
		Config map[string]any `json:"config"`
		State  map[string]any `json:"state"`
	}
	check(json.Unmarshal(snapshot, &told))
	subject := r.beginRestore(told.Config, told.State)
	if subject != "" {
		r.say("restored: %s", answer(r.send(subject, archive)))
	}
}

func snapshotRefused(r *run) {
	r.call("STREAM.SNAPSHOT.$S", "")
	r.call("STREAM.SNAPSHOT.$S", "{}")
	r.call("STREAM.SNAPSHOT.$S", `{"deliver_subject":"x"}`)
	r.call("STREAM.SNAPSHOT.$S", `{"deliver_subject":`)
	r.stream("")
	r.call("STREAM.SNAPSHOT.$S", "")
	r.call("STREAM.SNAPSHOT.$S", "{}")
	r.call("STREAM.SNAPSHOT.$S", `{"deliver_subject":`)
	r.call("STREAM.SNAPSHOT.$S", `{"no_consumers":true}`)
	r.call("STREAM.SNAPSHOT.$S", `{"deliver_subject":""}`)
	r.call("STREAM.SNAPSHOT.$S", `{"deliver_subject":"a.*"}`)
	r.call("STREAM.SNAPSHOT.$S", `{"deliver_subject":"a.>"}`)
	r.call("STREAM.SNAPSHOT.$S", `{"deliver_subject":"a..b"}`)
	r.call("STREAM.SNAPSHOT.$S", `{"deliver_subject":"a b"}`)
	r.call("STREAM.SNAPSHOT.$S", `{"deliver_subject":"a","chunk_size":"x"}`)
	r.call("STREAM.SNAPSHOT.$S", `{"deliver_subject":"a","other":1}`)
	r.unanswered("STREAM.SNAPSHOT", "")
	r.unanswered("STREAM.SNAPSHOT.$S.x", "")
}

func snapshotSmall(r *run) {
	for _, config := range []string{"", `,"storage":"memory"`} {
		advisories := r.listen("$JS.EVENT.ADVISORY.STREAM.>")
		r.stream(config)
		advisories.behind("STREAM.CREATED." + r.s)
		r.snapshotShown("empty", "")
		r.publish("a", "b", "c", "d")
		r.quietly("STREAM.MSG.DELETE.$S", `{"seq":2}`)
		r.consumer("c", "")
		r.consumer("d", "")
		r.snapshotShown("two consumers", "")
		r.snapshotShown("no consumers", `,"no_consumers":true,"jsck":true`)
		r.quietly("STREAM.PURGE.$S", "")
		r.snapshotShown("purged", "")
		for range 4 {
			for range 2 {
				m := advisories.next()
				r.say("advisory %s %s", m.Subject, answer(m.Data))
			}
		}
		check(advisories.sub.Unsubscribe())
		r.quietly("STREAM.DELETE.$S", "")
	}
}

// snapshotShown prints a snapshot that fits into one chunk.
func (r *run) snapshotShown(what, members string) {
	in := r.listen(nats.NewInbox())
	body := r.named(fmt.Sprintf(`{"deliver_subject":%q%s}`, in.subject, members))
	r.say("%s: %s", what, answer(must(r.request(r.named("$JS.API.STREAM.SNAPSHOT.$S"), []byte(body)))))
	m := in.next()
	r.say("a chunk: %t, reply %q, headers %v", len(m.Data) > 50, m.Reply, m.Header)
	m = in.next()
	r.say("end: %d bytes, reply %q, headers %v", len(m.Data), m.Reply, m.Header)
	in.showQuiet("then")
	check(in.sub.Unsubscribe())
}

// noise publishes messages that no compression makes smaller.
func (r *run) noise(count int) {
	random := rand.New(rand.NewSource(1))
	for range count {
		data := make([]byte, 10_000)
		random.Read(data)
		r.stored(&nats.Msg{Subject: r.subject("noise"), Data: data})
	}
}

func snapshotWindow(r *run) {
	r.stream("")
	r.noise(20)
	advisories := r.listen("$JS.EVENT.ADVISORY.STREAM.SNAPSHOT_COMPLETE.>")
	for _, sizes := range []struct {
		members string
		chunk   int
		window  int
	}{
		{`,"chunk_size":2048,"window_size":8192`, 2048, 4},
		{`,"chunk_size":1,"window_size":1`, 1024, 1},
		{`,"chunk_size":4096,"window_size":1024`, 4096, 1},
		{`,"chunk_size":-1,"window_size":-1`, 1024, 1},
		{`,"chunk_size":10000,"window_size":25000`, 10000, 2},
	} {
		r.say("%s", sizes.members)
		in := r.listen(nats.NewInbox())
		r.quietly("STREAM.SNAPSHOT.$S", fmt.Sprintf(`{"deliver_subject":%q%s}`, in.subject, sizes.members))
		var first []*nats.Msg
		for range sizes.window {
			m := in.next()
			first = append(first, m)
			r.say("%d bytes, reply %s", len(m.Data), snapshotAcks.ReplaceAllString(m.Reply, "$1.<id>."))
		}
		in.showQuiet("without an acknowledgement")
		check(first[0].Respond(nil))
		m := in.next()
		r.say("one acknowledged: reply %s", snapshotAcks.ReplaceAllString(m.Reply, "$1.<id>."))
		in.showQuiet("then")
		for _, each := range append(first[1:], m) {
			check(each.Respond([]byte("x")))
		}
		total := (sizes.window + 1) * sizes.chunk
		for {
			m = in.next()
			total += len(m.Data)
			if len(m.Data) == 0 {
				break
			}
			if m.Reply == "" {
				r.say("a last chunk: %t", len(m.Data) < sizes.chunk)
			} else {
				check(m.Respond(nil))
			}
		}
		r.say("end: headers %v, all: %t", m.Header, total > 200_000)
		in.showQuiet("then")
		check(in.sub.Unsubscribe())
		r.say("advisory %s", answer(advisories.next().Data))
	}
	r.say("nobody acknowledges")
	in := r.listen(nats.NewInbox())
	began := time.Now()
	r.quietly("STREAM.SNAPSHOT.$S", fmt.Sprintf(`{"deliver_subject":%q,"chunk_size":1024,"window_size":1024}`, in.subject))
	in.next()
	r.say("%s", r.message(in.within(patience+slack)))
	r.say("%s", between(5*time.Second, time.Since(began)))
	r.say("advisory %s", answer(advisories.next().Data))
}

func snapshotNoInterest(r *run) {
	r.stream("")
	r.noise(3)
	advisories := r.listen("$JS.EVENT.ADVISORY.STREAM.SNAPSHOT_COMPLETE.>")
	r.say("the receiver goes away")
	in := r.listen(nats.NewInbox())
	r.quietly("STREAM.SNAPSHOT.$S", fmt.Sprintf(`{"deliver_subject":%q,"chunk_size":1024,"window_size":1024}`, in.subject))
	in.next()
	check(in.sub.Unsubscribe())
	check(r.nc.Flush())
	r.say("advisory %s", answer(advisories.next().Data))
	r.say("the receiver comes late")
	late := nats.NewInbox()
	r.quietly("STREAM.SNAPSHOT.$S", fmt.Sprintf(`{"deliver_subject":%q}`, late))
	in = r.listen(late)
	r.say("a chunk: %t", len(in.next().Data) > 1024)
	r.say("advisory %s", answer(advisories.next().Data))
	r.say("nobody ever comes")
	began := time.Now()
	r.quietly("STREAM.SNAPSHOT.$S", fmt.Sprintf(`{"deliver_subject":%q}`, nats.NewInbox()))
	r.say("advisory %s", answer(advisories.next().Data))
	r.say("%s", between(2*time.Second, time.Since(began)))
	r.say("the stream goes away")
	in = r.listen(nats.NewInbox())
	r.quietly("STREAM.SNAPSHOT.$S", fmt.Sprintf(`{"deliver_subject":%q,"chunk_size":1024,"window_size":1024}`, in.subject))
	in.next()
	r.quietly("STREAM.DELETE.$S", "")
}

func restoreRefused(r *run) {
	config := `"config":{"name":"$S","subjects":["$P.>"]}`
	r.call("STREAM.RESTORE.$S", "")
	r.call("STREAM.RESTORE.$S", "{}")
	r.call("STREAM.RESTORE.$S", `{"config":`)
	r.call("STREAM.RESTORE.$S", `{"other":1}`)
	r.call("STREAM.RESTORE.$S", `{"config":{"name":"OTHER"}}`)
	r.call("STREAM.RESTORE.$S", `{"config":{"name":"$S","subjects":["a b"]}}`)
	r.call("STREAM.RESTORE.$S", `{"config":{"name":"$S","max_consumers":-7,"retention":"other"}}`)
	r.call("STREAM.RESTORE.$S", `{"config":{"name":"$S","num_replicas":9}}`)
	r.call("STREAM.RESTORE.$S", `{"config":{"name":"$S","subjects":["$JS.>"]}}`)
	r.call(`STREAM.RESTORE.a/b`, `{"config":{"name":"a/b"}}`)
	r.beginRestore(map[string]any{"mirror_direct": true}, map[string]any{})
	r.beginRestore(map[string]any{"num_replicas": 3}, map[string]any{})
	r.call("STREAM.RESTORE.$S", `{"config":{"name":"$S","mirror":{"name":"$S"}}}`)
	r.stream("")
	r.call("STREAM.RESTORE.$S", "{"+config+"}")
	r.call("STREAM.RESTORE.$S", `{"config":{"subjects":["$P.>"]},"state":{"messages":5,"first_seq":1,"last_seq":5}}`)
	r.call("STREAM.RESTORE.$S", `{"config":{"name":"$S","subjects":["a b"]}}`)
	r.call("STREAM.RESTORE.$S", "{"+config+`,"state":{"messages":"x"}}`)
	r.unanswered("STREAM.RESTORE", "")
	r.unanswered("STREAM.RESTORE.$S.x", "")
}

func restoreMessages(r *run) {
	for n, members := range []string{
		`,"allow_msg_ttl":true,"allow_rollup_hdrs":true`,
		`,"storage":"memory","first_seq":7`,
		`,"max_msgs":5`,
		`,"retention":"interest"`,
		`,"retention":"workqueue","allow_direct":true`,
		`,"metadata":{"k":"v"},"description":"d","subject_transform":{"src":"$P.x","dest":"other"}`,
	} {
		r.say("%s", members)
		r.stream(members)
		r.consumer("c", "")
		for i := range 6 {
			r.stored(&nats.Msg{Subject: r.subject(fmt.Sprintf("s%d", i%3)), Data: fmt.Appendf(nil, "m%d", i),
				Header: pairs([]string{"Nats-Msg-Id", fmt.Sprintf("id%d-%d", n, i), "Key", "value"})})
		}
		if n == 0 {
			r.stored(&nats.Msg{Subject: r.subject("ttl"), Header: pairs([]string{"Nats-TTL", "1h"})})
			r.stored(&nats.Msg{Subject: r.subject("s1"), Header: pairs([]string{"Nats-Rollup", "sub"})})
		}
		r.publish("x", "y", "z")
		r.quietly("STREAM.MSG.DELETE.$S", fmt.Sprintf(`{"seq":%d}`, map[bool]int{false: 4, true: 9}[n == 1 || n == 2]))
		if n == 2 {
			r.quietly("STREAM.PURGE.$S", `{"filter":"$P.z"}`)
		}
		before := r.everything()
		archive, told := r.snapshot("")
		advisories := r.listen("$JS.EVENT.ADVISORY.STREAM.*." + r.s)
		r.quietly("STREAM.DELETE.$S", "")
		advisories.behind("STREAM.DELETED")
		r.restore(archive, told)
		var heard []string // the public server tells of the stream before or after the end of its restore
		for range 3 {
			if m := advisories.next(); m != nil {
				heard = append(heard, m.Subject+" "+withoutBytes(answer(m.Data)))
			}
		}
		sort.Strings(heard)
		for _, each := range heard {
			r.say("advisory %s", each)
		}
		advisories.showQuiet("then")
		r.state("state", r.s)
		after := r.everything()
		r.say("the same messages: %t", before == after)
		if before != after {
			r.say("before %s", before)
			r.say("after %s", after)
		}
		r.pubAck("known id", "s2", "again", "Nats-Msg-Id", fmt.Sprintf("id%d-%d", n, 5))
		r.pubAck("new", "s2", "more")
		r.settled("c", r.messageCount())
		r.consumerState("consumer", "c")
		r.quietly("STREAM.DELETE.$S", "")
		check(advisories.sub.Unsubscribe())
	}
}

var byteCounts = regexp.MustCompile(`"bytes":\d+`)

// messageCount answers how many messages the stream holds.
func (r *run) messageCount() int {
	var info struct {
		State struct {
			Messages int `json:"messages"`
		} `json:"state"`
	}
	check(json.Unmarshal(r.quietly("STREAM.INFO.$S", ""), &info))
	return info.State.Messages
}

// withoutBytes hides how long an archive is.
func withoutBytes(text string) string { return byteCounts.ReplaceAllString(text, `"bytes":<n>`) }

// everything is all messages of the stream, with sequences, times, headers and payloads.
func (r *run) everything() string {
	var all bytes.Buffer
	for seq := 1; ; {
		data := must(r.request(r.named("$JS.API.STREAM.MSG.GET.$S"), fmt.Appendf(nil, `{"seq":%d,"next_by_subj":">"}`, seq)))
		var got struct {
			Message *struct {
				Seq int `json:"seq"`
			} `json:"message"`
		}
		check(json.Unmarshal(data, &got))
		if got.Message == nil {
			return all.String()
		}
		all.Write(data)
		all.WriteByte('\n')
		seq = got.Message.Seq + 1
	}
}

func restoreConsumers(r *run) {
	r.stream("")
	r.publish("a", "b", "a", "b", "a", "b", "a", "b", "a", "b", "a", "b")
	r.consumer("fresh", "")
	r.consumer("half", `,"max_ack_pending":50,"metadata":{"k":"v"}`)
	r.consumer("filtered", `,"filter_subject":"$P.b"`)
	r.consumer("waits", `,"ack_wait":2000000000,"max_deliver":5`)
	r.consumer("all", `,"ack_policy":"all"`)
	r.consumer("none", `,"ack_policy":"none"`)
	r.consumer("starts", `,"deliver_policy":"by_start_sequence","opt_start_seq":9`)
	r.consumer("new", `,"deliver_policy":"new"`)
	r.quietly("CONSUMER.CREATE.$S.push", `{"stream_name":"$S","config":{"durable_name":"push","ack_policy":"explicit","deliver_subject":"$P-push"}}`)
	r.quietly("CONSUMER.CREATE.$S.ephemeral", `{"stream_name":"$S","config":{"name":"ephemeral","ack_policy":"explicit","inactive_threshold":60000000000}}`)
	half := r.take("half", 7)
	for _, acked := range []int{0, 1, 3, 5} {
		r.ackSync(half[acked], "+ACK")
	}
	filtered := r.take("filtered", 3)
	r.ackSync(filtered[1], "+ACK")
	r.take("waits", 3)
	r.take("waits", 2)
	all := r.take("all", 6)
	r.ackSync(all[3], "+ACK")
	r.take("none", 4)
	r.take("ephemeral", 2)
	names := []string{"fresh", "half", "filtered", "waits", "all", "none", "starts", "new", "push", "ephemeral"}
	archive, told := r.snapshot("")
	without, toldWithout := r.snapshot(`,"no_consumers":true`)
	for _, name := range names {
		r.consumerState("before "+name, name)
	}
	r.quietly("STREAM.DELETE.$S", "")
	r.restore(archive, told)
	r.call("CONSUMER.NAMES.$S", "")
	for _, name := range names {
		r.consumerState("after "+name, name)
		if name != "push" {
			r.say("config %s", answer(r.quietly("CONSUMER.INFO.$S."+name, "")))
		}
	}
	r.ackSync(half[2], "+ACK")
	r.consumerState("acked after", "half")
	in := r.pull("half", `{"batch":3,"expires":3000000000}`)
	in.show("half goes on", 3)
	in = r.pull("filtered", `{"batch":2,"expires":3000000000}`)
	in.show("filtered goes on", 2)
	for _, m := range r.take("waits", 3) {
		r.say("again %s", deliveries(m))
	}
	r.quietly("STREAM.DELETE.$S", "")
	r.restore(without, toldWithout)
	r.call("CONSUMER.NAMES.$S", "")
}

// deliveries prints which message was delivered how often.
func deliveries(m *nats.Msg) string {
	meta := must(m.Metadata())
	return fmt.Sprintf("%d: delivery %d", meta.Sequence.Stream, meta.NumDelivered)
}

func restoreConfig(r *run) {
	r.stream("")
	r.publish("a", "b", "c", "a", "b", "c")
	r.consumer("c", "")
	archive, told := r.snapshot("")
	var config struct {
		Config map[string]any `json:"config"`
		State  map[string]any `json:"state"`
	}
	check(json.Unmarshal(told, &config))
	r.quietly("STREAM.DELETE.$S", "")
	for n, change := range []map[string]any{
		{"max_msgs": 2},
		{"max_msgs": 2, "discard": "new"},
		{"max_msgs_per_subject": 1},
		{"storage": "memory"},
		{"subjects": []string{"elsewhere"}},
		{"num_replicas": 3},
		{"retention": "interest"},
		{"max_msg_size": 0},
		{"retention": "workqueue"},
		{"first_seq": 100},
		{"max_consumers": 0},
		{"sealed": true},
	} {
		changed := map[string]any{}
		for k, v := range config.Config {
			changed[k] = v
		}
		for k, v := range change {
			changed[k] = v
		}
		r.say("%s", sorted(change))
		r.s = fmt.Sprintf("%s_AS_%d", r.base, n)
		changed["name"] = r.s
		subject := r.beginRestore(changed, map[string]any{})
		if subject == "" {
			continue
		}
		restored := r.send(subject, archive)
		r.say("restored: %s", answer(restored))
		if errorCode(restored) == "0" { // the public server leaves a part of what it could not restore
			r.stateIfThere()
		}
		r.removeIfThere()
	}
}

// stateIfThere prints the state of a stream that may not be there.
func (r *run) stateIfThere() {
	var info struct {
		State map[string]any `json:"state"`
		Error map[string]any `json:"error"`
	}
	check(json.Unmarshal(must(r.request(r.named("$JS.API.STREAM.INFO.$S"), nil)), &info))
	r.say("there: %s %s", sorted(masked("", info.State)), sorted(info.Error))
}

func (r *run) removeIfThere() {
	must(r.request(r.named("$JS.API.STREAM.DELETE.$S"), nil))
}

func restoreBroken(r *run) {
	r.stream("")
	r.noise(5)
	archive, told := r.snapshot("")
	var config struct {
		Config map[string]any `json:"config"`
		State  map[string]any `json:"state"`
	}
	check(json.Unmarshal(told, &config))
	r.quietly("STREAM.DELETE.$S", "")
	begin := func(what string) string {
		r.say("%s", what)
		return r.beginRestore(config.Config, config.State)
	}
	subject := begin("nothing at all")
	r.say("end: %s", answer(must(r.nc.Request(subject, nil, patience)).Data))
	_, err := r.nc.Request(subject, nil, patience)
	r.say("after the end: %v", err)
	subject = begin("no archive")
	r.say("end: %s", answer(r.send(subject, []byte("this is no archive at all"))))
	r.stateIfThere()
	subject = begin("an empty archive")
	r.say("end: %s", answer(r.send(subject, archive[:10])))
	r.stateIfThere()
	damaged := bytes.Clone(archive)
	damaged[len(damaged)/2] ^= 1
	subject = begin("damaged")
	r.say("end: %s", errorCode(r.send(subject, damaged)))
	r.removeIfThere()
	subject = begin("a chunk without a reply")
	advisories := r.listen("$JS.EVENT.ADVISORY.STREAM.RESTORE_COMPLETE." + r.s)
	check(r.nc.Publish(subject, archive[:100]))
	r.say("advisory %s", withoutBytes(answer(advisories.next().Data)))
	_, err = r.nc.Request(subject, archive[:100], patience)
	r.say("afterwards: %v", err)
	subject = begin("another stream has the subjects")
	r.quietly("STREAM.CREATE.C_OTHER", `{"name":"C_OTHER","subjects":["$P.noise"]}`)
	r.say("end: %s", answer(r.send(subject, archive)))
	r.quietly("STREAM.DELETE.C_OTHER", "")
	r.stateIfThere()
	subject = begin("more than an archive")
	r.say("end: %s", answer(r.send(subject, append(bytes.Clone(archive), archive...))))
	r.stateIfThere()
	r.removeIfThere()
	m, err := r.nc.Request(r.named("$JS.SNAPSHOT.RESTORE.$S.AAAAAAAAAAAAAAAAAAAAAA"), []byte("x"), patience)
	r.say("no restore: %v %v", m != nil, err)
}

// errorCode prints the code of the error of an answer, whose words are those of a decoder.
func errorCode(data []byte) string {
	var got struct {
		Error struct {
			ErrCode int `json:"err_code"`
		} `json:"error"`
	}
	check(json.Unmarshal(data, &got))
	return fmt.Sprint(got.Error.ErrCode)
}

func restoreStalled(r *run) {
	r.stream("")
	r.noise(5)
	archive, told := r.snapshot("")
	var config struct {
		Config map[string]any `json:"config"`
		State  map[string]any `json:"state"`
	}
	check(json.Unmarshal(told, &config))
	advisories := r.listen("$JS.EVENT.ADVISORY.STREAM.*." + r.s)
	r.quietly("STREAM.DELETE.$S", "")
	advisories.behind("STREAM.DELETED")
	subject := r.beginRestore(config.Config, config.State)
	r.say("advisory %s", answer(advisories.next().Data))
	m := must(r.nc.Request(subject, archive[:5], patience))
	r.say("chunk: %q %v", m.Data, m.Header)
	began := time.Now()
	r.say("advisory: %s", r.message(advisories.within(5*time.Second+300*time.Millisecond)))
	_, err := r.nc.Request(subject, archive[5:100], patience)
	r.say("late chunk: %v, %s", err, between(5*time.Second, time.Since(began)))
	advisories.showQuiet("advisory")
	r.stateIfThere()
	r.restore(archive, told)
	r.state("after all", r.s)
}

func restoreAfterRestart(r *run) {
	r.stream(`,"allow_direct":true`)
	r.noise(30)
	r.consumer("c", "")
	taken := r.take("c", 5)
	r.ackSync(taken[0], "+ACK")
	before := r.everything()
	archive, told := r.snapshot("")
	r.quietly("STREAM.DELETE.$S", "")
	r.restore(archive, told)
	// the public server writes a consumer's state behind its answer: a stop waits for that
	for _, how := range []string{"@restart", "@kill"} {
		_, back := r.reconnecting()
		r.ask(how)
		waitFor("reconnect", back)
		r.nc = r.connect()
		r.state("behind "+how, r.s)
		r.say("the same messages: %t", before == r.everything())
		r.consumerState("consumer", "c")
	}
}
