// SPDX-License-Identifier: Apache-2.0

package main

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go"
)

var compressionCases = []testCase{
	{"compression-config", plain, compressionConfig},
	{"compression-update", plain, compressionUpdate},
	{"compression-limits", plain, compressionLimits},
	{"compression-before", before, compressionBefore},
	{"compression-after", after, compressionAfter},
}

func compressionConfig(r *run) {
	for n, members := range []string{
		`"compression":"s2"`,
		`"compression":"s2","storage":"memory"`,
		`"compression":"none"`,
		`"compression":"none","storage":"memory"`,
		`"storage":"file"`,
		`"compression":"S2"`,
		`"compression":"None"`,
		`"compression":""`,
		`"compression":null`,
		`"compression":2`,
		`"compression":true`,
		`"compression":["s2"]`,
		`"compression":"zstd"`,
		`"compression":"s2","compression":"none"`,
		`"Compression":"s2"`,
	} {
		name := fmt.Sprintf("$S_%d", n)
		r.call("STREAM.CREATE."+name, `{"name":"`+name+`","subjects":["$P.>"],`+members+`}`)
		if _, err := r.js.Stream(r.ctx, r.named(name)); err == nil {
			r.call("STREAM.INFO."+name, "")
			r.quietly("STREAM.DELETE."+name, "")
		}
	}
}

func compressionUpdate(r *run) {
	for _, storage := range []string{"file", "memory"} {
		r.stream(`,"storage":"` + storage + `"`)
		for _, members := range []string{
			`,"compression":"s2"`, `,"compression":"s2"`, ``, `,"compression":"none"`, `,"compression":"lz4"`,
			`,"compression":"s2","storage":"` + storage + `"`,
		} {
			r.documents(20)
			if !strings.Contains(members, "storage") {
				members += `,"storage":"` + storage + `"`
			}
			r.call("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"]`+members+`}`)
			r.state("now", r.s)
		}
		r.call("STREAM.CREATE.$S", `{"name":"$S","subjects":["$P.>"],"storage":"`+storage+`"}`)
		r.call("STREAM.CREATE.$S", `{"name":"$S","subjects":["$P.>"],"compression":"s2","storage":"`+storage+`"}`)
		r.all(120)
		r.quietly("STREAM.DELETE.$S", "")
	}
}

// compressionLimits: limits and the numbers of a stream count what was published.
func compressionLimits(r *run) {
	r.stream(`,"compression":"s2","max_bytes":100000`)
	r.documents(300)
	r.state("the oldest went", r.s)
	r.quietly("STREAM.UPDATE.$S", `{"name":"$S","subjects":["$P.>"],"compression":"s2","max_bytes":50000}`)
	r.state("more of them went", r.s)
	r.quietly("STREAM.DELETE.$S", "")
	r.stream(`,"compression":"s2","max_bytes":20000,"discard":"new"`)
	for n := range 30 {
		r.pubAck(fmt.Sprint(n), "a", document(n))
	}
	r.state("full", r.s)
}

func compressionBefore(r *run) {
	r.stream(`,"compression":"s2"`)
	r.documents(600)
	r.quietly("STREAM.MSG.DELETE.$S", `{"seq":17}`)
	r.quietly("STREAM.PURGE.$S", `{"seq":10}`)
	r.state("before", r.s)
	r.quietly("STREAM.CREATE.$S_O", `{"name":"$S_O","subjects":["$P_o"],"compression":"s2","description":"other"}`)
}

func compressionAfter(r *run) {
	r.state("after", r.s)
	r.call("STREAM.INFO.$S_O", "")
	r.call("STREAM.MSG.GET.$S", `{"seq":17}`)
	r.call("STREAM.MSG.GET.$S", `{"seq":600}`)
	r.all(590)
	r.documents(50)
	r.state("goes on", r.s)
}

// document is a text that becomes much smaller when it is compressed.
func document(n int) string {
	return fmt.Sprintf(`{"number":%d,"lines":[%s]}`, n, strings.Repeat(`{"article":"A-17","state":"accepted"},`, 25))
}

// documents stores so many of them on two subjects.
func (r *run) documents(count int) {
	for n := range count {
		r.stored(&nats.Msg{Subject: r.subject([]string{"a", "b"}[n%2]), Data: []byte(document(n))})
	}
}

// all reads so many messages through a consumer and prints what they are together.
func (r *run) all(count int) {
	r.consumer("all", "")
	sum := sha256.New()
	for left := count; left > 0; {
		batch := min(left, 100)
		for _, m := range r.take("all", batch) {
			fmt.Fprintf(sum, "%s %s\n", m.Subject[len(r.p):], m.Data)
			check(m.Ack())
		}
		left -= batch
	}
	r.say("%d messages, together %x", count, sum.Sum(nil)[:8])
}
