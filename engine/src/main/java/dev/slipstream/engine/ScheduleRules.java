// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.HeaderBlock;
import dev.slipstream.protocol.wire.MessageFrame;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The checks of a publish that puts a message off, or ends that. Owner: the stream's loop. Source:
 * ADR-51.
 */
final class ScheduleRules {
  private final Stream stream;

  ScheduleRules(Stream stream) {
    this.stream = stream;
  }

  /**
   * What refuses a message, or null.
   *
   * @param before whether the last message under a subject is a schedule, as far as messages say so
   *     that come with this one; null where none does
   */
  @Nullable ApiError refusal(
      MessageFrame message, byte[] headers, Function<String, @Nullable Boolean> before) {
    if (!ScheduleHeaders.any(headers, 0, headers.length)) {
      return null;
    }
    String subject = message.subject();
    ScheduleHeaders.Plan plan = plan(headers);
    ApiErrors refusal = plan.refusal();
    if ((refusal != null || plan.schedule() != null) && !stream.config().allowMsgSchedules()) {
      refusal = ApiErrors.MESSAGE_SCHEDULES_DISABLED;
    } else if (plan.schedule() != null) {
      refusal = refusalOfSchedule(subject, headers);
    }
    if (refusal == null) {
      refusal = refusalOfEnd(subject, headers, before);
    }
    return refusal == null ? null : refusal.of();
  }

  private ScheduleHeaders.Plan plan(byte[] headers) {
    return ScheduleHeaders.plan(headers, 0, headers.length, stream.shard.clock.epochNanos());
  }

  private @Nullable ApiErrors refusalOfSchedule(String subject, byte[] headers) {
    String ttl = HeaderBlock.text(headers, ScheduleHeaders.TTL);
    String rollup = HeaderBlock.text(headers, ScheduleHeaders.ROLLUP);
    String target = HeaderBlock.text(headers, ScheduleHeaders.TARGET);
    String source = HeaderBlock.text(headers, ScheduleHeaders.SOURCE);
    if (!ttl.isEmpty() && MessageTtl.seconds(ttl) == MessageTtl.INVALID) {
      return ApiErrors.MESSAGE_SCHEDULES_TTL_INVALID;
    }
    if (!rollup.isEmpty() && !rollup.equals("sub")) {
      return ApiErrors.MESSAGE_SCHEDULES_ROLLUP_INVALID;
    }
    if (!ttl.isEmpty() && !stream.config().allowMsgTtl()) {
      return ApiErrors.MESSAGE_TTL_DISABLED;
    }
    if (!Subject.isValidLiteral(target) || target.equals(subject)) {
      return ApiErrors.MESSAGE_SCHEDULES_TARGET_INVALID;
    }
    if (!source.isEmpty()
        && (source.equals(target) || source.equals(subject) || !Subject.isValidLiteral(source))) {
      return ApiErrors.MESSAGE_SCHEDULES_SOURCE_INVALID;
    }
    if (!isOfStream(target)) {
      return ApiErrors.MESSAGE_SCHEDULES_TARGET_INVALID;
    }
    if (!source.isEmpty() && !isOfStream(source)) {
      return ApiErrors.MESSAGE_SCHEDULES_SOURCE_INVALID;
    }
    String own = HeaderBlock.text(headers, IngestHeaders.ROLLUP).toLowerCase(Locale.ROOT);
    return own.isEmpty() || own.equals("sub") ? null : ApiErrors.MESSAGE_SCHEDULES_ROLLUP_INVALID;
  }

  private boolean isOfStream(String subject) {
    return stream.config().subjects().stream().anyMatch(each -> Subject.matches(subject, each));
  }

  /** What refuses a message that ends a schedule, or has what only such ones may have. */
  private @Nullable ApiErrors refusalOfEnd(
      String subject, byte[] headers, Function<String, @Nullable Boolean> before) {
    String next = HeaderBlock.text(headers, ScheduleHeaders.NEXT);
    String scheduler = HeaderBlock.text(headers, ScheduleHeaders.SCHEDULER);
    if (next.isEmpty()) {
      return scheduler.isEmpty() ? null : ApiErrors.MESSAGE_SCHEDULES_SCHEDULER_INVALID;
    }
    if (!next.equals(ScheduleHeaders.PURGE)
        || !Subject.isValidLiteral(scheduler)
        || scheduler.equals(subject)) {
      return ApiErrors.MESSAGE_SCHEDULES_SCHEDULER_INVALID;
    }
    if (!stream.config().allowMsgSchedules()) {
      return ApiErrors.MESSAGE_SCHEDULES_DISABLED;
    }
    Boolean known = before.apply(scheduler);
    boolean other = known == null ? stream.schedules.isOther(Subject.bytes(scheduler)) : !known;
    return other ? ApiErrors.MESSAGE_SCHEDULES_SCHEDULER_INVALID : null;
  }

  /** Whether the checks ask which schedules there are, those under way too. */
  static boolean needsSettled(byte[] headers) {
    return headers.length > 0 && HeaderBlock.has(headers, 0, headers.length, ScheduleHeaders.NEXT);
  }

  /**
   * The message as it is stored: one that is a schedule replaces what is under its subject, and
   * says so.
   */
  MessageFrame stored(MessageFrame message, byte[] headers) {
    return isSchedule(headers) && HeaderBlock.text(headers, IngestHeaders.ROLLUP).isEmpty()
        ? message.withHeaders(HeaderBlock.with(headers, 0, headers.length, "Nats-Rollup", "sub"))
        : message;
  }

  /** Whether a message that was checked is a schedule. */
  boolean isSchedule(byte[] headers) {
    return stream.config().allowMsgSchedules()
        && ScheduleHeaders.any(headers, 0, headers.length)
        && plan(headers).schedule() != null;
  }
}
