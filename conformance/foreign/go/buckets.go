// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// buckets fills buckets for another client to read, or prints what is in those that it filled: all that
// this client can say of them (write, read), contents that every client can write (fill, show, watch),
// or buckets that take over what is in another one (write-copies, read-copies).
func buckets(what string, bucket string) (code int) {
	defer func() {
		if failure := recover(); failure != nil {
			fmt.Fprintln(os.Stderr, "buckets", what, "failed:", failure)
			code = 1
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), caseDeadline)
	defer cancel()
	nc := must(nats.Connect(os.Getenv("NATS_URL")))
	defer nc.Close()
	js := must(jetstream.New(nc))
	switch what {
	case "write":
		writeKeys(ctx, js)
		writeObjects(ctx, js)
	case "read":
		for _, bucket := range []string{"go", "rich", "java"} {
			readKeys(ctx, must(js.KeyValue(ctx, bucket)))
		}
		for _, bucket := range []string{"go", "java"} {
			readObjects(ctx, must(js.ObjectStore(ctx, bucket)))
		}
	case "fill":
		fillContents(ctx, js, bucket)
	case "show":
		showContents(ctx, js, bucket)
	case "watch":
		watchObjects(ctx, js, bucket)
	case "write-copies":
		writeCopies(ctx, js)
	case "read-copies":
		readCopies(ctx, js)
	default:
		panic("not a thing to do with buckets")
	}
	return 0
}

func writeKeys(ctx context.Context, js jetstream.JetStream) {
	kv := must(js.CreateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: "go"}))
	must(kv.Put(ctx, "a.key", []byte("from go")))
	kv = must(js.CreateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: "rich", Description: "d", History: 5, TTL: time.Minute,
		MaxBytes: 100000, MaxValueSize: 1000, Compression: true, LimitMarkerTTL: time.Second,
		Storage: jetstream.MemoryStorage, Metadata: map[string]string{"a": "b"}}))
	must(kv.Put(ctx, "x", []byte("1")))
	must(kv.Put(ctx, "x", []byte("2")))
	check(kv.Delete(ctx, "x"))
	must(kv.Put(ctx, "y", []byte("3")))
	check(kv.Purge(ctx, "y"))
}

func writeObjects(ctx context.Context, js jetstream.JetStream) {
	store := must(js.CreateObjectStore(ctx, jetstream.ObjectStoreConfig{Bucket: "go"}))
	meta := jetstream.ObjectMeta{Name: "large/ä", Description: "d", Headers: nats.Header{"K": {"1", "2"}}, Metadata: map[string]string{"m": "n"}}
	info := must(store.Put(ctx, meta, bytes.NewReader(bytes.Repeat([]byte("x"), 300000))))
	must(store.PutString(ctx, "gone", "x"))
	check(store.Delete(ctx, "gone"))
	must(store.AddLink(ctx, "link", info))
	must(js.CreateObjectStore(ctx, jetstream.ObjectStoreConfig{Bucket: "rich", Description: "d", TTL: time.Minute, MaxBytes: 100000,
		Storage: jetstream.MemoryStorage, Compression: true, Metadata: map[string]string{"a": "b"}}))
}

func readKeys(ctx context.Context, kv jetstream.KeyValue) {
	watcher := must(kv.WatchAll(ctx, jetstream.IncludeHistory()))
	for entry := range watcher.Updates() {
		if entry == nil {
			break
		}
		fmt.Printf("%s %d %s %s %q\n", kv.Bucket(), entry.Revision(), entry.Operation(), entry.Key(), entry.Value())
	}
	check(watcher.Stop())
}

func readObjects(ctx context.Context, store jetstream.ObjectStore) {
	for _, info := range must(store.List(ctx, jetstream.ListObjectsShowDeleted())) {
		fmt.Printf("%s %s %d in %d, deleted %v, %q %v %v", info.Bucket, info.Name, info.Size, info.Chunks, info.Deleted, info.Description, info.Headers, info.Metadata)
		if !info.Deleted {
			fmt.Printf(", %d bytes", len(must(store.GetBytes(ctx, info.Name)))) // checks the digest
		}
		fmt.Println()
	}
}
