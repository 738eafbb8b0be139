// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// The client library never sends what these cases send, so they speak the protocol themselves.
var rawCases = []testCase{
	{"raw-info", plain, rawInfo},
	{"raw-verbose", plain, rawVerbose},
	{"raw-syntax", plain, rawSyntax},
	{"raw-errors", plain, rawErrors},
	{"raw-headers", plain, rawHeaders},
	{"raw-unsubscribe", plain, rawUnsubscribe},
	{"raw-no-responders", plain, rawNoResponders},
	{"raw-max-payload", plain, rawMaxPayload},
}

// wire is a TCP connection to the server, without a client library.
type wire struct {
	r    *run
	conn net.Conn
	in   *bufio.Reader
}

func (r *run) dial() *wire {
	address := strings.TrimPrefix(r.nc.ConnectedUrl(), "nats://")
	conn := must(net.DialTimeout("tcp", address, patience))
	check(conn.SetDeadline(time.Now().Add(2 * patience)))
	return &wire{r: r, conn: conn, in: bufio.NewReader(conn)}
}

func (w *wire) send(text string) {
	_, err := w.conn.Write([]byte(text))
	check(err)
}

// line reads one line; the second value is false at the end of the connection.
func (w *wire) line() (string, bool) {
	line, err := w.in.ReadString('\n')
	if err == nil {
		return strings.TrimRight(line, "\r\n"), true
	}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return "no line in time", false
	}
	if errors.Is(err, io.EOF) || strings.Contains(err.Error(), "reset") {
		return "closed", false
	}
	return err.Error(), false
}

// show prints count lines, INFO lines without their content.
func (w *wire) show(count int) {
	for range count {
		line, open := w.line()
		w.r.say("  %s", withoutInfo(line))
		if !open {
			return
		}
	}
}

// untilPong prints all lines up to the answer to a PING, which shows that nothing else came.
func (w *wire) untilPong() {
	w.send("PING\r\n")
	for {
		line, open := w.line()
		w.r.say("  %s", withoutInfo(line))
		if !open || line == "PONG" {
			return
		}
	}
}

// untilClosed prints all lines up to the end of the connection.
func (w *wire) untilClosed() {
	for {
		line, open := w.line()
		w.r.say("  %s", withoutInfo(line))
		if !open {
			return
		}
	}
}

func (w *wire) close() { check(w.conn.Close()) }

func withoutInfo(line string) string {
	if strings.HasPrefix(line, "INFO ") {
		return "INFO"
	}
	return line
}

const plainConnect = `CONNECT {"verbose":false,"pedantic":false,"protocol":0,"headers":true,"no_responders":true}` + "\r\n"

func (r *run) dialConnected() *wire {
	w := r.dial()
	w.line()
	w.send(plainConnect + "PING\r\n")
	if line, _ := w.line(); line != "PONG" {
		panic(caseFailure{"expected PONG, got " + line})
	}
	return w
}

func rawInfo(r *run) {
	w := r.dial()
	first, _ := w.line()
	r.say("first: %s", infoMembers(first))
	w.send(`CONNECT {"verbose":false,"protocol":1,"headers":true}` + "\r\nPING\r\n")
	pong, _ := w.line()
	second, _ := w.line()
	r.say("then: %s", pong)
	r.say("then: %s", infoMembers(second))
	w.untilPong()
	w.close()

	old := r.dial()
	old.line()
	r.say("protocol 0 gets no second INFO")
	old.send(`CONNECT {"verbose":false,"protocol":0}` + "\r\n")
	old.untilPong()
	old.untilPong()
	old.close()
}

// infoMembers prints the members of an INFO that clients decide by.
func infoMembers(line string) string {
	var info map[string]any
	if err := json.Unmarshal([]byte(strings.TrimPrefix(line, "INFO ")), &info); err != nil {
		return "not an INFO: " + line
	}
	picked := map[string]any{}
	for _, name := range []string{
		"version", "proto", "headers", "max_payload", "jetstream", "auth_required", "tls_required",
		"tls_available", "nonce", "ldm", "connect_info", "remote_account", "acc_is_sys", "client_ip",
		"host", "domain",
	} {
		if value, present := info[name]; present {
			picked[name] = value
		}
	}
	id, _ := info["server_id"].(string)
	picked["server_id"] = fmt.Sprintf("%d characters that begin with %.1s", len(id), id)
	_, picked["client_id"] = info["client_id"].(float64)
	_, picked["port"] = info["port"].(float64)
	return sorted(picked)
}

