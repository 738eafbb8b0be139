// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

/**
 * What one account may use of JetStream; -1 stands for "no limit".
 *
 * @param maxMemoryBytes of memory streams
 * @param maxFileBytes of file streams
 * @param maxStreams streams
 * @param maxConsumers consumers of one stream
 * @param maxAckPending the most that a consumer may ask for
 * @param memoryMaxStreamBytes the most that one memory stream may reserve
 * @param fileMaxStreamBytes the most that one file stream may reserve
 * @param maxBytesRequired whether every stream must say its max_bytes
 */
public record AccountLimits(
    long maxMemoryBytes,
    long maxFileBytes,
    int maxStreams,
    int maxConsumers,
    int maxAckPending,
    long memoryMaxStreamBytes,
    long fileMaxStreamBytes,
    boolean maxBytesRequired) {

  /** No limit at all. */
  public static final AccountLimits UNLIMITED =
      new AccountLimits(-1, -1, -1, -1, -1, -1, -1, false);
}
