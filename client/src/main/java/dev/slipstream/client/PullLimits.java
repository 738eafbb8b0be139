// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import org.jspecify.annotations.Nullable;

/**
 * What bounds a consumption: its window and its pulls.
 *
 * @param maxMessages messages asked for or buffered
 * @param maxBytes bytes of these; 0 for no bound
 * @param threshold a pull is due when at most this many messages are held
 * @param expiresNanos how long a pull waits at the server
 * @param heartbeatNanos how often the server gives a sign of life; 0 for never
 * @param deliverAtMost messages in all
 */
record PullLimits(
    int maxMessages,
    long maxBytes,
    int threshold,
    long expiresNanos,
    long heartbeatNanos,
    long deliverAtMost) {

  /** These for so many messages. */
  PullLimits deliveringAtMost(long messages) {
    return new PullLimits(maxMessages, maxBytes, threshold, expiresNanos, heartbeatNanos, messages);
  }

  /** These within the limit that a refusal names; null when it names none that is smaller. */
  @Nullable PullLimits within(String refusal) {
    long limit = PullLimitText.value(refusal);
    if (limit <= 0) {
      return null;
    }
    if (refusal.startsWith("Exceeded MaxRequestBatch") && limit < maxMessages) {
      int most = (int) limit;
      return new PullLimits(
          most,
          maxBytes,
          Math.min(threshold, most / 2),
          expiresNanos,
          heartbeatNanos,
          deliverAtMost);
    }
    if (refusal.startsWith("Exceeded MaxRequestExpires") && limit < expiresNanos) {
      return new PullLimits(
          maxMessages,
          maxBytes,
          threshold,
          limit,
          Math.min(heartbeatNanos, limit / 2),
          deliverAtMost);
    }
    if (refusal.startsWith("Exceeded MaxRequestMaxBytes") && limit < maxBytes) {
      return new PullLimits(
          maxMessages, limit, threshold, expiresNanos, heartbeatNanos, deliverAtMost);
    }
    return null;
  }
}
