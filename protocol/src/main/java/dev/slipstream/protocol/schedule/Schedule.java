// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.schedule;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * When a message is due, as {@code Nats-Schedule} says it: {@code @at} a time, {@code @every}
 * duration of at least a second, or the times of a cron expression, which some names stand for.
 *
 * <p>Times are nanoseconds since the epoch, drawn to the ends of what a long holds (1677 and 2262).
 * Source: ADR-51.
 */
public sealed interface Schedule permits OneTime, Interval, CronSchedule {

  /**
   * Reads a pattern.
   *
   * @param zone where a cron expression is read, UTC when null; the other forms take none
   * @throws ScheduleException if it is none
   */
  static Schedule parse(String pattern, @Nullable ZoneId zone) throws ScheduleException {
    boolean once = pattern.startsWith(OneTime.PREFIX);
    if (zone != null && (once || pattern.startsWith(Interval.PREFIX))) {
      throw new ScheduleException("a time zone is for cron expressions only");
    }
    if (once) {
      return OneTime.parse(pattern);
    }
    if (pattern.startsWith(Interval.PREFIX)) {
      return Interval.parse(pattern);
    }
    String expression = Names.OF_EXPRESSIONS.getOrDefault(pattern, pattern);
    return new CronSchedule(CronExpression.parse(expression), zone == null ? ZoneOffset.UTC : zone);
  }

  /** Whether it is due again and again. */
  boolean repeats();

  /** When it is due behind a time; for one that does not repeat, its time. */
  OptionalLong next(long afterEpochNanos);

  /**
   * When it is due behind a time when it was due: what has been missed until now is left out, so
   * that it is made up for once.
   */
  OptionalLong next(long dueEpochNanos, long nowEpochNanos);

  /** A time as RFC 3339 has it, in the zone of this schedule. */
  String format(long epochNanos);

  /** Whether it says no time at all: Go's zero time, which is the same as no schedule. */
  boolean isNone();

  /** The names of some cron expressions. */
  final class Names {
    static final Map<String, String> OF_EXPRESSIONS =
        Map.of(
            "@yearly", "0 0 0 1 1 *",
            "@annually", "0 0 0 1 1 *",
            "@monthly", "0 0 0 1 * *",
            "@weekly", "0 0 0 * * 0",
            "@daily", "0 0 0 * * *",
            "@midnight", "0 0 0 * * *",
            "@hourly", "0 0 * * * *");

    private Names() {}
  }
}
