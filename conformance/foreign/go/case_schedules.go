// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

var scheduleCases = []testCase{
	{"schedule-patterns", plain, schedulePatterns},
	{"schedule-zones", plain, scheduleZones},
	{"schedule-errors", plain, scheduleErrors},
	{"schedule-disabled", plain, scheduleDisabled},
	{"schedule-once", plain, scheduleOnce},
	{"schedule-every", plain, scheduleEvery},
	{"schedule-cron", plain, scheduleCron},
	{"schedule-source", plain, scheduleSource},
	{"schedule-rollup", plain, scheduleRollup},
	{"schedule-cancel", plain, scheduleCancel},
	{"schedule-other-schedule", plain, scheduleOtherSchedule},
	{"schedule-transform", plain, scheduleTransform},
	{"schedule-mirror", plain, scheduleMirror},
	{"schedule-config", plain, scheduleConfig},
	{"schedule-restart", own, scheduleRestart},
	{"schedule-kill", own, scheduleKill},
}

func (r *run) schedules(extra string) {
	r.stream(`,"allow_msg_schedules":true,"allow_direct":true` + extra)
}

// scheduled publishes a schedule for the subject t of the case, and prints the answer.
func (r *run) scheduled(what, tokens, payload, pattern string, header ...string) {
	r.pubAck(what, tokens, payload, append([]string{"Nats-Schedule", pattern, "Nats-Schedule-Target", r.subject("t")}, header...)...)
}

func in(delay time.Duration) string {
	// all digits, so that it is of one length
	return "@at " + time.Now().Add(delay).UTC().Format("2006-01-02T15:04:05.000000000Z07:00")
}

var dueTimes = regexp.MustCompile(`Nats-Schedule(|-Next): (@at )?[0-9]{4}-[^ ,}]*`)

// made prints the last message of a subject, with times masked.
func (r *run) made(what, tokens string) {
	r.say("%s: %s", what, r.lastOf(tokens))
}

func (r *run) lastOf(tokens string) string {
	m := must(r.nc.Request(r.named("$JS.API.DIRECT.GET.$S.")+r.subject(tokens), nil, patience))
	m.Subject = "inbox"
	return dueTimes.ReplaceAllString(r.message(m), "Nats-Schedule$1: $2<time>")
}

func (r *run) lastSeq() uint64 {
	return must(must(r.js.Stream(r.ctx, r.s)).Info(r.ctx)).State.LastSeq
}

func (r *run) untilSeq(seq uint64) {
	deadline := time.Now().Add(2 * patience)
	for r.lastSeq() < seq {
		if time.Now().After(deadline) {
			panic(caseFailure{fmt.Sprintf("never came: %d", seq)})
		}
		<-time.After(10 * time.Millisecond)
	}
}

// accepted says for each pattern whether the stream takes it; with a time zone unless it is "-".
func (r *run) accepted(patterns []string, zone string) {
	for _, pattern := range patterns {
		header := []string{"Nats-Schedule", pattern, "Nats-Schedule-Target", r.subject("t")}
		if zone != "-" {
			header = append(header, "Nats-Schedule-Time-Zone", zone)
		}
		m := &nats.Msg{Subject: r.subject("p"), Header: pairs(header)}
		var ack struct {
			Error *struct {
				Code int `json:"err_code"`
			} `json:"error"`
		}
		reply := must(r.nc.RequestMsg(m, patience))
		check(json.Unmarshal(reply.Data, &ack))
		verdict := "taken"
		if ack.Error != nil {
			verdict = fmt.Sprint(ack.Error.Code)
		}
		r.say("%q in %q: %s", pattern, zone, verdict)
	}
}

