// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.PriorityPolicy;
import dev.slipstream.protocol.api.PullRequest;
import dev.slipstream.protocol.json.GoDuration;
import org.jspecify.annotations.Nullable;

/** Which pull requests a consumer refuses. Source: ADR-13, ADR-42. */
final class PullRules {

  private PullRules() {}

  /**
   * The status that refuses a request, or null when it is fine.
   *
   * @param named whether it could name a priority group, which a plain number cannot
   * @param pinned the id of the pinned client; empty when none is
   */
  static byte @Nullable [] refusal(
      ConsumerConfig config, PullRequest request, boolean named, String pinned) {
    if (request.idleHeartbeatNanos() > 0
        && request.idleHeartbeatNanos() > request.expiresNanos() / 2) {
      return PullStatus.badRequest("heartbeat value too large");
    }
    if (config.maxBatch() > 0 && request.batch() > config.maxBatch()) {
      return PullStatus.conflict("Exceeded MaxRequestBatch of " + config.maxBatch());
    }
    if (config.maxExpiresNanos() > 0 && request.expiresNanos() > config.maxExpiresNanos()) {
      return PullStatus.conflict(
          "Exceeded MaxRequestExpires of " + GoDuration.format(config.maxExpiresNanos()));
    }
    if (config.maxBytes() > 0 && request.maxBytes() > config.maxBytes()) {
      return PullStatus.conflict("Exceeded MaxRequestMaxBytes of " + config.maxBytes());
    }
    return named ? refusalByGroup(config, request, pinned) : null;
  }

  private static byte @Nullable [] refusalByGroup(
      ConsumerConfig config, PullRequest request, String pinned) {
    PriorityPolicy policy = config.priorityPolicy();
    boolean limits = request.minPending() != 0 || request.minAckPending() != 0;
    if (limits && policy != PriorityPolicy.OVERFLOW) {
      return PullStatus.badRequest("Not a Overflow Priority consumer");
    }
    if (!request.id().isEmpty() && policy != PriorityPolicy.PINNED_CLIENT) {
      return PullStatus.badRequest("Not a Pinned Client Priority consumer");
    }
    if (request.priority() < 0 || request.priority() > 9) {
      return PullStatus.badRequest("Priority must be between 0 and 9");
    }
    if (policy == PriorityPolicy.NONE) {
      return null;
    }
    if (request.group().isEmpty()) {
      return PullStatus.badRequest("Priority Group missing");
    }
    if (!config.priorityGroups().contains(request.group())) {
      return PullStatus.badRequest("Invalid Priority Group");
    }
    return !pinned.isEmpty() && !request.id().isEmpty() && !request.id().equals(pinned)
        ? PullStatus.pinMismatch()
        : null;
  }
}
