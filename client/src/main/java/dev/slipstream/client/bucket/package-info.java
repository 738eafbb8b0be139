// SPDX-License-Identifier: Apache-2.0
/**
 * Buckets on top of streams, of keys with values and of large objects, as the clients of other
 * languages have them.
 *
 * <p>Entry types: {@link dev.slipstream.client.bucket.KeyValue} and {@link
 * dev.slipstream.client.bucket.ObjectStore}. Reading order: {@code KeyValue}, {@code
 * KeyValueConfig}, {@code KeyValueStatus}, {@code KeyValueEntry}, {@code WatchOptions}, {@code
 * KeyWatcher}, {@code Updates}; {@code ObjectStore}, {@code ObjectStoreConfig}, {@code ObjectMeta},
 * {@code ObjectInfo}, {@code ObjectWatcher}, {@code ObjectReader}. Inside: {@code KeySubjects}
 * knows where a mirror is read and written, {@code Backlog} when all has come that was there.
 *
 * <p>A bucket of keys is the stream {@code KV_<bucket>}, a key the subject {@code
 * $KV.<bucket>.<key>}, a revision the sequence of a message. A bucket of objects is the stream
 * {@code OBJ_<bucket>}; an object is a message that describes it and messages with its parts. Owner
 * thread: none; calls block the caller, watchers are called by the client's threads. Source: ADR-8,
 * ADR-20, ADR-57.
 */
@NullMarked
package dev.slipstream.client.bucket;

import org.jspecify.annotations.NullMarked;
