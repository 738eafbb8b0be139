// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.schedule;

import dev.slipstream.base.Clock;
import dev.slipstream.protocol.json.Rfc3339;
import java.time.Instant;
import java.time.ZoneId;
import java.util.OptionalLong;

/** A schedule that is due at the times of a cron expression, read in a time zone. */
record CronSchedule(CronExpression expression, ZoneId zone) implements Schedule {
  private static final long SECOND_NANOS = 1_000_000_000L;

  @Override
  public boolean repeats() {
    return true;
  }

  @Override
  public OptionalLong next(long afterEpochNanos) {
    long afterSecond = Math.floorDiv(afterEpochNanos, SECOND_NANOS);
    OptionalLong next = expression.next(afterSecond, zone.getRules());
    return next.isEmpty()
        ? next
        : OptionalLong.of(Clock.epochNanos(Instant.ofEpochSecond(next.getAsLong())));
  }

  @Override
  public OptionalLong next(long dueEpochNanos, long nowEpochNanos) {
    OptionalLong next = next(dueEpochNanos);
    return next.isPresent() && next.getAsLong() < nowEpochNanos
        ? next(Interval.roundToSecond(nowEpochNanos))
        : next;
  }

  @Override
  public String format(long epochNanos) {
    Instant time = Clock.instant(epochNanos);
    return Rfc3339.format(time, zone.getRules().getOffset(time));
  }

  @Override
  public boolean isNone() {
    return false;
  }
}