func schedulePatterns(r *run) {
	r.schedules("")
	r.accepted([]string{
		"* * * * * *", "? ? ? ? ? ?", "0 0 0 1 1 *", "*/15 * * * * *", "10/15 * * * * *", "0-30/7 * * * * *",
		"5,10,15 * * * * *", ",5,,10, * * * * *", "0 0 9 * * MON-FRI", "0 0 9 * * mon-fri", "0 0 9 * * Mon,wEd",
		"0 0 9 * * fri-mon", "0 0 9 * * 7", "0 0 9 * * 0", "0 0 9 * * -1", "0 0 9 1 jan *", "0 0 9 1 JAN-MAR/2 *",
		"0 0 9 1 13 *", "0 0 9 1 0 *", "0 0 9 0 * *", "0 0 9 31 * *", "0 0 9 32 * *", "0 0 9 30 2 *", "0 0 9 29 2 *",
		"0 0 9 13 * FRI", "0 0 9 ? * MON", "0 0 24 * * *", "0 60 * * * *", "60 * * * * *", "*/0 * * * * *",
		"*/1 * * * * *", "*/99 * * * * *", "*/9223372036854775807 * * * * *", "*/9223372036854775808 * * * * *",
		"*/-1 * * * * *", "*/+2 * * * * *", "+5 * * * * *", "-5 * * * * *", "005 * * * * *", "5- * * * * *",
		"5-- * * * * *", "5-6-7 * * * * *", "*-5 * * * * *", "*-foo-bar * * * * *", "5-+7 * * * * *", "** * * * * *",
		"5/2/3 * * * * *", "/5 * * * * *", "5/ * * * * *", "/ * * * * *", "1.5 * * * * *", "1_0 * * * * *",
		"0x5 * * * * *", "٣ * * * * *", "L * * * * *", "0 0 0 L * *", "0 0 0 15W * *", "0 0 0 * * 1#2", "H * * * * *",
		"jan * * * * *", "0 0 0 1 january *", "0 0 0 * * monday", "* * * * *", "* * * * * * *", "*   *  * * *    *",
		"*\t*\v*\f*\u00a0*\u3000*", "@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly",
		"@Hourly", "@reboot", "@minutely", "@every 1s", "@every 999ms", "@every 1000ms", "@every 1.5s",
		"@every 1m30s", "@every  1s", "@every", "@every 0", "@every 5", "@every -5s", "@every +5s", "@every 1h1h",
		"@every 1d", "@EVERY 1s", "@at 2126-03-01T13:00:00Z", "@at 2126-03-01T13:00:00.5Z",
		"@at 2126-03-01T13:00:00,5Z", "@at 2126-03-01T13:00:00.123456789123Z", "@at 2126-03-01T13:00:00+02:00",
		"@at 2126-03-01T13:00:00+0200", "@at 2126-03-01T13:00:00", "@at 2126-03-01 13:00:00Z",
		"@at 2126-3-1T13:00:00Z", "@at 2126-03-01T3:00:00Z", "@at 2126-03-01t13:00:00z", "@at 2126-02-29T13:00:00Z",
		"@at 2126-03-01T24:00:00Z", "@at 2126-03-01T23:59:60Z", "@at  2126-03-01T13:00:00Z",
		"@at 0001-01-01T00:00:00Z", "@at tomorrow", "@at", "invalid", "",
	}, "-")
}

func scheduleZones(r *run) {
	r.schedules("")
	for _, zone := range []string{"UTC", "Europe/Berlin"} {
		r.accepted([]string{"0 0 9 * * *", "@daily", "@every 5s", "@at 2126-03-01T13:00:00Z", "invalid", ""}, zone)
	}
	for _, zone := range []string{
		"", "Nowhere/City", "europe/berlin", "Europe", "+01:00", "GMT+2", "UTC+1", "Z", "EST", "MST", "HST", "ROC",
		"EST5EDT", "GMT0", "GMT+0", "GMT-0", "Etc/GMT+5", "Zulu", "../etc/passwd", "/etc/localtime", "SystemV/EST5",
		"CST", "PST", "utc", "W-SU", "US/Pacific", "Local", "a b",
	} {
		r.accepted([]string{"0 0 9 * * *"}, zone)
	}
	r.pubAck("a zone alone", "a", "", "Nats-Schedule-Time-Zone", "UTC")
	r.pubAck("a wrong one alone", "a", "", "Nats-Schedule-Time-Zone", "Nowhere")
}

