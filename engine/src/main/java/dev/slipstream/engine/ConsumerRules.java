// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.AccountLimits;
import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.PriorityPolicy;
import dev.slipstream.protocol.api.RetentionPolicy;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.json.GoDuration;
import dev.slipstream.protocol.subject.Subject;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a consumer's configuration is held to, in the order and with the words of the public server.
 */
final class ConsumerRules {
  private static final int MAX_DESCRIPTION = 4096;
  private static final int MAX_METADATA = 128 << 10;
  private static final long MILLI = 1_000_000L;

  private ConsumerRules() {}

  /** What is wrong with a configuration whose defaults are filled in, or null. */
  static @Nullable ApiError check(
      ConsumerConfig config, StreamConfig stream, EngineOptions options, AccountLimits limits) {
    ApiError error = checkBasics(config, stream);
    if (error == null) {
      error =
          config.deliverSubject().isEmpty()
              ? checkPull(config, stream, options)
              : checkPush(config, stream);
    }
    if (error == null) {
      error = checkLimits(config, stream, options, limits);
    }
    if (error == null) {
      error = checkFilters(config);
    }
    if (error == null) {
      error = checkStart(config);
    }
    if (error == null) {
      error = checkRest(config);
    }
    return error;
  }

  private static @Nullable ApiError checkBasics(ConsumerConfig config, StreamConfig stream) {
    if (!config.name().isEmpty() && !Names.isValid(config.name())) {
      return StreamRules.invalid("consumer name can not contain '.', '*', '>', '\\', '/'");
    }
    if (!config.durableName().isEmpty() && !Names.isValid(config.durableName())) {
      return StreamRules.invalid("consumer durable name can not contain '.', '*', '>', '\\', '/'");
    }
    if (config.numReplicas() > stream.numReplicas()) {
      return config.numReplicas() > 1
          ? ApiErrors.STREAM_REPLICAS_NOT_SUPPORTED.of()
          : ApiErrors.CONSUMER_REPLICAS_EXCEEDS_STREAM.of();
    }
    if (config.numReplicas() < 0) {
      return ApiErrors.REPLICAS_COUNT_CANNOT_BE_NEGATIVE.of();
    }
    if (stream.retention() != RetentionPolicy.LIMITS
        && config.numReplicas() != 0
        && config.numReplicas() != stream.numReplicas()) {
      return ApiErrors.CONSUMER_REPLICAS_SHOULD_MATCH_STREAM.of();
    }
    if (config.backoffNanos().stream().anyMatch(wait -> wait < 0)) {
      return ApiErrors.CONSUMER_BACK_OFF_NEGATIVE.of();
    }
    if (config.ackWaitNanos() < 0) {
      return ApiErrors.CONSUMER_ACK_WAIT_NEGATIVE.of();
    }
    if (config.ackPolicy() == AckPolicy.FLOW_CONTROL) {
      ApiError error = checkFlowControlAcks(config);
      if (error != null) {
        return error;
      }
    }
    if (config.maxDeliver() != -1 && config.backoffNanos().size() > config.maxDeliver()) {
      return ApiErrors.CONSUMER_MAX_DELIVER_BACKOFF.of();
    }
    return config.description().length() > MAX_DESCRIPTION
        ? ApiErrors.CONSUMER_DESCRIPTION_TOO_LONG.of(MAX_DESCRIPTION)
        : null;
  }

