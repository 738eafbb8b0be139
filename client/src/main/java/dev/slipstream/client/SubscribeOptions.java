// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

/**
 * How a subscription is made.
 *
 * @param subject what it hears; may hold wildcards
 * @param queue the group whose members share the messages; empty for none
 * @param maxPendingMessages messages that may wait for the handler before more are dropped
 * @param maxPendingBytes bytes of these
 */
public record SubscribeOptions(
    String subject, String queue, long maxPendingMessages, long maxPendingBytes) {
  /** How many messages wait at most, unless said otherwise. */
  public static final long DEFAULT_MAX_PENDING_MESSAGES = 512 * 1024;

  /** How many bytes wait at most, unless said otherwise. */
  public static final long DEFAULT_MAX_PENDING_BYTES = 64L * 1024 * 1024;

  /** Refuses what is no subject and bounds that let nothing through. */
  public SubscribeOptions {
    Subjects.checkFilter(subject);
    Subjects.checkQueue(queue);
    if (maxPendingMessages < 1 || maxPendingBytes < 1) {
      throw new IllegalArgumentException("bounds of what waits are positive");
    }
  }

  /** Hears {@code subject}. */
  public static SubscribeOptions to(String subject) {
    return new SubscribeOptions(
        subject, "", DEFAULT_MAX_PENDING_MESSAGES, DEFAULT_MAX_PENDING_BYTES);
  }

  /** As a member of a queue group. */
  public SubscribeOptions inQueue(String group) {
    return new SubscribeOptions(subject, group, maxPendingMessages, maxPendingBytes);
  }

  /** With other bounds. */
  public SubscribeOptions maxPending(long messages, long bytes) {
    return new SubscribeOptions(subject, queue, messages, bytes);
  }
}
