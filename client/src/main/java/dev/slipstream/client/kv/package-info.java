// SPDX-License-Identifier: Apache-2.0
/**
 * Key-value buckets on top of streams, as the clients of other languages have them.
 *
 * <p>Entry type: {@link dev.slipstream.client.kv.KeyValue}. Reading order: {@code KeyValue}, {@code
 * KeyValueConfig}, {@code KeyValueEntry}, {@code WatchOptions}, {@code KeyWatcher}.
 *
 * <p>A bucket is the stream {@code KV_<bucket>}, a key the subject {@code $KV.<bucket>.<key>}, a
 * revision the sequence of a message. Owner thread: none; calls block the caller, watchers are
 * called by the client's threads. Source: ADR-8.
 */
@NullMarked
package dev.slipstream.client.kv;

import org.jspecify.annotations.NullMarked;