func scheduleErrors(r *run) {
	r.schedules("")
	far := "@every 1000h"
	target := []string{"Nats-Schedule-Target", r.subject("t")}
	one := func(what string, header ...string) {
		r.pubAck(what, "a", "x", append([]string{"Nats-Schedule", far}, header...)...)
	}
	with := func(what string, header ...string) { one(what, append(target, header...)...) }
	one("no target")
	for _, wrong := range []string{"", "*", "other", "$P.*", "$P.>", "$P.a", "$P..b", "$P.a b", "$P."} {
		one("target "+wrong, "Nats-Schedule-Target", r.named(wrong))
	}
	for _, wrong := range []string{"*", "other", "$P.*", "$P.a", "$P.t", "$P..b"} {
		with("source "+wrong, "Nats-Schedule-Source", r.named(wrong))
	}
	for _, ttl := range []string{"1s", "never", "0", "0s", "-1", "x", "500ms", "10", ""} {
		with("ttl "+ttl, "Nats-Schedule-TTL", ttl)
	}
	for _, rollup := range []string{"sub", "all", "SUB", "x", ""} {
		with("rollup of what is made "+rollup, "Nats-Schedule-Rollup", rollup)
		with("rollup "+rollup, "Nats-Rollup", rollup)
	}
	r.pubAck("everything wrong", "a", "x", "Nats-Schedule", "x", "Nats-Schedule-Time-Zone", "x", "Nats-Schedule-TTL", "x",
		"Nats-Schedule-Rollup", "x", "Nats-Schedule-Target", "*", "Nats-Schedule-Source", "*", "Nats-Rollup", "x")
	with("ttl and rollup", "Nats-Schedule-TTL", "x", "Nats-Schedule-Rollup", "x")
	with("rollup and ttl switched off", "Nats-Schedule-TTL", "1s", "Nats-Schedule-Rollup", "x")
	one("ttl switched off and target", "Nats-Schedule-TTL", "1s", "Nats-Schedule-Target", "*")
	one("target and source", "Nats-Schedule-Source", "*", "Nats-Schedule-Target", "*")
	one("source and target of another stream", "Nats-Schedule-Source", "*", "Nats-Schedule-Target", "other")
	one("both of another stream", "Nats-Schedule-Source", "another", "Nats-Schedule-Target", "other")
	with("sequence and pattern", "Nats-Expected-Last-Sequence", "77", "Nats-Schedule-Source", "*")
	with("source header", "Nats-Stream-Source", "x", "Nats-Schedule-TTL", "x")
	r.pubAck("no pattern", "a", "x", "Nats-Schedule", "", "Nats-Schedule-Target", "*")
	r.state("at the end", r.s)
}

func scheduleDisabled(r *run) {
	r.stream("")
	r.pubAck("well formed", "a", "", "Nats-Schedule", "@every 1h", "Nats-Schedule-Target", r.subject("t"))
	r.pubAck("malformed", "a", "", "Nats-Schedule", "x")
	r.pubAck("empty", "a", "", "Nats-Schedule", "")
	r.pubAck("zero", "a", "", "Nats-Schedule", "@at 0001-01-01T00:00:00Z")
	r.pubAck("zone", "a", "", "Nats-Schedule-Time-Zone", "x")
	r.pubAck("good zone", "a", "", "Nats-Schedule-Time-Zone", "UTC")
	r.pubAck("target", "a", "", "Nats-Schedule-Target", "x")
	r.pubAck("end", "a", "", "Nats-Schedule-Next", "purge", "Nats-Scheduler", r.subject("b"))
	r.pubAck("end without scheduler", "a", "", "Nats-Schedule-Next", "purge")
	r.pubAck("scheduler", "a", "", "Nats-Scheduler", r.subject("b"))
}