func rawVerbose(r *run) {
	w := r.dial()
	w.show(1)
	s := r.subject("v")
	r.say("no options at all mean verbose")
	w.send("CONNECT {}\r\nSUB " + s + " 1\r\n")
	w.show(2)
	w.send("PUB " + s + " 2\r\nhi\r\n")
	w.show(3)
	w.send("PUB " + s + " reply.here 0\r\n\r\n")
	w.show(3)
	w.send("UNSUB 1\r\nUNSUB 99\r\n")
	w.show(2)
	w.untilPong()
	w.send(`CONNECT {"verbose":false}` + "\r\nSUB " + s + " 2\r\nPUB " + s + " 3\r\nbye\r\n")
	w.show(2)
	w.untilPong()
	w.close()
}

func rawSyntax(r *run) {
	w := r.dialConnected()
	s := r.subject("x")
	w.send("sub " + s + " a-sid\r\n")
	r.say("lower case, tabs, blanks")
	w.send("pub\t" + s + " \t 5\r\nhello\r\n")
	w.show(2)
	r.say("line feed only after the line")
	w.send("PUB " + s + " 2\nok\r\n")
	w.show(2)
	r.say("byte by byte")
	for _, b := range []byte("PUB " + s + " an.inbox 3\r\nabc\r\n") {
		w.send(string(b))
	}
	w.show(2)
	r.say("many in one write")
	w.send(strings.Repeat("PUB "+s+" 1\r\nz\r\n", 3))
	w.show(6)
	r.say("PING with words, +OK and INFO from a client")
	w.send("PING 123\r\n+OK\r\nINFO {}\r\nPONG\r\n")
	w.show(1)
	r.say("a payload that looks like protocol")
	w.send("PUB " + s + " 12\r\nPUB x 1\r\na\r\n\r\n")
	w.show(2)
	w.untilPong()
	r.say("a second SUB with the same sid is ignored")
	w.send("SUB " + r.subject("y") + " a-sid\r\nPUB " + r.subject("y") + " 0\r\n\r\n")
	w.untilPong()
	w.close()
}

func rawErrors(r *run) {
	s := r.subject("e")
	for _, attempt := range []struct{ what, text string }{
		{"unknown verb", "HELLO\r\n"},
		{"payload longer than told", "PUB " + s + " 2\r\nhello\r\n"},
		{"no size", "PUB " + s + "\r\n"},
		{"size that is no number", "PUB " + s + " x\r\n"},
		{"negative size", "PUB " + s + " -1\r\n"},
		{"size of ten digits", "PUB " + s + " 1234567890\r\n"},
		{"too many words", "PUB a b c 1\r\n"},
		{"headers longer than the message", "HPUB " + s + " 10 5\r\n"},
		{"subscribe without sid", "SUB " + s + "\r\n"},
		{"line over the limit", "PUB " + strings.Repeat("a", 5000) + " 1\r\n"},
		{"-ERR from a client", "-ERR 'x'\r\n"},
	} {
		r.say("%s", attempt.what)
		w := r.dialConnected()
		w.send(attempt.text)
		w.untilClosed()
		w.close()
	}
	for _, attempt := range []struct{ what, connect string }{
		{"protocol 5", `CONNECT {"verbose":false,"protocol":5}`},
		{"no responders without headers", `CONNECT {"verbose":false,"headers":false,"no_responders":true}`},
		{"account wanted", `CONNECT {"verbose":false,"account":"A"}`},
		{"not JSON", `CONNECT nonsense`},
	} {
		r.say("%s", attempt.what)
		w := r.dial()
		w.line()
		w.send(attempt.connect + "\r\n")
		w.untilClosed()
		w.close()
	}
	r.say("errors that leave the connection open")
	w := r.dialConnected()
	for _, bad := range []string{"a..b", ".a", "a.", "a.>.b", ">.a"} {
		w.send("SUB " + bad + " 1\r\n")
		w.untilPong()
	}
	w.send(`CONNECT {"verbose":false,"pedantic":true}` + "\r\nPUB a.*.b 0\r\n\r\n")
	w.untilPong()
	w.close()
}