  private static @Nullable ApiError checkFlowControlAcks(ConsumerConfig config) {
    if (config.deliverSubject().isEmpty()) {
      return ApiErrors.CONSUMER_ACK_FLOW_CONTROL_REQUIRES_PUSH.of();
    }
    if (!config.flowControl()) {
      return ApiErrors.CONSUMER_ACK_FLOW_CONTROL_REQUIRES_FLOW_CONTROL.of();
    }
    if (config.idleHeartbeatNanos() != ConsumerDefaults.FLOW_CONTROL_HEARTBEAT_NANOS) {
      return StreamRules.invalid("flow control ack policy heartbeat needs to be 1s");
    }
    if (config.maxAckPending() <= 0) {
      return ApiErrors.CONSUMER_ACK_FLOW_CONTROL_REQUIRES_MAX_ACK_PENDING.of();
    }
    if (config.ackWaitNanos() != 0 || !config.backoffNanos().isEmpty()) {
      return ApiErrors.CONSUMER_ACK_FLOW_CONTROL_REQUIRES_NO_ACK_WAIT.of();
    }
    return config.maxDeliver() > 0
        ? ApiErrors.CONSUMER_ACK_FLOW_CONTROL_REQUIRES_NO_MAX_DELIVER.of()
        : null;
  }

  private static @Nullable ApiError checkPush(ConsumerConfig config, StreamConfig stream) {
    String to = config.deliverSubject();
    if (!Subject.isLiteral(to)) {
      return ApiErrors.CONSUMER_DELIVER_TO_WILDCARDS.of();
    }
    if (!Subject.isValidFilter(to)) {
      return ApiErrors.CONSUMER_INVALID_DELIVER_SUBJECT.of();
    }
    if (stream.subjects().stream().anyMatch(subject -> Subject.matches(to, subject))) {
      return ApiErrors.CONSUMER_DELIVER_CYCLE.of();
    }
    if (config.maxWaiting() != 0) {
      return ApiErrors.CONSUMER_PUSH_MAX_WAITING.of();
    }
    if (config.maxAckPending() > 0 && config.ackPolicy() == AckPolicy.NONE) {
      return ApiErrors.CONSUMER_MAX_PENDING_ACK_POLICY_REQUIRED.of();
    }
    return config.idleHeartbeatNanos() > 0 && config.idleHeartbeatNanos() < 100 * MILLI
        ? ApiErrors.CONSUMER_SMALL_HEARTBEAT.of()
        : null;
  }

  private static @Nullable ApiError checkPull(
      ConsumerConfig config, StreamConfig stream, EngineOptions options) {
    if (config.ackPolicy() == AckPolicy.NONE && stream.retention() == RetentionPolicy.WORKQUEUE) {
      return ApiErrors.CONSUMER_PULL_REQUIRES_ACK.of();
    }
    if (config.rateLimitBps() > 0) {
      return ApiErrors.CONSUMER_PULL_WITH_RATE_LIMIT.of();
    }
    if (config.idleHeartbeatNanos() > 0) {
      return ApiErrors.CONSUMER_HEARTBEAT_REQUIRES_PUSH.of();
    }
    if (config.flowControl()) {
      return ApiErrors.CONSUMER_FLOW_CONTROL_REQUIRES_PUSH.of();
    }
    if (config.maxExpiresNanos() != 0 && config.maxExpiresNanos() < MILLI) {
      return ApiErrors.CONSUMER_MAX_REQUEST_EXPIRES_TOO_SMALL.of();
    }
    return options.maxRequestBatch() > 0 && config.maxBatch() > options.maxRequestBatch()
        ? ApiErrors.CONSUMER_MAX_REQUEST_BATCH_EXCEEDED.of(options.maxRequestBatch())
        : null;
  }

  private static @Nullable ApiError checkLimits(
      ConsumerConfig config, StreamConfig stream, EngineOptions options, AccountLimits limits) {
    int[] most = {
      options.maxAckPending(), limits.maxAckPending(), stream.consumerLimits().maxAckPending()
    };
    for (int limit : most) {
      if (limit > 0 && config.maxAckPending() > limit) {
        return ApiErrors.CONSUMER_MAX_PENDING_ACK_EXCESS.of(limit);
      }
    }
    long inactive = stream.consumerLimits().inactiveThresholdNanos();
    if (inactive > 0 && config.inactiveThresholdNanos() > inactive) {
      return ApiErrors.CONSUMER_INACTIVE_THRESHOLD_EXCESS.of(GoDuration.format(inactive));
    }
    if (config.direct()) {
      return config.deliverSubject().isEmpty()
          ? ApiErrors.CONSUMER_DIRECT_REQUIRES_PUSH.of()
          : null;
    }
    return null;
  }

