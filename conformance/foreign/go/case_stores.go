// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Key-value and object stores are conventions of the clients on top of streams: they need many
// features of the server to work together.
var storeCases = []testCase{
	{"kv-basics", plain, kvBasics},
	{"kv-history", plain, kvHistory},
	{"kv-watch", plain, kvWatch},
	{"kv-ttl", plain, kvTTL},
	{"object-store", plain, objectStore},
}

func kvBasics(r *run) {
	bucket := r.s
	_, err := r.js.KeyValue(r.ctx, bucket)
	r.say("before: %v", err)
	kv := must(r.js.CreateKeyValue(r.ctx, jetstream.KeyValueConfig{Bucket: bucket, Description: "of the case"}))
	r.call("STREAM.INFO.KV_$S", "")
	_, err = kv.Get(r.ctx, "a")
	r.say("get: %v", err)
	revision, err := kv.Put(r.ctx, "a", []byte("one"))
	r.say("put: %d %s", revision, failure(err))
	entry := must(kv.Get(r.ctx, "a"))
	r.say("get: %s %s revision %d delta %d %v", entry.Key(), entry.Value(), entry.Revision(), entry.Delta(), entry.Operation())
	revision, err = kv.Create(r.ctx, "a", []byte("x"))
	r.say("create: %d %v", revision, errors.Is(err, jetstream.ErrKeyExists))
	revision, err = kv.Create(r.ctx, "b", []byte("two"))
	r.say("create: %d %s", revision, failure(err))
	revision, err = kv.Update(r.ctx, "a", []byte("three"), 1)
	r.say("update: %d %s", revision, failure(err))
	revision, err = kv.Update(r.ctx, "a", []byte("four"), 1)
	r.say("update: %d %s", revision, failure(err))
	r.say("delete: %s", failure(kv.Delete(r.ctx, "a")))
	_, err = kv.Get(r.ctx, "a")
	r.say("get: %v", err)
	revision, err = kv.Create(r.ctx, "a", []byte("five"))
	r.say("create after delete: %d %s", revision, failure(err))
	r.say("delete with a revision: %s", failure(kv.Delete(r.ctx, "a", jetstream.LastRevision(1))))
	for _, key := range []string{"x.y.z", "x.y.w", "k-1_2/3=4"} {
		must(kv.Put(r.ctx, key, []byte(key)))
	}
	keys := must(kv.Keys(r.ctx))
	sort.Strings(keys)
	r.say("keys: %v", keys)
	lister := must(kv.ListKeysFiltered(r.ctx, "x.>"))
	var filtered []string
	for key := range lister.Keys() {
		filtered = append(filtered, key)
	}
	sort.Strings(filtered)
	r.say("filtered keys: %v", filtered)
	r.say("purge: %s", failure(kv.Purge(r.ctx, "x.y.z")))
	status := must(kv.Status(r.ctx))
	r.say("%s: values %d, history %d, ttl %v, bytes %d, store %s", status.Bucket(), status.Values(), status.History(), status.TTL(), status.Bytes(), status.BackingStore())
	names := r.js.KeyValueStoreNames(r.ctx)
	for name := range names.Name() {
		r.say("bucket %s", name)
	}
	r.say("delete bucket: %s", failure(r.js.DeleteKeyValue(r.ctx, bucket)))
}

func kvHistory(r *run) {
	kv := must(r.js.CreateKeyValue(r.ctx, jetstream.KeyValueConfig{Bucket: r.s, History: 3}))
	for n := range 5 {
		must(kv.Put(r.ctx, "k", fmt.Appendf(nil, "%d", n)))
	}
	must(kv.Put(r.ctx, "other", []byte("x")))
	check(kv.Delete(r.ctx, "k"))
	show := func(what string) {
		history, err := kv.History(r.ctx, "k")
		r.say("%s: %d entries, %v", what, len(history), err)
		for _, entry := range history {
			r.say("  %s %q revision %d delta %d", entry.Operation(), entry.Value(), entry.Revision(), entry.Delta())
		}
	}
	show("three kept")
	entry, err := kv.GetRevision(r.ctx, "k", 5)
	r.say("revision 5: %q %v", entry.Value(), err)
	_, err = kv.GetRevision(r.ctx, "k", 1)
	r.say("revision 1: %v", err)
	_, err = kv.GetRevision(r.ctx, "k", 6)
	r.say("revision of another key: %v", err)
	check(kv.Purge(r.ctx, "k"))
	show("purged")
	r.say("purge of markers: %s", failure(kv.PurgeDeletes(r.ctx, jetstream.DeleteMarkersOlderThan(-1))))
	show("without markers")
}

