// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.schedule;

import dev.slipstream.base.Clock;
import dev.slipstream.protocol.json.JsonException;
import dev.slipstream.protocol.json.Rfc3339;
import java.time.Instant;
import java.util.OptionalLong;

/** A schedule that is due once: {@code @at 2026-01-02T03:04:05Z}. */
record OneTime(Instant at) implements Schedule {
  static final String PREFIX = "@at ";

  static OneTime parse(String pattern) throws ScheduleException {
    try {
      return new OneTime(Rfc3339.parse(pattern.substring(PREFIX.length())));
    } catch (JsonException noTime) {
      throw new ScheduleException(String.valueOf(noTime.getMessage()));
    }
  }

  @Override
  public boolean repeats() {
    return false;
  }

  @Override
  public OptionalLong next(long afterEpochNanos) {
    return OptionalLong.of(Clock.epochNanos(at));
  }

  @Override
  public OptionalLong next(long dueEpochNanos, long nowEpochNanos) {
    return next(dueEpochNanos);
  }

  @Override
  public String format(long epochNanos) {
    return Rfc3339.format(Clock.instant(epochNanos));
  }

  @Override
  public boolean isNone() {
    return at.equals(Rfc3339.ZERO);
  }
}
