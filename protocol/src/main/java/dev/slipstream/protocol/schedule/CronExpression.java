// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.schedule;

import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * A cron expression of six fields: second, minute, hour, day of the month, month, day of the week.
 *
 * <p>When neither day is a star, one of the two is enough. Where clocks are put on, times that do
 * not exist are left out; where they are put back, times come twice. That is so as it follows from
 * going on from field to field like the public server, step for step.
 */
record CronExpression(long second, long minute, long hour, long day, long month, long weekday) {
  private static final int MOST_YEARS = 5;
  private static final long MINUTE_SECONDS = 60;
  private static final long HOUR_SECONDS = 3600;

  static CronExpression parse(String expression) throws ScheduleException {
    List<String> fields = fields(expression);
    CronField[] kinds = CronField.values();
    if (fields.size() != kinds.length) {
      throw new ScheduleException("six fields are needed, not " + fields.size());
    }
    long[] values = new long[kinds.length];
    for (int i = 0; i < kinds.length; i++) {
      values[i] = kinds[i].parse(fields.get(i));
    }
    return new CronExpression(values[0], values[1], values[2], values[3], values[4], values[5]);
  }

  private static List<String> fields(String expression) {
    List<String> fields = new ArrayList<>();
    int from = 0;
    for (int i = 0; i <= expression.length(); i++) {
      if (i == expression.length() || isSpace(expression.charAt(i))) {
        if (i > from) {
          fields.add(expression.substring(from, i));
        }
        from = i + 1;
      }
    }
    return fields;
  }

  /** What Unicode calls white space; Java leaves some out and has others. */
  private static boolean isSpace(char c) {
    return c == ' '
        || c >= '\t' && c <= '\r'
        || c == '\u0085'
        || Character.isSpaceChar(c); // no-break spaces and those of other scripts
  }

  /**
   * The first second behind {@code afterEpochSecond} that fits; none when that would be more than
   * five years ahead.
   */
  OptionalLong next(long afterEpochSecond, ZoneRules zone) {
    if (second == 0 || minute == 0 || hour == 0 || month == 0) {
      return OptionalLong.empty(); // lists of nothing
    }
    LocalCursor at = new LocalCursor(zone, afterEpochSecond + 1);
    int lastYear = at.year() + MOST_YEARS;
    boolean atStart = false; // of the field that is looked at
    search:
    while (at.year() <= lastYear) {
      while (!has(month, at.month())) {
        if (!atStart) {
          atStart = true;
          at.toStartOfMonth();
        }
        at.addMonth();
        if (at.month() == 1) {
          continue search;
        }
      }
      while (!hasDay(at)) {
        if (!atStart) {
          atStart = true;
          at.toStartOfDay();
        }
        at.addDay();
        if (at.day() == 1) {
          continue search;
        }
      }
      while (!has(hour, at.hour())) {
        if (!atStart) {
          atStart = true;
          at.toStartOfHour();
        }
        at.addSeconds(HOUR_SECONDS);
        if (at.hour() == 0) {
          continue search;
        }
      }
      while (!has(minute, at.minute())) {
        if (!atStart) {
          atStart = true;
          at.toStartOfMinute();
        }
        at.addSeconds(MINUTE_SECONDS);
        if (at.minute() == 0) {
          continue search;
        }
      }
      while (!has(second, at.second())) {
        atStart = true;
        at.addSeconds(1);
        if (at.second() == 0) {
          continue search;
        }
      }
      return OptionalLong.of(at.epochSecond());
    }
    return OptionalLong.empty();
  }

  private boolean hasDay(LocalCursor at) {
    boolean ofMonth = has(day, at.day());
    boolean ofWeek = has(weekday, at.weekday());
    return ((day | weekday) & CronField.STAR) != 0 ? ofMonth && ofWeek : ofMonth || ofWeek;
  }

  private static boolean has(long values, int value) {
    return (values & 1L << value) != 0;
  }
}
