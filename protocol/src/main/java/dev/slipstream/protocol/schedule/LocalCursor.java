// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.schedule;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;

/**
 * A second that moves through a time zone, with its date and time of day there.
 *
 * <p>A local time that the clocks skip stands for one an hour before or behind it, and of one that
 * comes twice one is taken, by the same rule as Go's {@code time.Date}, which decides what the
 * public server does. Owner: whoever made it.
 */
final class LocalCursor {
  private static final int DAY_SECONDS = 86_400;
  private static final int WEEK_DAYS = 7;

  private final ZoneRules zone;
  private long epochSecond;
  private LocalDateTime local;

  LocalCursor(ZoneRules zone, long epochSecond) {
    this.zone = zone;
    this.epochSecond = epochSecond;
    local = localOf(epochSecond);
  }

  long epochSecond() {
    return epochSecond;
  }

  int year() {
    return local.getYear();
  }

  int month() {
    return local.getMonthValue();
  }

  int day() {
    return local.getDayOfMonth();
  }

  /** The day of the week, counted from Sunday. */
  int weekday() {
    return local.getDayOfWeek().getValue() % WEEK_DAYS;
  }

  int hour() {
    return local.getHour();
  }

  int minute() {
    return local.getMinute();
  }

  int second() {
    return local.getSecond();
  }

  void toStartOfMonth() {
    toLocal(local.toLocalDate().withDayOfMonth(1), 0);
  }

  void toStartOfDay() {
    toLocal(local.toLocalDate(), 0);
  }

  void toStartOfHour() {
    toLocal(local.toLocalDate(), local.toLocalTime().toSecondOfDay() / 3600 * 3600);
  }

  /** To the start of a minute of UTC, which is one of every zone that counts in minutes. */
  void toStartOfMinute() {
    addSeconds(-Math.floorMod(epochSecond, 60L));
  }

  /** The same day and time of the next month; days that it has not are of the one after it. */
  void addMonth() {
    LocalDate next = local.toLocalDate().withDayOfMonth(1).plusMonths(1).plusDays(day() - 1L);
    toLocal(next, local.toLocalTime().toSecondOfDay());
  }

  /** The same time of the next day; of the one after it where a zone has left out a whole day. */
  void addDay() {
    LocalDateTime from = local;
    long before = epochSecond;
    for (int days = 1; epochSecond <= before; days++) {
      toLocal(from.toLocalDate().plusDays(days), from.toLocalTime().toSecondOfDay());
    }
  }

  void addSeconds(long seconds) {
    epochSecond += seconds;
    local = localOf(epochSecond);
  }

  private void toLocal(LocalDate date, int secondOfDay) {
    long asUtc = date.toEpochDay() * DAY_SECONDS + secondOfDay;
    int offset = offsetAt(asUtc);
    if (offset != 0) {
      offset = offsetAt(asUtc - offset);
    }
    epochSecond = asUtc - offset;
    local = localOf(epochSecond);
  }

  private int offsetAt(long atEpochSecond) {
    return zone.getOffset(Instant.ofEpochSecond(atEpochSecond)).getTotalSeconds();
  }

  private LocalDateTime localOf(long atEpochSecond) {
    return LocalDateTime.ofEpochSecond(atEpochSecond + offsetAt(atEpochSecond), 0, ZoneOffset.UTC);
  }
}
