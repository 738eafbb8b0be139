// SPDX-License-Identifier: Apache-2.0

// Command foreign exercises a NATS server with JetStream through the public Go client, one case a
// run, and prints what it saw in a form that is equal for equal behaviour.
//
//	foreign list        the names of the cases, one a line; a second column gives the kind
//	foreign run CASE    runs one case against $NATS_URL
//	foreign buckets write|read   fills buckets for another client, or prints what another filled
//	foreign services   asks the service of another client, and offers one until it is told to stop
//	foreign groups WHAT...       does one thing with partitioned consumer groups
package main

import (
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// caseDeadline bounds a case as a whole: a case that hangs is a failure, not a stuck build.
const caseDeadline = 30 * time.Second

// kind says what the runner has to do around a case.
type kind string

const (
	plain  kind = ""       // any server, one case after the other
	before kind = "before" // runs before a restart of the server that keeps its store
	after  kind = "after"  // runs after that restart
	own    kind = "own"    // asks for restarts itself, in lines that begin with '@'
)

// withConfiguration is the kind of a case that needs a server of its own with a configuration of the
// folder "configurations".
func withConfiguration(name string) kind { return kind("configuration:" + name) }

type testCase struct {
	name string
	kind kind
	run  func(*run)
}

func allCases() []testCase {
	return slices.Concat(
		walkCases, coreCases, rawCases, apiCases, streamCases, configCases, messageCases, limitCases,
		publishCases, consumerCases, pullCases, priorityCases, ackCases, redeliveryCases, deliveryCases,
		clientCases, pushCases, originCases, durableOriginCases, counterCases, compressionCases, batchCases, scheduleCases,
		snapshotCases, storeCases, sharingCases, restartCases, accountCases, advisoryCases)
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "list" {
		for _, c := range allCases() {
			if c.kind == plain {
				fmt.Println(c.name)
			} else {
				fmt.Printf("%s\t%s\n", c.name, c.kind)
			}
		}
		return
	}
	if len(os.Args) >= 3 && os.Args[1] == "buckets" {
		os.Exit(buckets(os.Args[2], strings.Join(os.Args[3:], "")))
	}
	if len(os.Args) == 2 && os.Args[1] == "services" {
		os.Exit(services())
	}
	if len(os.Args) >= 3 && os.Args[1] == "groups" {
		os.Exit(groups(os.Args[2:]))
	}
	if len(os.Args) != 3 || os.Args[1] != "run" {
		fmt.Fprintln(os.Stderr, "usage: foreign list | foreign run CASE | foreign buckets WHAT [BUCKET] | foreign services | foreign groups WHAT...")
		os.Exit(2)
	}
	for _, c := range allCases() {
		if c.name == os.Args[2] {
			os.Exit(runCase(c))
		}
	}
	fmt.Fprintln(os.Stderr, "no such case:", os.Args[2])
	os.Exit(2)
}

func runCase(c testCase) (code int) {
	r := newRun(c)
	defer func() {
		if failure := recover(); failure != nil {
			r.flushOutput()
			fmt.Fprintf(os.Stderr, "%s failed: %v\n", c.name, failure)
			if _, expected := failure.(caseFailure); !expected {
				debug.PrintStack()
			}
			code = 1
		}
	}()
	watchdog := time.AfterFunc(caseDeadline, func() {
		r.flushOutput()
		fmt.Fprintf(os.Stderr, "%s failed: not done after %v\n", c.name, caseDeadline)
		os.Exit(1)
	})
	defer watchdog.Stop()
	r.open()
	defer r.close()
	c.run(r)
	r.flushOutput()
	return 0
}
