// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

/**
 * Bounds of JetStream that hold for the whole server; 0 means that the field sets none.
 *
 * @param maxAckPending the largest max_ack_pending a consumer may have
 * @param maxRequestBatch the largest batch a pull may ask for
 * @param defaultMaxConsumers consumers of a stream where neither it nor its account sets a limit; 0
 *     stands for {@link #DEFAULT_MAX_CONSUMERS}, less than 0 for any number
 * @param duplicateWindowNanos the longest duplicate window a stream may have
 * @param maxBatchInflightPerStream open atomic batches of a stream
 * @param maxBatchInflightTotal open atomic batches of the server
 * @param maxBatchSize messages in an atomic batch
 * @param maxBatchTimeoutNanos how long an atomic batch may stay open without a message
 * @param maxBufferedBytes bytes of a stream between socket and disk
 * @param maxBufferedMessages messages of a stream between socket and disk
 * @param maxHaAssets replicated streams and consumers of this server
 */
public record JetStreamLimits(
    int maxAckPending,
    int maxRequestBatch,
    int defaultMaxConsumers,
    long duplicateWindowNanos,
    int maxBatchInflightPerStream,
    int maxBatchInflightTotal,
    int maxBatchSize,
    long maxBatchTimeoutNanos,
    long maxBufferedBytes,
    int maxBufferedMessages,
    int maxHaAssets) {

  /** Consumers of a stream where nobody says how many. */
  public static final int DEFAULT_MAX_CONSUMERS = 1000;

  /** Nothing is set. */
  public static final JetStreamLimits NONE = new JetStreamLimits(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  /** The most consumers of a stream where neither it nor its account sets a limit. */
  public int mostConsumers() {
    return defaultMaxConsumers == 0 ? DEFAULT_MAX_CONSUMERS : defaultMaxConsumers;
  }
}