func scheduleOnce(r *run) {
	for _, storage := range []string{"file", "memory"} {
		r.schedules(`,"allow_msg_ttl":true,"storage":"` + storage + `"`)
		began := time.Now()
		r.scheduled("published", "a", "later", in(2*time.Second), "Key", "v", "Key", "w", "Other", "o",
			"Nats-Schedule-TTL", "1m", "Nats-TTL", "10m", "Nats-Msg-Id", "m"+storage, "Nats-Expected-Last-Sequence", "0",
			"Nats-Expected-Stream", r.s, "Nats-Rollup", "sub")
		r.made("stored", "a")
		r.made("not made yet", "t")
		r.untilSeq(2)
		r.say("made %s", between(1950*time.Millisecond, time.Since(began)))
		r.made("made", "t")
		r.made("the schedule", "a")
		r.state("at the end", r.s)
		r.scheduled("due long ago", "b", "", "@at 1970-01-01T00:00:00Z")
		r.untilSeq(4)
		r.made("made", "t")
		r.quietly("STREAM.DELETE.$S", "")
	}
}

// showTimes prints how the times of a row of made messages lie to each other and to the clock. A busy
// machine may leave some out, which are then not made up for.
func (r *run) showTimes(what string, least time.Duration, first, last uint64) {
	var before time.Time
	for seq := first; seq <= last; seq++ {
		m := must(must(r.js.Stream(r.ctx, r.s)).GetMsg(r.ctx, seq))
		text := m.Header.Get("Nats-Schedule-Next")
		next := must(time.Parse(time.RFC3339Nano, text))
		ahead := next.Sub(m.Time)
		step := next.Sub(before)
		if before.IsZero() {
			step = least
		}
		before = next
		r.say("%s: %s, step %v, ahead %v, whole seconds %v, zone %s", what, m.Subject,
			step >= least && step%least == 0 && step <= least+slack, ahead > 0 && ahead <= least+slack,
			next.Nanosecond() == 0, zoneOf(text))
	}
}

func zoneOf(text string) string {
	if strings.HasSuffix(text, "Z") {
		return "Z"
	}
	return text[len(text)-6:]
}

func scheduleEvery(r *run) {
	r.schedules("")
	r.scheduled("published", "a", "again", "@every 1s", "Key", "v")
	r.untilSeq(4)
	m := must(must(r.js.Stream(r.ctx, r.s)).GetMsg(r.ctx, 4))
	r.say("made: %s %s", dueTimes.ReplaceAllString(headers(nats.Header(m.Header)), "Nats-Schedule$1: <time>"), m.Data)
	r.showTimes("row", time.Second, 2, 4)
	r.quietly("STREAM.PURGE.$S", `{"filter":"$P.a"}`)
	seq := r.lastSeq()
	<-time.After(1300 * time.Millisecond)
	r.say("goes on %v", r.lastSeq() > seq)
}

func scheduleCron(r *run) {
	r.schedules("")
	r.scheduled("published", "a", "x", "* * * * * *")
	r.untilSeq(4)
	r.showTimes("each second", time.Second, 2, 4)
	r.quietly("STREAM.DELETE.$S", "")
	r.schedules("")
	r.scheduled("published", "a", "x", "*/2 * * * * *", "Nats-Schedule-Time-Zone", "Asia/Kolkata")
	r.untilSeq(3)
	r.showTimes("each other second", 2*time.Second, 2, 3)
}