  private static @Nullable ApiError checkFilters(ConsumerConfig config) {
    if (!config.filterSubject().isEmpty() && !config.filterSubjects().isEmpty()) {
      return ApiErrors.CONSUMER_DUPLICATE_FILTER_SUBJECTS.of();
    }
    if (!config.filterSubject().isEmpty() && !Subject.isValidFilter(config.filterSubject())) {
      return StreamRules.invalid("invalid subject");
    }
    if (config.filterSubjects().contains("")) {
      return ApiErrors.CONSUMER_EMPTY_FILTER.of();
    }
    List<String> filters = config.filters();
    for (int i = 0; i < filters.size(); i++) {
      if (!Subject.isValidFilter(filters.get(i))) {
        return StreamRules.invalid("invalid subject");
      }
      for (int j = 0; j < filters.size(); j++) {
        if (i != j && Subject.isSubset(filters.get(i), filters.get(j))) {
          return ApiErrors.CONSUMER_OVERLAPPING_SUBJECT_FILTERS.of();
        }
      }
    }
    return null;
  }

  private static @Nullable ApiError checkStart(ConsumerConfig config) {
    boolean seq = config.optStartSeq() != 0;
    boolean time = config.optStartTime() != null;
    return switch (config.deliverPolicy()) {
      case ALL -> noStart("all", seq, time);
      case LAST -> noStart("last", seq, time);
      case NEW -> noStart("new", seq, time);
      case LAST_PER_SUBJECT -> {
        ApiError error = noStart("last per subject", seq, time);
        yield error == null && config.filters().isEmpty()
            ? notSet("last per subject", "filter subject")
            : error;
      }
      case BY_START_SEQUENCE ->
          !seq
              ? notSet("by start sequence", "start sequence")
              : time ? alsoSet("by start sequence", "time") : null;
      case BY_START_TIME ->
          !time
              ? notSet("by start time", "start time")
              : seq ? alsoSet("by start time", "start sequence") : null;
    };
  }

  private static @Nullable ApiError noStart(String policy, boolean seq, boolean time) {
    return seq ? alsoSet(policy, "sequence") : time ? alsoSet(policy, "time") : null;
  }

  private static ApiError alsoSet(String policy, String start) {
    return ApiErrors.CONSUMER_INVALID_POLICY.of(
        "consumer delivery policy is deliver "
            + policy
            + ", but optional start "
            + start
            + " is also set");
  }

  private static ApiError notSet(String policy, String what) {
    return ApiErrors.CONSUMER_INVALID_POLICY.of(
        "consumer delivery policy is deliver " + policy + ", but optional " + what + " is not set");
  }

  private static @Nullable ApiError checkRest(ConsumerConfig config) {
    if (!config.sampleFreq().isEmpty()) {
      ApiError sampling = checkSampling(config.sampleFreq());
      if (sampling != null) {
        return sampling;
      }
    }
    if (config.flowControl() && config.idleHeartbeatNanos() == 0) {
      return ApiErrors.CONSUMER_WITH_FLOW_CONTROL_NEEDS_HEARTBEATS.of();
    }
    if (!config.durableName().isEmpty()
        && !config.name().isEmpty()
        && !config.name().equals(config.durableName())) {
      return ApiErrors.CONSUMER_CREATE_DURABLE_AND_NAME_MISMATCH.of();
    }
    long metadata =
        config.metadata().entrySet().stream()
            .mapToLong(e -> e.getKey().length() + e.getValue().length())
            .sum();
    if (metadata > MAX_METADATA) {
      return ApiErrors.CONSUMER_METADATA_LENGTH.of((MAX_METADATA >> 10) + "KB");
    }
    return checkPriority(config);
  }

