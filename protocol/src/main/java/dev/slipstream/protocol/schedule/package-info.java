// SPDX-License-Identifier: Apache-2.0
/**
 * When a message is due that the header {@code Nats-Schedule} puts off: once, at intervals, or at
 * the times of a cron expression.
 *
 * <p>Entry type: {@link dev.slipstream.protocol.schedule.Schedule}. Reading order: {@code
 * Schedule}, {@code OneTime}, {@code Interval}, {@code CronSchedule}, {@code CronExpression},
 * {@code CronField}, {@code LocalCursor}. Nothing here reads a clock; all of it may be used on any
 * thread. Source: ADR-51.
 */
@NullMarked
package dev.slipstream.protocol.schedule;

import org.jspecify.annotations.NullMarked;
