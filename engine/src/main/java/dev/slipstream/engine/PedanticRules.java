// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.Republish;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.api.StreamSource;
import dev.slipstream.protocol.api.SubjectTransform;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a pedantic request is refused for: where a value would be adjusted without a word otherwise.
 * Each part stands among the other checks where the public server has it. Source: ADR-42.
 */
final class PedanticRules {
  private PedanticRules() {}

  private static ApiError refusal(String text) {
    return ApiErrors.PEDANTIC.of(text);
  }

  /** Limits below what means none. */
  static @Nullable ApiError limits(StreamConfig given) {
    String field = belowNone(given);
    return field.isEmpty() ? null : refusal(field + " must be set to -1");
  }

  private static String belowNone(StreamConfig given) {
    if (given.maxMsgs() < -1) {
      return "max_msgs";
    }
    if (given.maxMsgsPerSubject() < -1) {
      return "max_msgs_per_subject";
    }
    if (given.maxBytes() < -1) {
      return "max_bytes";
    }
    if (given.maxMsgSize() < -1) {
      return "max_msg_size";
    }
    return given.maxConsumers() < -1 ? "max_consumers" : "";
  }

  /** A duplicate window that would be shorter than the default one. */
  static @Nullable ApiError window(StreamConfig given, EngineOptions options) {
    boolean isSet = given.duplicateWindowNanos() != 0;
    if (isSet || given.mirror() != null || !given.sources().isEmpty()) {
      return null;
    }
    long most = options.maxDuplicateWindowNanos();
    if (most > 0 && most < StreamRules.DEFAULT_DUPLICATE_WINDOW_NANOS) {
      return refusal("duplicate window limits are higher than current limits");
    }
    long age = given.maxAgeNanos();
    return age != 0 && age < StreamRules.DEFAULT_DUPLICATE_WINDOW_NANOS
        ? refusal("duplicate window cannot be bigger than max age")
        : null;
  }

  /** Markers and schedules without what they need. */
  static @Nullable ApiError rollups(StreamConfig given) {
    if (given.subjectDeleteMarkerTtlNanos() > 0) {
      if (!given.allowMsgTtl()) {
        return StreamRules.invalid(
            "subject delete marker cannot be set if message TTLs are disabled");
      }
      if (!given.allowRollupHdrs()) {
        return StreamRules.invalid("subject delete marker cannot be set if roll-ups are disabled");
      }
    }
    return given.allowMsgSchedules() && !given.allowRollupHdrs()
        ? StreamRules.invalid("message scheduling cannot be set if roll-ups are disabled")
        : null;
  }

  /** A mirror that says other than its origin whether it answers direct gets. */
  static @Nullable ApiError mirrorDirect(
      StreamConfig given, Function<String, @Nullable StreamConfig> others) {
    StreamSource mirror = given.mirror();
    StreamConfig origin =
        mirror == null || mirror.external() != null ? null : others.apply(mirror.name());
    return origin != null && origin.allowDirect() != given.mirrorDirect()
        ? refusal("origin stream has direct get set, mirror has it disabled")
        : null;
  }

  /** A republish that stands for something else. */
  static @Nullable ApiError republish(StreamConfig given, StreamConfig config) {
    Republish republish = given.republish();
    if (republish == null) {
      return null;
    }
    if (republish.source().isEmpty()) {
      return refusal("republish source can not be empty");
    }
    SubjectTransform transform = given.subjectTransform();
    boolean all = republish.source().equals(">") && republish.destination().equals(">");
    return all && transform != null && config.subjects().equals(List.of(transform.source()))
        ? refusal("implicit republish based on subject transform")
        : null;
  }

  /** Values of a consumer. */
  static @Nullable ApiError consumer(
      ConsumerConfig given, StreamConfig stream, EngineOptions options) {
    if (given.maxDeliver() < -1) {
      return refusal("max_deliver must be set to -1");
    }
    if (given.maxWaiting() < 0) {
      return refusal("max_waiting must not be negative");
    }
    if (given.maxAckPending() < -1) {
      return refusal("max_ack_pending must be set to -1");
    }
    String negative = negative(given);
    if (!negative.isEmpty()) {
      return refusal(negative + " must not be negative");
    }
    List<Long> backoff = given.backoffNanos();
    if (!backoff.isEmpty() && ConsumerDefaults.ackWaitNanos(given) != backoff.get(0)) {
      return refusal("first backoff value has to equal batch AckWait");
    }
    if (given.maxAckPending() == 0 && stream.consumerLimits().maxAckPending() > 0) {
      return refusal("max_ack_pending must be set if it's configured in stream limits");
    }
    if (given.inactiveThresholdNanos() == 0
        && stream.consumerLimits().inactiveThresholdNanos() > 0) {
      return refusal("inactive_threshold must be set if it's configured in stream limits");
    }
    boolean anyBatch = given.deliverSubject().isEmpty() && given.maxBatch() == 0;
    return anyBatch && options.maxRequestBatch() > 0
        ? refusal("max_request_batch must be set if it's JetStream limits are set")
        : null;
  }

  private static String negative(ConsumerConfig given) {
    if (given.maxBatch() < 0) {
      return "max_batch";
    }
    if (given.maxExpiresNanos() < 0) {
      return "max_expires";
    }
    if (given.maxBytes() < 0) {
      return "max_bytes";
    }
    if (given.idleHeartbeatNanos() < 0) {
      return "idle_heartbeat";
    }
    if (given.inactiveThresholdNanos() < 0) {
      return "inactive_threshold";
    }
    return given.priorityTimeoutNanos() < 0 ? "priority_timeout" : "";
  }
}