func rawHeaders(r *run) {
	s := r.subject("h")
	with := r.dialConnected()
	with.send("SUB " + s + " 7\r\n")
	with.untilPong()
	without := r.dial()
	without.line()
	without.send(`CONNECT {"verbose":false,"headers":false}` + "\r\nSUB " + s + " 8\r\n")
	without.untilPong()
	for _, attempt := range []struct{ what, block, payload string }{
		{"one header", "NATS/1.0\r\nA: b\r\n\r\n", "data"},
		{"status", "NATS/1.0 404 Not Here\r\n\r\n", ""},
		{"blanks and case as sent", "NATS/1.0\r\nkEY:   spaced \r\nKey:none\r\n\r\n", "x"},
	} {
		r.say("%s", attempt.what)
		with.send(fmt.Sprintf("HPUB %s an.inbox %d %d\r\n%s%s\r\n", s, len(attempt.block),
			len(attempt.block)+len(attempt.payload), attempt.block, attempt.payload))
		with.untilPong()
		r.say("for a connection without headers")
		without.untilPong()
	}
	r.say("HPUB of a connection without headers")
	without.send("HPUB " + s + " 12 12\r\nNATS/1.0\r\n\r\n\r\n")
	without.untilClosed()
	with.close()
	without.close()
}

func rawUnsubscribe(r *run) {
	s := r.subject("u")
	w := r.dialConnected()
	publish := func(count int) {
		for n := range count {
			w.send(fmt.Sprintf("PUB %s 1\r\n%d\r\n", s, n))
		}
		w.untilPong()
	}
	r.say("two of five")
	w.send("SUB " + s + " 1\r\nUNSUB 1 2\r\n")
	publish(5)
	r.say("the limit counts what came before")
	w.send("SUB " + s + " 2\r\n")
	publish(2)
	w.send("UNSUB 2 3\r\n")
	publish(3)
	r.say("a limit already reached")
	w.send("SUB " + s + " 3\r\n")
	publish(2)
	w.send("UNSUB 3 1\r\n")
	publish(1)
	r.say("the limit is per subscription")
	w.send("SUB " + s + " 4\r\nSUB " + s + " 5\r\nUNSUB 4 1\r\n")
	w.send("PUB " + s + " 0\r\n\r\n")
	w.send("UNSUB 5\r\n")
	publish(1)
	w.close()
}

func rawNoResponders(r *run) {
	w := r.dialConnected()
	w.send("SUB an.inbox.* 5\r\nPUB " + r.subject("nobody") + " an.inbox.1 3\r\nabc\r\n")
	w.untilPong()
	r.say("without a subscription for the reply")
	w.send("PUB " + r.subject("nobody") + " elsewhere 3\r\nabc\r\n")
	w.untilPong()
	r.say("from a connection that did not ask for it")
	plainOne := r.dial()
	plainOne.line()
	plainOne.send(`CONNECT {"verbose":false,"headers":true}` + "\r\nSUB an.inbox 1\r\nPUB nobody an.inbox 0\r\n\r\n")
	plainOne.untilPong()
	w.close()
	plainOne.close()
}

func rawMaxPayload(r *run) {
	limit := r.nc.MaxPayload()
	w := r.dialConnected()
	w.send(fmt.Sprintf("PUB %s %d\r\n", r.subject("p"), limit+1))
	w.untilClosed()
	w.close()
	head := r.dialConnected()
	head.send(fmt.Sprintf("HPUB %s 12 %d\r\n", r.subject("p"), limit+1))
	head.untilClosed()
	head.close()
	r.say("other connections go on: %v", r.nc.Flush())
}
