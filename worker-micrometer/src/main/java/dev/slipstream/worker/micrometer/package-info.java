// SPDX-License-Identifier: Apache-2.0
/**
 * What workers and their supervisors do, as meters of Micrometer.
 *
 * <p>Entry type: {@link dev.slipstream.worker.micrometer.MicrometerWorkerMetrics}, which is given
 * to {@code Workers.Builder.metrics}. Reading order: {@code MicrometerWorkerMetrics}, {@code
 * LifeMeters}, {@code HandlingMeters}.
 *
 * <table>
 * <caption>Meters; every one has the tags that were given too</caption>
 * <tr><th>name</th><th>kind, unit</th><th>tags</th></tr>
 * <tr><td>{@code nats.worker.lives}, those that are at it now</td><td>gauge, lives</td>
 *     <td>child, status (starting, connecting, running, stopping)</td></tr>
 * <tr><td>{@code nats.worker.starts}, lives that were initialized</td><td>counter</td>
 *     <td>child</td></tr>
 * <tr><td>{@code nats.worker.stops}, with starts that failed</td><td>counter</td>
 *     <td>child, reason</td></tr>
 * <tr><td>{@code nats.worker.attempts.failed}</td><td>counter</td><td>child</td></tr>
 * <tr><td>{@code nats.worker.restarts}</td><td>counter</td><td>supervisor, child</td></tr>
 * <tr><td>{@code nats.worker.supervisors.gave.up}</td><td>counter</td><td>supervisor</td></tr>
 * <tr><td>{@code nats.worker.handling}</td><td>timer</td>
 *     <td>child, outcome (ack, nack, term, none, failed)</td></tr>
 * </table>
 *
 * <p>A child is the id of its specification: children of several supervisors with equal ids have
 * their meters in common. A reason is the simple name of a {@code StopReason}. A child of which no
 * status has a life does not run.
 *
 * <p>Threads: any. What is counted a message are timers that are looked up once for a life; gauges
 * ask the lives when the registry asks them.
 */
@NullMarked
package dev.slipstream.worker.micrometer;

import org.jspecify.annotations.NullMarked;