func kvWatch(r *run) {
	kv := must(r.js.CreateKeyValue(r.ctx, jetstream.KeyValueConfig{Bucket: r.s}))
	empty := must(kv.WatchAll(r.ctx))
	show := func(what string, watcher jetstream.KeyWatcher, count int) {
		for range count {
			select {
			case entry := <-watcher.Updates():
				if entry == nil {
					r.say("%s: all there was", what)
				} else {
					r.say("%s: %s %s=%q revision %d", what, entry.Operation(), entry.Key(), entry.Value(), entry.Revision())
				}
			case <-time.After(patience):
				r.say("%s: nothing", what)
				return
			}
		}
	}
	show("empty bucket", empty, 1)
	must(kv.Put(r.ctx, "a.1", []byte("x")))
	must(kv.Put(r.ctx, "a.2", []byte("y")))
	must(kv.Put(r.ctx, "b", []byte("z")))
	show("live", empty, 3)
	must(kv.Put(r.ctx, "a.1", []byte("xx")))
	show("live", empty, 1)
	check(kv.Delete(r.ctx, "a.2"))
	show("live", empty, 1)
	check(empty.Stop())
	some := must(kv.Watch(r.ctx, "a.*"))
	show("some", some, 3)
	noDeletes := must(kv.WatchAll(r.ctx, jetstream.IgnoreDeletes()))
	show("without deletes", noDeletes, 3)
	updates := must(kv.WatchAll(r.ctx, jetstream.UpdatesOnly()))
	meta := must(kv.WatchAll(r.ctx, jetstream.MetaOnly()))
	show("without values", meta, 4)
	must(kv.Put(r.ctx, "c", []byte("w")))
	show("updates only", updates, 1)
	resumed := must(kv.WatchAll(r.ctx, jetstream.ResumeFromRevision(4)))
	show("from revision 4", resumed, 4)
}

func kvTTL(r *run) {
	kv := must(r.js.CreateKeyValue(r.ctx, jetstream.KeyValueConfig{Bucket: r.s, TTL: time.Second}))
	must(kv.Put(r.ctx, "a", []byte("x")))
	r.say("there: %v", must(kv.Get(r.ctx, "a")).Key())
	until("gone", func() bool {
		_, err := kv.Get(r.ctx, "a")
		return errors.Is(err, jetstream.ErrKeyNotFound)
	})
	r.say("gone after its time")
	limits := must(r.js.CreateKeyValue(r.ctx, jetstream.KeyValueConfig{Bucket: r.s + "_2", LimitMarkerTTL: 2 * time.Second}))
	watcher := must(limits.WatchAll(r.ctx))
	r.say("empty: %v", <-watcher.Updates() == nil)
	revision, err := limits.Create(r.ctx, "k", []byte("short"), jetstream.KeyTTL(time.Second))
	r.say("create with its own time: %d %s", revision, failure(err))
	for range 2 {
		select {
		case entry := <-watcher.Updates():
			r.say("%s %s %q", entry.Operation(), entry.Key(), entry.Value())
		case <-time.After(patience):
			r.say("nothing")
		}
	}
}

func objectStore(r *run) {
	store := must(r.js.CreateObjectStore(r.ctx, jetstream.ObjectStoreConfig{Bucket: r.s}))
	content := bytes.Repeat([]byte("0123456789"), 40000)
	info := must(store.PutBytes(r.ctx, "big", content))
	r.say("put: %s %d bytes in %d chunks, %s", info.Name, info.Size, info.Chunks, info.Digest)
	got := must(store.GetBytes(r.ctx, "big"))
	r.say("get: equal %v", bytes.Equal(got, content))
	must(store.PutString(r.ctx, "small", "hello"))
	text, err := store.GetString(r.ctx, "small")
	r.say("get: %q %v", text, err)
	info = must(store.Put(r.ctx, jetstream.ObjectMeta{Name: "chunked", Opts: &jetstream.ObjectMetaOptions{ChunkSize: 1000}, Description: "d"}, strings.NewReader(strings.Repeat("y", 4500))))
	r.say("put: %d chunks", info.Chunks)
	must(store.PutString(r.ctx, "small", "replaced"))
	text, _ = store.GetString(r.ctx, "small")
	r.say("replaced: %q", text)
	_, err = store.GetBytes(r.ctx, "none")
	r.say("not there: %v", err)
	must(store.AddLink(r.ctx, "link", must(store.GetInfo(r.ctx, "small"))))
	text, err = store.GetString(r.ctx, "link")
	r.say("link: %q %v", text, err)
	r.say("delete: %v", store.Delete(r.ctx, "chunked"))
	var names []string
	for _, object := range must(store.List(r.ctx)) {
		names = append(names, object.Name)
	}
	sort.Strings(names)
	r.say("list: %v", names)
	watch, cancel := context.WithTimeout(r.ctx, patience)
	defer cancel()
	watcher := must(store.Watch(watch, jetstream.UpdatesOnly()))
	must(store.PutString(r.ctx, "watched", "w"))
	if update := <-watcher.Updates(); update != nil {
		r.say("watched: %s %d", update.Name, update.Size)
	}
	check(watcher.Stop())
	status := must(store.Status(r.ctx))
	r.say("status: sealed %v, storage %v", status.Sealed(), status.Storage())
	r.say("seal: %v", store.Seal(r.ctx))
	_, err = store.PutString(r.ctx, "late", "x")
	r.say("sealed: %v", err != nil)
	r.say("delete store: %v", r.js.DeleteObjectStore(r.ctx, r.s))
}
