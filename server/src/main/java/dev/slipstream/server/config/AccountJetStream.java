// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

/**
 * JetStream of an account: whether, and how much of it; -1 stands for no limit.
 *
 * @param enabled whether the account has JetStream
 * @param maxMemoryBytes bytes of all memory streams
 * @param maxFileBytes bytes of all file streams
 * @param maxStreams number of streams
 * @param maxConsumers number of consumers of a stream
 * @param maxAckPending the largest max_ack_pending of a consumer
 * @param memoryMaxStreamBytes the largest max_bytes of a memory stream
 * @param fileMaxStreamBytes the largest max_bytes of a file stream
 * @param maxBytesRequired whether a stream must have max_bytes
 */
public record AccountJetStream(
    boolean enabled,
    long maxMemoryBytes,
    long maxFileBytes,
    int maxStreams,
    int maxConsumers,
    int maxAckPending,
    long memoryMaxStreamBytes,
    long fileMaxStreamBytes,
    boolean maxBytesRequired) {

  /** No JetStream. */
  public static final AccountJetStream DISABLED =
      new AccountJetStream(false, -1, -1, -1, -1, -1, -1, -1, false);

  /** JetStream without limits of its own. */
  public static final AccountJetStream UNLIMITED =
      new AccountJetStream(true, -1, -1, -1, -1, -1, -1, -1, false);
}
