// SPDX-License-Identifier: Apache-2.0
/**
 * What a client does, as meters of Micrometer.
 *
 * <p>Entry type: {@link dev.slipstream.client.micrometer.MicrometerMetrics}, which is given to
 * {@code ClientOptions.Builder.metrics}. Reading order: {@code MicrometerMetrics}, {@code
 * ClientTotals}, {@code ConsumerMeters}, {@code SubscriptionMeters}, {@code bounded.BoundedMeters}.
 *
 * <table>
 * <caption>Meters; every one has the tags that were given too</caption>
 * <tr><th>name</th><th>kind, unit</th><th>tags</th></tr>
 * <tr><td>{@code nats.client.connected}</td><td>gauge, clients</td><td></td></tr>
 * <tr><td>{@code nats.client.reconnects}</td><td>counter</td><td></td></tr>
 * <tr><td>{@code nats.client.connection.lost}, {@code nats.client.connection.failures} (attempts)
 *     </td><td>counter</td><td></td></tr>
 * <tr><td>{@code nats.client.received.messages}, {@code nats.client.sent.messages}</td>
 *     <td>counter, messages</td><td></td></tr>
 * <tr><td>{@code nats.client.received.bytes}, {@code nats.client.sent.bytes}</td>
 *     <td>counter, bytes</td><td></td></tr>
 * <tr><td>{@code nats.client.queued.bytes}</td><td>gauge, bytes</td><td></td></tr>
 * <tr><td>{@code nats.client.dropped.messages}, {@code .unsent.messages}</td>
 *     <td>counter, messages</td><td></td></tr>
 * <tr><td>{@code nats.client.publish}</td><td>timer</td><td>stream, outcome</td></tr>
 * <tr><td>{@code nats.client.request}</td><td>timer</td><td>outcome</td></tr>
 * <tr><td>{@code nats.client.consumer.delivered.messages}, {@code .redelivered.messages}, {@code
 *     .handed.back.messages}</td><td>counter, messages</td><td>stream, consumer</td></tr>
 * <tr><td>{@code nats.client.consumer.delivered.bytes}</td><td>counter, bytes</td>
 *     <td>stream, consumer</td></tr>
 * <tr><td>{@code nats.client.consumer.handling}</td><td>timer</td>
 *     <td>stream, consumer, outcome</td></tr>
 * <tr><td>{@code nats.client.consumer.settled.messages}</td><td>counter, messages</td>
 *     <td>stream, consumer, ack (ack, nak, term)</td></tr>
 * <tr><td>{@code nats.client.consumer.in.progress}</td><td>counter</td><td>stream, consumer</td></tr>
 * <tr><td>{@code nats.client.consumer.pulls}</td><td>counter</td><td>stream, consumer</td></tr>
 * <tr><td>{@code nats.client.consumer.pulls.ended}</td><td>counter</td>
 *     <td>stream, consumer, status (the server's code)</td></tr>
 * <tr><td>{@code nats.client.consumer.heartbeats.missed}</td><td>counter</td>
 *     <td>stream, consumer</td></tr>
 * <tr><td>{@code nats.client.consumer.consumptions}, {@code .buffered.messages}, {@code
 *     .buffered.bytes}, {@code .asked.messages}</td><td>gauge</td><td>stream, consumer</td></tr>
 * <tr><td>{@code nats.client.consumer.silence}, the longest of the consumptions</td>
 *     <td>gauge, time</td><td>stream, consumer</td></tr>
 * <tr><td>{@code nats.client.subscription.delivered.messages}, {@code .dropped.messages}</td>
 *     <td>counter, messages</td><td>queue</td></tr>
 * <tr><td>{@code nats.client.subscription.handling}</td><td>timer</td><td>queue, outcome</td></tr>
 * </table>
 *
 * <p>An outcome is {@code success}, {@code duplicate} of a publish that was stored before, or the
 * simple name of the exception. A publish that failed has the stream {@code none}, since nobody
 * knows which it was for; consumers whose name was made up have {@code ephemeral} as consumer, and
 * subscriptions without a queue group {@code none} as queue. Subjects are never tags.
 *
 * <p>Threads: any. What is counted a message are counters and timers that are looked up once for a
 * consumer; gauges ask the client's loop when the registry asks them.
 */
@NullMarked
package dev.slipstream.client.micrometer;

import org.jspecify.annotations.NullMarked;