  private static @Nullable ApiError checkPriority(ConsumerConfig config) {
    if (config.priorityPolicy() == PriorityPolicy.NONE) {
      if (!config.priorityGroups().isEmpty()) {
        return ApiErrors.CONSUMER_PRIORITY_GROUP_WITH_POLICY_NONE.of();
      }
      return config.priorityTimeoutNanos() > 0
          ? ApiErrors.CONSUMER_PINNED_TTL_WITHOUT_PRIORITY_POLICY_NONE.of()
          : null;
    }
    if (!config.deliverSubject().isEmpty()) {
      return ApiErrors.CONSUMER_PUSH_WITH_PRIORITY_GROUP.of();
    }
    if (config.priorityGroups().isEmpty()) {
      return ApiErrors.CONSUMER_PRIORITY_POLICY_WITHOUT_GROUP.of();
    }
    for (String group : config.priorityGroups()) {
      if (group.isEmpty()) {
        return ApiErrors.CONSUMER_EMPTY_GROUP_NAME.of();
      }
      if (!isGroupName(group)) {
        return ApiErrors.CONSUMER_INVALID_GROUP_NAME.of();
      }
    }
    return null;
  }

  static boolean isGroupName(String group) {
    return group.matches("[a-zA-Z0-9/_=-]{1,16}");
  }

  private static @Nullable ApiError checkSampling(String frequency) {
    String digits =
        frequency.endsWith("%") ? frequency.substring(0, frequency.length() - 1) : frequency;
    try {
      return Integer.parseInt(digits) < 0 ? ApiErrors.CONSUMER_INVALID_SAMPLING.of("<nil>") : null;
    } catch (NumberFormatException notANumber) {
      return ApiErrors.CONSUMER_INVALID_SAMPLING.of(
          "strconv.Atoi: parsing \"" + digits + "\": invalid syntax");
    }
  }

  /**
   * What forbids to change {@code before} into {@code after}, or null.
   *
   * @param heard whether somebody listens on the deliver subject that it had
   */
  static @Nullable ApiError checkUpdate(
      ConsumerConfig before, ConsumerConfig after, boolean heard) {
    String fixed = null;
    if (before.deliverPolicy() != after.deliverPolicy()) {
      fixed = "deliver policy";
    } else if (before.memStorage() != after.memStorage()) {
      fixed = "storage type";
    } else if (before.direct() != after.direct()) {
      fixed = "direct";
    } else if (before.optStartSeq() != after.optStartSeq()) {
      fixed = "start sequence";
    } else if (!Objects.equals(before.optStartTime(), after.optStartTime())) {
      fixed = "start time";
    } else if (before.ackPolicy() != after.ackPolicy()) {
      fixed = "ack policy";
    } else if (before.replayPolicy() != after.replayPolicy()) {
      fixed = "replay policy";
    } else if (before.idleHeartbeatNanos() != after.idleHeartbeatNanos()) {
      fixed = "heart beats";
    } else if (before.flowControl() != after.flowControl()) {
      fixed = "flow control";
    } else if (before.deliverSubject().isEmpty() && !after.deliverSubject().isEmpty()) {
      return ApiErrors.CONSUMER_CREATE.of("can not update pull consumer to push based");
    } else if (!before.deliverSubject().isEmpty() && after.deliverSubject().isEmpty()) {
      return ApiErrors.CONSUMER_CREATE.of("can not update push consumer to pull based");
    } else if (heard && !before.deliverSubject().equals(after.deliverSubject())) {
      return ApiErrors.CONSUMER_NAME_EXIST.of();
    } else if (before.maxWaiting() != after.maxWaiting()) {
      fixed = "max waiting";
    }
    return fixed == null ? null : ApiErrors.CONSUMER_CREATE.of(fixed + " can not be updated");
  }
}
