// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.AccountLimits;
import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.PriorityPolicy;
import dev.slipstream.protocol.api.StreamConfig;

/** What a consumer's configuration has where nothing is said. Source: the public server. */
final class ConsumerDefaults {
  static final long INACTIVE_NANOS = 5_000_000_000L;

  /** The one heartbeat of a consumer that is acknowledged by flow control. */
  static final long FLOW_CONTROL_HEARTBEAT_NANOS = 1_000_000_000L;

  private static final int MAX_WAITING = 512;
  private static final int MAX_ACK_PENDING = 1000;
  private static final long ACK_WAIT_NANOS = 30_000_000_000L;
  private static final long PRIORITY_TIMEOUT_NANOS = 120_000_000_000L;

  private ConsumerDefaults() {}

  /** Whether a consumer ends after the default time without use, as nobody set another. */
  static boolean getsThreshold(ConsumerConfig given, StreamConfig stream) {
    return given.durableName().isEmpty() && inactiveThresholdNanos(given, stream) == 0;
  }

  private static long inactiveThresholdNanos(ConsumerConfig given, StreamConfig stream) {
    long own = Math.max(0, given.inactiveThresholdNanos());
    return own == 0 ? Math.max(0, stream.consumerLimits().inactiveThresholdNanos()) : own;
  }

  /**
   * The configuration with its defaults filled in.
   *
   * @param pedantic whether only what is left out is, and nothing that follows from the rest
   */
  static ConsumerConfig fillIn(
      ConsumerConfig given,
      StreamConfig stream,
      EngineOptions options,
      AccountLimits limits,
      boolean pedantic) {
    ConsumerConfig.Builder config = given.toBuilder();
    config.maxDeliver(given.maxDeliver() == 0 ? -1 : Math.max(-1, given.maxDeliver()));
    int maxWaiting = Math.max(0, given.maxWaiting());
    boolean pull = given.deliverSubject().isEmpty();
    config.maxWaiting(pull && maxWaiting == 0 ? MAX_WAITING : maxWaiting);
    config.maxBatch(Math.max(0, given.maxBatch()));
    config.maxExpiresNanos(Math.max(0, given.maxExpiresNanos()));
    config.maxBytes(Math.max(0, given.maxBytes()));
    config.idleHeartbeatNanos(Math.max(0, given.idleHeartbeatNanos()));
    config.inactiveThresholdNanos(
        getsThreshold(given, stream) ? INACTIVE_NANOS : inactiveThresholdNanos(given, stream));
    config.ackWaitNanos(
        given.backoffNanos().isEmpty() ? ackWaitNanos(given) : given.backoffNanos().get(0));
    config.maxAckPending(maxAckPending(given, stream, options, limits));
    long priorityTimeout = Math.max(0, given.priorityTimeoutNanos());
    boolean pinned = given.priorityPolicy() == PriorityPolicy.PINNED_CLIENT;
    config.priorityTimeoutNanos(
        pinned && priorityTimeout == 0 ? PRIORITY_TIMEOUT_NANOS : priorityTimeout);
    if (pull && given.maxBatch() <= 0 && options.maxRequestBatch() > 0) {
      config.maxBatch(options.maxRequestBatch());
    }
    if (given.ackPolicy() == AckPolicy.FLOW_CONTROL && !pedantic) {
      config.flowControl(true).idleHeartbeatNanos(FLOW_CONTROL_HEARTBEAT_NANOS);
    }
    return config.build();
  }

  /** The ack wait without a back-off. */
  static long ackWaitNanos(ConsumerConfig given) {
    boolean waits = given.ackPolicy() == AckPolicy.EXPLICIT || given.ackPolicy() == AckPolicy.ALL;
    return given.ackWaitNanos() == 0 && waits ? ACK_WAIT_NANOS : given.ackWaitNanos();
  }

  private static int maxAckPending(
      ConsumerConfig given, StreamConfig stream, EngineOptions options, AccountLimits limits) {
    int maxAckPending = Math.max(-1, given.maxAckPending());
    if (maxAckPending == 0) {
      maxAckPending = stream.consumerLimits().maxAckPending();
    }
    if (maxAckPending == 0 && given.ackPolicy() != AckPolicy.NONE) {
      maxAckPending = MAX_ACK_PENDING;
      if (options.maxAckPending() > 0) {
        maxAckPending = Math.min(maxAckPending, options.maxAckPending());
      }
      if (limits.maxAckPending() > 0) {
        maxAckPending = Math.min(maxAckPending, limits.maxAckPending());
      }
    }
    return maxAckPending;
  }
}
