// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.schedule;

import dev.slipstream.base.Clock;
import dev.slipstream.protocol.json.GoDuration;
import dev.slipstream.protocol.json.Rfc3339;
import java.util.OptionalLong;

/**
 * A schedule that is due at intervals: {@code @every 1m30s}. Each begins at the last time, rounded
 * to the nearest second.
 */
record Interval(long nanos) implements Schedule {
  static final String PREFIX = "@every ";

  private static final long SECOND_NANOS = 1_000_000_000L;

  static Interval parse(String pattern) throws ScheduleException {
    long nanos;
    try {
      nanos = GoDuration.parse(pattern.substring(PREFIX.length()));
    } catch (NumberFormatException noDuration) {
      throw new ScheduleException(String.valueOf(noDuration.getMessage()));
    }
    if (nanos < SECOND_NANOS) {
      throw new ScheduleException("an interval has at least a second");
    }
    return new Interval(nanos);
  }

  @Override
  public boolean repeats() {
    return true;
  }

  @Override
  public OptionalLong next(long afterEpochNanos) {
    return OptionalLong.of(behind(afterEpochNanos));
  }

  @Override
  public OptionalLong next(long dueEpochNanos, long nowEpochNanos) {
    long next = behind(dueEpochNanos);
    return OptionalLong.of(next < nowEpochNanos ? behind(nowEpochNanos) : next);
  }

  private long behind(long epochNanos) {
    long rounded = roundToSecond(epochNanos);
    return rounded > Long.MAX_VALUE - nanos ? Long.MAX_VALUE : rounded + nanos;
  }

  /** The nearest whole second, the later of two; the last one for what lies behind it. */
  static long roundToSecond(long epochNanos) {
    long latest = Long.MAX_VALUE - SECOND_NANOS;
    return Math.floorDiv(Math.min(epochNanos, latest) + SECOND_NANOS / 2, SECOND_NANOS)
        * SECOND_NANOS;
  }

  @Override
  public String format(long epochNanos) {
    return Rfc3339.format(Clock.instant(epochNanos));
  }

  @Override
  public boolean isNone() {
    return false;
  }
}