func scheduleSource(r *run) {
	r.schedules("")
	r.scheduled("without one", "a", "own", in(500*time.Millisecond), "Nats-Schedule-Source", r.subject("s"), "Key", "own")
	r.untilSeq(2)
	r.made("made", "t")
	r.pubAck("source", "s", "first", "Key", "v")
	r.pubAck("source", "s", "second", "Key", "w", "Nats-Msg-Id", "m", "Nats-Expected-Last-Sequence", "3", "Nats-Rollup", "sub",
		"Nats-Schedule-Next", "purge", "Nats-Scheduler", r.subject("none"))
	r.scheduled("with one", "a", "own", in(500*time.Millisecond), "Nats-Schedule-Source", r.subject("s"), "Key", "own")
	r.untilSeq(6)
	r.made("made", "t")
	r.state("at the end", r.s)
}

func scheduleRollup(r *run) {
	r.schedules("")
	r.pubAck("before", "t", "1")
	r.pubAck("before", "t", "2")
	r.scheduled("published", "a", "x", in(1500*time.Millisecond), "Nats-Schedule-Rollup", "sub")
	r.scheduled("published again", "a", "y", in(2*time.Second), "Nats-Schedule-Rollup", "sub")
	r.state("one schedule", r.s)
	r.untilSeq(5)
	r.made("made", "t")
	r.state("at the end", r.s)
}

func scheduleCancel(r *run) {
	r.schedules("")
	far := "@every 1000h"
	r.pubAck("a message", "n", "normal")
	r.scheduled("a schedule", "a", "x", far)
	for _, each := range [][]string{
		{"Nats-Schedule-Next", "purge"}, {"Nats-Schedule-Next", "purge", "Nats-Scheduler", ""},
		{"Nats-Schedule-Next", "purge", "Nats-Scheduler", r.subject("*")}, {"Nats-Schedule-Next", "purge", "Nats-Scheduler", r.subject("x")},
		{"Nats-Schedule-Next", "PURGE", "Nats-Scheduler", r.subject("a")},
		{"Nats-Schedule-Next", "2126-03-01T13:00:00Z", "Nats-Scheduler", r.subject("a")},
		{"Nats-Schedule-Next", "purge", "Nats-Scheduler", r.subject("n")}, {"Nats-Scheduler", r.subject("a")},
		{"Nats-Schedule-Next", "", "Nats-Scheduler", r.subject("a")}, {"Nats-Schedule-Next", ""},
		{"Nats-Schedule-Next", "purge", "Nats-Scheduler", "elsewhere"},
	} {
		r.pubAck(strings.Join(each, " "), "x", "", each...)
	}
	r.state("it is there", r.s)
	r.pubAck("expected", "x", "", "Nats-Schedule-Next", "purge", "Nats-Scheduler", r.subject("none"),
		"Nats-Expected-Last-Subject-Sequence", "1", "Nats-Expected-Last-Subject-Sequence-Subject", r.subject("none"))
	r.pubAck("ended", "x", "bye", "Nats-Schedule-Next", "purge", "Nats-Scheduler", r.subject("a"))
	r.made("the message", "x")
	r.made("the schedule", "a")
	r.state("it is gone", r.s)
	for n, end := range []func(){
		func() { r.pubAck("a message in its place", "a", "plain") },
		func() { r.quietly("STREAM.PURGE.$S", "") },
		func() { r.quietly("STREAM.MSG.DELETE.$S", fmt.Sprintf(`{"seq":%d}`, r.lastSeq())) },
		func() { r.pubAck("all rolled up", "x", "", "Nats-Rollup", "all") },
		func() { r.pubAck("ended", "x", "", "Nats-Schedule-Next", "purge", "Nats-Scheduler", r.subject("a")) },
	} {
		r.scheduled(fmt.Sprint("schedule ", n), "a", "x", in(1500*time.Millisecond))
		end()
		<-time.After(2 * time.Second)
		r.made("nothing made", "t")
	}
}

