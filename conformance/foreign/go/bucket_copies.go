// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Buckets that take over what is in others, on a server with the configuration "copies": this client is
// in the account of the copies, which reaches the other account under the name "their.api".

// writeCopies makes them of "home" and, in the other account, "origin", and writes through the mirrors.
func writeCopies(ctx context.Context, js jetstream.JetStream) {
	nc := must(nats.Connect(os.Getenv("NATS_URL"), nats.UserInfo("origin", "origin")))
	defer nc.Close()
	there := must(jetstream.New(nc))
	origin := must(there.CreateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: "origin", History: 3}))
	must(origin.Put(ctx, "o", []byte("1")))
	home := must(js.CreateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: "home", History: 3}))
	must(home.Put(ctx, "h", []byte("1")))

	external := &jetstream.ExternalStream{APIPrefix: "their.api", DeliverPrefix: "sync"}
	for _, config := range []jetstream.KeyValueConfig{
		{Bucket: "near", History: 3, Mirror: &jetstream.StreamSource{Name: "home"}},
		{Bucket: "far", History: 3, Mirror: &jetstream.StreamSource{Name: "origin", External: external}},
		{Bucket: "sourced", History: 3, Sources: []*jetstream.StreamSource{{Name: "home"}, {Name: "origin", External: external}}},
	} {
		must(js.CreateKeyValue(ctx, config))
	}
	must(must(js.KeyValue(ctx, "near")).Put(ctx, "b", []byte("near")))
	must(must(js.KeyValue(ctx, "far")).Put(ctx, "b", []byte("far")))
}

// readCopies prints what is in those that another client made, and writes through its mirrors.
func readCopies(ctx context.Context, js jetstream.JetStream) {
	// A mirror of the same account is not read: this client looks in it for subjects of the mirror's name,
	// where those of the origin are.
	far := must(js.KeyValue(ctx, "java-far"))
	sourced := must(js.KeyValue(ctx, "java-sourced"))
	for _, kv := range []jetstream.KeyValue{far, sourced} {
		awaitKey(ctx, kv, "o")
		for _, entry := range allEntries(ctx, kv) {
			fmt.Print(kv.Bucket(), " ")
			showEntry(entry)
		}
	}
	must(far.Put(ctx, "c", []byte("go far")))
	must(must(js.KeyValue(ctx, "java-near")).Put(ctx, "c", []byte("go near")))
}

// awaitKey waits for a key that comes from another bucket.
func awaitKey(ctx context.Context, kv jetstream.KeyValue, key string) {
	for {
		_, err := kv.Get(ctx, key)
		if err == nil {
			return
		}
		if !errors.Is(err, jetstream.ErrKeyNotFound) {
			panic(err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
