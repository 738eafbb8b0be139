// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// The contents that each client's program writes into buckets of its own, for the others to read: keys
// in a bucket, keys that end with time in another one, and objects. The lines are the same for all.

const (
	keyLife   = 2 * time.Second
	markLife  = time.Minute
	largeSize = 3 << 20
)

// pattern is what an object of that many bytes is made of.
func pattern(size int) []byte {
	content := make([]byte, size)
	for i := range content {
		content[i] = byte((i*7 + 13) % 251)
	}
	return content
}

func fillContents(ctx context.Context, js jetstream.JetStream, bucket string) {
	kv := must(js.CreateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: bucket, History: 5}))
	must(kv.Put(ctx, "a.b", []byte("1")))
	must(kv.Put(ctx, "a.b", []byte("2")))
	check(kv.Delete(ctx, "a.b"))
	must(kv.Put(ctx, "empty", nil))
	must(kv.Put(ctx, "x/y_z=1-2", []byte("ü")))
	must(kv.Put(ctx, "bytes", []byte{0, 1, 10, 13, 255}))
	must(kv.Put(ctx, "gone", []byte("x")))
	check(kv.Purge(ctx, "gone"))
	revision := must(kv.Create(ctx, "new", []byte("1")))
	must(kv.Update(ctx, "new", []byte("2"), revision))
	must(kv.Create(ctx, "a.b", []byte("3")))

	timed := must(js.CreateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: bucket + "-timed", LimitMarkerTTL: markLife}))
	must(timed.Create(ctx, "short", []byte("s"), jetstream.KeyTTL(keyLife)))
	must(timed.Put(ctx, "long", []byte("l")))
	must(timed.Put(ctx, "purged", []byte("p")))
	check(timed.Purge(ctx, "purged", jetstream.PurgeTTL(markLife)))

	store := must(js.CreateObjectStore(ctx, jetstream.ObjectStoreConfig{Bucket: bucket}))
	put := func(name string, size int) {
		must(store.PutBytes(ctx, name, pattern(size)))
	}
	put("empty", 0)
	put("one", 1)
	put("a b", 128<<10)
	meta := jetstream.ObjectMeta{Name: "größe/ü 1", Description: "d", Headers: nats.Header{"K": {"1", "2"}}}
	must(store.Put(ctx, meta, bytes.NewReader(pattern(128<<10+1))))
	put("deep/er/x.bin", largeSize)
	put("dead", 10)
	check(store.Delete(ctx, "dead"))
	put("again", 20)
	put("again", 30)
	check(store.UpdateMeta(ctx, "one", jetstream.ObjectMeta{Name: "one", Description: "changed"}))
	put("old", 5)
	check(store.UpdateMeta(ctx, "old", jetstream.ObjectMeta{Name: "renamed"}))
	must(store.AddLink(ctx, "link", must(store.GetInfo(ctx, "a b"))))
	must(store.AddBucketLink(ctx, "link to all", store))
}

func showContents(ctx context.Context, js jetstream.JetStream, bucket string) {
	kv := must(js.KeyValue(ctx, bucket))
	for _, entry := range allEntries(ctx, kv) {
		showEntry(entry)
	}
	keys := must(kv.Keys(ctx))
	slices.Sort(keys)
	for _, key := range keys {
		fmt.Printf("get %s %s\n", key, hex.EncodeToString(must(kv.Get(ctx, key)).Value()))
	}
	timed := must(js.KeyValue(ctx, bucket+"-timed"))
	entries := allEntries(ctx, timed)
	for !slices.ContainsFunc(entries, hasEnded) {
		time.Sleep(50 * time.Millisecond)
		entries = allEntries(ctx, timed)
	}
	for _, entry := range entries {
		showEntry(entry)
	}
	if _, err := timed.Get(ctx, "short"); !errors.Is(err, jetstream.ErrKeyNotFound) {
		panic(fmt.Sprint("a key whose time is up: ", err))
	}
	store := must(js.ObjectStore(ctx, bucket))
	for _, info := range must(store.List(ctx, jetstream.ListObjectsShowDeleted())) {
		fmt.Println(objectLine(info) + objectContent(ctx, store, info))
	}
}

func hasEnded(entry jetstream.KeyValueEntry) bool {
	return entry.Key() == "short" && entry.Operation() == jetstream.KeyValuePurge
}

func allEntries(ctx context.Context, kv jetstream.KeyValue) (entries []jetstream.KeyValueEntry) {
	watcher := must(kv.WatchAll(ctx, jetstream.IncludeHistory()))
	for entry := range watcher.Updates() {
		if entry == nil {
			break
		}
		entries = append(entries, entry)
	}
	check(watcher.Stop())
	return entries
}

func showEntry(entry jetstream.KeyValueEntry) {
	operation := map[jetstream.KeyValueOp]string{
		jetstream.KeyValuePut: "PUT", jetstream.KeyValueDelete: "DELETE", jetstream.KeyValuePurge: "PURGE",
	}[entry.Operation()]
	fmt.Printf("entry %d %s %s %s\n", entry.Revision(), operation, entry.Key(), hex.EncodeToString(entry.Value()))
}

func objectLine(info *jetstream.ObjectInfo) string {
	return fmt.Sprintf("object %s: %d in %d, deleted %v, [%s] [%s] %s",
		info.Name, info.Size, info.Chunks, info.Deleted, info.Description, strings.Join(info.Headers["K"], ","), info.Digest)
}

func objectContent(ctx context.Context, store jetstream.ObjectStore, info *jetstream.ObjectInfo) string {
	if info.Opts != nil && info.Opts.Link != nil {
		return ", link to " + info.Opts.Link.Name
	}
	if info.Deleted {
		return ""
	}
	content := must(store.GetBytes(ctx, info.Name)) // checks the digest
	return fmt.Sprintf(", as written %v", bytes.Equal(content, pattern(int(info.Size))))
}

// watchObjects prints what happens to the objects of a bucket until one named "end" is stored.
func watchObjects(ctx context.Context, js jetstream.JetStream, bucket string) {
	watcher := must(must(js.ObjectStore(ctx, bucket)).Watch(ctx))
	for info := range watcher.Updates() {
		if info == nil {
			fmt.Println("@ready")
			continue
		}
		fmt.Println(objectLine(info))
		if info.Name == "end" {
			break
		}
	}
	check(watcher.Stop())
}