func scheduleOtherSchedule(r *run) {
	r.schedules("")
	r.scheduled("first", "a", "a", in(500*time.Millisecond))
	r.pubAck("on its target", "t", "t", "Nats-Schedule", in(3*time.Second), "Nats-Schedule-Target", r.subject("c"))
	r.untilSeq(3)
	r.made("made under the other one", "t")
	r.pubAck("the last there is none", "x", "", "Nats-Schedule-Next", "purge", "Nats-Scheduler", r.subject("t"))
	r.untilSeq(4)
	r.made("made by the other", "c")
	r.state("at the end", r.s)
}

func scheduleTransform(r *run) {
	r.schedules(`,"subject_transform":{"src":"$P.*","dest":"x.$P.{{wildcard(1)}}"}`)
	r.scheduled("published", "a", "v", in(1500*time.Millisecond))
	r.state("stored", r.s)
	r.untilSeq(2)
	m := must(must(r.js.Stream(r.ctx, r.s)).GetMsg(r.ctx, 2))
	r.say("made %s %s", m.Subject, headers(nats.Header(m.Header)))
	r.state("at the end", r.s)
}

func scheduleMirror(r *run) {
	r.schedules("")
	r.other("M", `,"mirror":{"name":"$S"},"allow_rollup_hdrs":true`)
	r.other("N", `,"mirror":{"name":"$S"}`)
	r.scheduled("published", "a", "v", in(time.Second))
	r.untilSeq(2)
	for _, name := range []string{"M", "N"} {
		r.taken(name, 2)
		r.state("mirror", "$S_"+name)
	}
	for _, name := range []string{"M", "N"} {
		r.quietly("STREAM.DELETE.$S_"+name, "")
	}
}

func scheduleConfig(r *run) {
	for n, members := range []string{
		`"discard":"new"`, `"deny_purge":true`, `"allow_msg_counter":true`, `"mirror":{"name":"X"}`,
		`"sources":[{"name":"X"}]`, `"discard":"new","subject_delete_marker_ttl":1`, `"discard":"new","persist_mode":"async","storage":"memory"`,
		`"deny_purge":true,"allow_rollup_hdrs":true`, `"sealed":true`, `"retention":"workqueue"`, `"retention":"interest"`,
	} {
		name := fmt.Sprintf("$S_%d", n)
		r.call("STREAM.CREATE."+name, `{"name":"`+name+`","allow_msg_schedules":true,`+members+`}`)
		r.request("$JS.API.STREAM.DELETE."+r.named(name), nil)
	}
	r.call("STREAM.CREATE.$S", `{"name":"$S","subjects":["$P.>"]}`)
	r.call("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"],"allow_msg_schedules":true}`)
	r.call("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"]}`)
	r.call("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"],"allow_msg_schedules":true,"discard":"new"}`)
	r.call("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"],"allow_msg_schedules":true,"deny_purge":true}`)
	r.call("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"],"allow_msg_schedules":true,"allow_rollup_hdrs":false}`)
}

func scheduleRestart(r *run) { aroundAnEnd(r, "@restart") }

func scheduleKill(r *run) { aroundAnEnd(r, "@kill") }

func aroundAnEnd(r *run, end string) {
	r.schedules("")
	_, back := r.reconnecting()
	r.scheduled("missed", "a", "a", in(1500*time.Millisecond))
	r.pubAck("still to come", "b", "b", "Nats-Schedule", in(6*time.Second), "Nats-Schedule-Target", r.subject("u"))
	r.pubAck("far", "c", "c", "Nats-Schedule", "@every 1000h", "Nats-Schedule-Target", r.subject("v"))
	r.scheduled("gone", "d", "d", in(2*time.Second))
	r.pubAck("ended", "x", "", "Nats-Schedule-Next", "purge", "Nats-Scheduler", r.subject("d"))
	r.ask(end)
	waitFor("reconnect", back)
	r.nc = r.connect()
	until("missed", func() bool { return r.lastOf("t") != "status 404 Message Not Found" })
	r.made("missed", "t")
	r.untilSeq(7)
	r.made("came", "u")
	r.made("far", "c")
	r.state("at the end", r.s)
}
