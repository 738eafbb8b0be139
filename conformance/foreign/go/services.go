// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"
)

// services asks the service "java" of another client, and offers the service "go" until somebody
// asks go.stop. Behind the line "@ready" it is heard.
func services() (code int) {
	defer func() {
		if failure := recover(); failure != nil {
			fmt.Fprintln(os.Stderr, "services failed:", failure)
			code = 1
		}
	}()
	nc := must(nats.Connect(os.Getenv("NATS_URL")))
	defer nc.Close()
	askService(nc)
	offerService(nc)
	return 0
}

func askService(nc *nats.Conn) {
	for _, subject := range []string{"java.v1.echo", "java.v1.refuse", "java.v1.fail"} {
		reply := must(nc.Request(subject, []byte("from go"), patience))
		fmt.Printf("%s %q %q %q\n", subject, reply.Data, reply.Header.Get(micro.ErrorHeader), reply.Header.Get(micro.ErrorCodeHeader))
	}
	var ping micro.Ping
	askVerb(nc, micro.PingVerb, "", &ping)
	fmt.Println(ping.Type, ping.Name, ping.Version, ping.Metadata)
	var info micro.Info
	askVerb(nc, micro.InfoVerb, ping.ID, &info)
	fmt.Println(info.Type, info.Description, info.ID == ping.ID, info.Endpoints)
	stats := askStats(nc, ping.ID, 3)
	fmt.Println(stats.Type, time.Since(stats.Started) < time.Hour)
	for _, e := range stats.Endpoints {
		fmt.Printf("%s %s %s %d %d %q %s\n", e.Name, e.Subject, e.QueueGroup, e.NumRequests, e.NumErrors, e.LastError, e.Data)
	}
}

// askStats asks until so many requests were counted, which is behind their answers.
func askStats(nc *nats.Conn, id string, requests int) micro.Stats {
	for deadline := time.Now().Add(patience); ; {
		var stats micro.Stats
		askVerb(nc, micro.StatsVerb, id, &stats)
		counted := 0
		for _, e := range stats.Endpoints {
			counted += e.NumRequests
		}
		if counted >= requests || time.Now().After(deadline) {
			return stats
		}
	}
}

// askVerb reads an answer that has no field but those of the public client.
func askVerb(nc *nats.Conn, verb micro.Verb, id string, into any) {
	reply := must(nc.Request(must(micro.ControlSubject(verb, "java", id)), nil, patience))
	decoder := json.NewDecoder(bytes.NewReader(reply.Data))
	decoder.DisallowUnknownFields()
	check(decoder.Decode(into))
}

func offerService(nc *nats.Conn) {
	stopped := make(chan bool)
	service := must(micro.AddService(nc, micro.Config{Name: "go", Version: "2.0.0", Description: "of go", Metadata: map[string]string{"a": "b"},
		StatsHandler: func(e *micro.Endpoint) any { return map[string]string{"of": e.Name} }}))
	group := service.AddGroup("go.v1", micro.WithGroupQueueGroup("team"))
	check(group.AddEndpoint("echo", micro.HandlerFunc(func(r micro.Request) { check(r.Respond(r.Data())) }),
		micro.WithEndpointMetadata(map[string]string{"c": "d"})))
	check(group.AddEndpoint("refuse", micro.HandlerFunc(func(r micro.Request) { check(r.Error("404", "not here", []byte("x"))) }),
		micro.WithEndpointQueueGroupDisabled()))
	check(service.AddEndpoint("stop", micro.HandlerFunc(func(r micro.Request) {
		check(r.Respond(nil))
		close(stopped)
	}), micro.WithEndpointSubject("go.stop")))
	check(nc.Flush())
	fmt.Println("@ready")
	select {
	case <-stopped:
	case <-time.After(caseDeadline):
		panic("nobody asked go.stop")
	}
	check(service.Stop())
	check(nc.Flush())
}
