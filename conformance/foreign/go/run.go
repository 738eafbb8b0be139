// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

var inboxes = regexp.MustCompile(`_INBOX\.[0-9A-Za-z.]+`)

// patience is how long a case waits for something that has to come.
const patience = 5 * time.Second

// quiet is how long a case waits to see that nothing comes.
const quiet = 150 * time.Millisecond

// caseFailure ends a case: something happened that has no place in its result lines.
type caseFailure struct{ reason string }

func (f caseFailure) Error() string { return f.reason }

// run is one execution of a case: its connection, the names it may use and its output.
type run struct {
	nc  *nats.Conn
	js  jetstream.JetStream
	ctx context.Context

	s string // the stream of the case
	p string // the first tokens of every subject of the case

	hasConsumer  bool // a consumer was created
	pendingMoves bool // and after that, messages were published: its count of them may be on its way

	base    string // the name of its first stream
	streams int    // how many streams it had

	mutex   sync.Mutex
	lines   []string
	aliases []string // pairs for strings.NewReplacer: what was seen, what is printed
	asyncs  chan error
	conns   []*nats.Conn
	keep    bool // leave the streams for the case that runs after the restart
}

func newRun(c testCase) *run {
	name := strings.TrimSuffix(strings.TrimSuffix(c.name, "-before"), "-after")
	base := "C_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
	return &run{
		s:      base,
		base:   base,
		p:      "c." + name,
		asyncs: make(chan error, 64),
		keep:   c.kind == before || c.kind == after,
	}
}

func (r *run) open() {
	ctx, cancel := context.WithTimeout(context.Background(), caseDeadline)
	_ = cancel // the process ends with the case
	r.ctx = ctx
	r.nc = r.connect()
	r.js = must(jetstream.New(r.nc))
	if !r.keep {
		r.removeLeftovers()
	}
}

func (r *run) close() {
	if !r.keep && r.nc.IsConnected() {
		r.removeLeftovers()
	}
	for _, nc := range r.conns {
		nc.Close()
	}
}

// connect opens one more connection to the server under test.
func (r *run) connect(options ...nats.Option) *nats.Conn {
	address := os.Getenv("NATS_URL")
	if address == "" {
		address = nats.DefaultURL
	}
	all := append([]nats.Option{
		nats.Name("foreign"), nats.Timeout(patience),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			select {
			case r.asyncs <- err:
			default:
			}
		}),
	}, options...)
	nc := must(nats.Connect(address, all...))
	r.conns = append(r.conns, nc)
	return nc
}

// removeLeftovers deletes what an earlier or aborted case left: only the names that cases use.
func (r *run) removeLeftovers() {
	names := r.js.StreamNames(r.ctx)
	var found []string
	for name := range names.Name() {
		for _, prefix := range []string{"C_", "KV_C_", "OBJ_C_"} {
			if strings.HasPrefix(name, prefix) {
				found = append(found, name)
			}
		}
		if name == "EVENTS" {
			found = append(found, name)
		}
	}
	check(names.Err())
	for _, name := range found {
		if err := r.js.DeleteStream(r.ctx, name); !errors.Is(err, jetstream.ErrStreamNotFound) {
			check(err)
		}
	}
}

// say prints one result line. Aliases apply, so a line may hold names that the server chose.
func (r *run) say(format string, args ...any) {
	line := inboxes.ReplaceAllString(fmt.Sprintf(format, args...), "<inbox>")
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if len(r.aliases) > 0 {
		line = strings.NewReplacer(r.aliases...).Replace(line)
	}
	r.lines = append(r.lines, line)
}

// alias makes every later line show shown in the place of seen.
func (r *run) alias(seen, shown string) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.aliases = append(r.aliases, seen, shown)
}

func (r *run) flushOutput() {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for _, line := range r.lines {
		fmt.Println(line)
	}
	r.lines = nil
}

// ask prints a request to the runner (such as @restart) at once.
func (r *run) ask(request string) {
	r.flushOutput()
	fmt.Println(request)
}

// asyncError waits for an error that the client reports outside of any call.
func (r *run) asyncError() string {
	select {
	case err := <-r.asyncs:
		return err.Error()
	case <-time.After(patience):
		return "no error"
	}
}

// subject is a subject of the case: its tokens below the prefix of the case.
func (r *run) subject(tokens string) string { return r.p + "." + tokens }

func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		panic(caseFailure{err.Error()})
	}
}

// until polls a condition that becomes true without a message to wait for.
func until(what string, condition func() bool) {
	deadline := time.Now().Add(patience)
	for !condition() {
		if time.Now().After(deadline) {
			panic(caseFailure{"never became true: " + what})
		}
		<-time.After(10 * time.Millisecond)
	}
}

// slack is how much later than asked for something may happen: a busy machine must not fail a case.
const slack = 3 * time.Second

// between says whether a duration that was measured is at least what it has to be and not much more. The
// measuring starts before the server can start its own, since this program may hear late.
func between(least, measured time.Duration) string {
	switch {
	case measured < least:
		return fmt.Sprintf("too early (%v, expected %v)", measured, least)
	case measured > least+slack:
		return fmt.Sprintf("too late (%v, expected %v)", measured, least)
	default:
		return "in time"
	}
}
