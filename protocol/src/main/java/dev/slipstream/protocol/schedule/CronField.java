// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.schedule;

import java.util.List;

/**
 * One of the six fields of a cron expression: what it counts, and how a list of ranges in it is
 * read. A set of its values is a long with a bit for each, and {@link #STAR} when all were asked
 * for by a star or a question mark.
 */
enum CronField {
  SECOND(0, 59, List.of()),
  MINUTE(0, 59, List.of()),
  HOUR(0, 23, List.of()),
  DAY(1, 31, List.of()),
  MONTH(
      1,
      12,
      List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")),
  WEEKDAY(0, 6, List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat"));

  static final long STAR = 1L << 63;

  private final int least;
  private final int most;
  private final List<String> names;

  CronField(int least, int most, List<String> names) {
    this.least = least;
    this.most = most;
    this.names = names;
  }

  /** The values of ranges with commas between them; empty ones count for nothing. */
  long parse(String list) throws ScheduleException {
    long values = 0;
    for (String range : list.split(",")) {
      if (!range.isEmpty()) {
        values |= parseRange(range);
      }
    }
    return values;
  }

  /** {@code value}, {@code value-value} or a star, any of them with {@code /step}. */
  private long parseRange(String range) throws ScheduleException {
    String[] rangeAndStep = range.split("/", -1);
    String[] ends = rangeAndStep[0].split("-", -1);
    if (rangeAndStep.length > 2) {
      throw new ScheduleException("more than one step: " + range);
    }
    boolean star = ends[0].equals("*") || ends[0].equals("?");
    if (!star && ends.length > 2) {
      throw new ScheduleException("more than two ends: " + range);
    }
    long first = star ? least : value(ends[0]);
    long last = star ? most : ends.length == 2 ? value(ends[1]) : first;
    long step = 1;
    if (rangeAndStep.length == 2) {
      step = number(rangeAndStep[1]);
      last = ends.length == 1 ? most : last;
    }
    if (first < least || last > most || first > last || step == 0) {
      throw new ScheduleException(
          "not within " + least + " to " + most + ", or without an end: " + range);
    }
    long values = star && step == 1 ? STAR : 0;
    for (long value = first; value <= last; value += step) {
      values |= 1L << value;
      if (step > most) {
        break; // which may be so large that a sum of it is none
      }
    }
    return values;
  }

  private long value(String text) throws ScheduleException {
    StringBuilder lower = new StringBuilder(text.length());
    text.codePoints().map(Character::toLowerCase).forEach(lower::appendCodePoint);
    int name = names.indexOf(lower.toString());
    return name < 0 ? number(text) : name + least;
  }

  /** A number, which may have a sign, of at most what a long holds. */
  private static long number(String text) throws ScheduleException {
    boolean digits = text.chars().allMatch(each -> each >= '0' && each <= '9');
    if (!digits && !text.matches("[+-][0-9]+")) {
      throw new ScheduleException("not a number: " + text);
    }
    try {
      long number = Long.parseLong(text);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException noneOrTooLarge) {
      throw new ScheduleException("not a number: " + text);
    }
    throw new ScheduleException("below zero: " + text);
  }
}
