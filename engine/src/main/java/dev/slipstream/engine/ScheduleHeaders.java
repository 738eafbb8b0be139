// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.schedule.Schedule;
import dev.slipstream.protocol.schedule.ScheduleException;
import dev.slipstream.protocol.schedule.TimeZones;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.HeaderBlock;
import java.time.ZoneId;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The headers of messages that are put off, and of those that a schedule makes. Source: ADR-51. */
final class ScheduleHeaders {
  /** What all of them begin with; itself the one that says when. */
  static final byte[] SCHEDULE = Subject.bytes("Nats-Schedule");

  static final byte[] TARGET = Subject.bytes("Nats-Schedule-Target");
  static final byte[] SOURCE = Subject.bytes("Nats-Schedule-Source");
  static final byte[] TTL = Subject.bytes("Nats-Schedule-TTL");
  static final byte[] ROLLUP = Subject.bytes("Nats-Schedule-Rollup");

  /** In what a schedule made: the subject of the schedule. */
  static final byte[] SCHEDULER = Subject.bytes("Nats-Scheduler");

  /** In what a schedule made: when it is due next, or {@link #PURGE}. */
  static final byte[] NEXT = Subject.bytes("Nats-Schedule-Next");

  /** The schedule is done with, and its subject is purged. */
  static final String PURGE = "purge";

  private static final byte[] TIME_ZONE = Subject.bytes("Nats-Schedule-Time-Zone");

  private ScheduleHeaders() {}

  /**
   * What a message's headers say of when it is due.
   *
   * @param schedule null when they say nothing, or something wrong
   * @param dueEpochNanos when it is due for the first time
   * @param refusal what is wrong, or null
   */
  record Plan(@Nullable Schedule schedule, long dueEpochNanos, @Nullable ApiErrors refusal) {
    private static final Plan NONE = new Plan(null, 0, null);

    private static Plan refused(ApiErrors refusal) {
      return new Plan(null, 0, refusal);
    }
  }

  /** Whether any of these headers is in the block {@code bytes[from..to]}. */
  static boolean any(byte[] bytes, int from, int to) {
    return from < to && HeaderBlock.hasPrefix(bytes, from, to, SCHEDULE);
  }

  /** Reads the plan of a message that came at {@code nowEpochNanos}. */
  static Plan plan(byte[] bytes, int from, int to, long nowEpochNanos) {
    String zoneName = HeaderBlock.get(bytes, from, to, TIME_ZONE);
    ZoneId zone = zoneName == null ? null : TimeZones.of(zoneName);
    if (zoneName != null && zone == null) {
      return Plan.refused(ApiErrors.MESSAGE_SCHEDULES_TIME_ZONE_INVALID);
    }
    String pattern = HeaderBlock.get(bytes, from, to, SCHEDULE);
    if (pattern == null || pattern.isEmpty()) {
      return Plan.NONE;
    }
    try {
      Schedule schedule = Schedule.parse(pattern, zone);
      OptionalLong due = schedule.next(nowEpochNanos);
      if (due.isPresent()) {
        return schedule.isNone() ? Plan.NONE : new Plan(schedule, due.getAsLong(), null);
      }
    } catch (ScheduleException invalid) {
      // the same answer as for one that is never due
    }
    return Plan.refused(ApiErrors.MESSAGE_SCHEDULES_PATTERN_INVALID);
  }

  /** Whether a block says that a schedule is done with. */
  static boolean purges(byte[] bytes, int from, int to) {
    return PURGE.equals(HeaderBlock.get(bytes, from, to, NEXT));
  }
}
