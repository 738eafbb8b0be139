// SPDX-License-Identifier: Apache-2.0
/**
 * The JetStream API: its subjects, its requests and answers, the configurations of streams and
 * consumers, its errors, and the two documents of a connection.
 *
 * <p>Entry types: {@link dev.slipstream.protocol.api.ApiSubjects} says where requests go, {@link
 * dev.slipstream.protocol.api.ApiReply} is what a client makes of an answer; a server writes its
 * answers from the records. Reading order: {@link dev.slipstream.protocol.api.StreamConfig}, {@link
 * dev.slipstream.protocol.api.ConsumerConfig}, {@link dev.slipstream.protocol.api.PullRequest},
 * {@link dev.slipstream.protocol.api.PubAck}, {@link dev.slipstream.protocol.api.ApiErrors}; the
 * other records follow one pattern: {@code read} takes them from JSON, {@code write} puts them into
 * it with the fields of the public server in its order.
 *
 * <p>Records keep what was sent: 0, empty and false mean "not given". Defaults are for the engine,
 * which alone knows its limits. Everything is immutable, for any thread.
 */
@NullMarked
package dev.slipstream.protocol.api;

import org.jspecify.annotations.NullMarked;
