// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.PullRequest;
import dev.slipstream.protocol.json.GoDuration;
import org.jspecify.annotations.Nullable;

/** Which pull requests a consumer refuses. Source: ADR-13. */
final class PullRules {

  private PullRules() {}

  /** The status that refuses a request, or null when it is fine. */
  static byte @Nullable [] refusal(ConsumerConfig config, PullRequest request) {
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
    // priority groups are refused when the consumer is created, so none of their fields can apply
    if (request.minPending() != 0 || request.minAckPending() != 0) {
      return PullStatus.badRequest("Not a Overflow Priority consumer");
    }
    if (!request.id().isEmpty()) {
      return PullStatus.badRequest("Not a Pinned Client Priority consumer");
    }
    if (request.priority() < 0 || request.priority() > 9) {
      return PullStatus.badRequest("Priority must be between 0 and 9");
    }
    return null;
  }
}
