// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

/**
 * How many batches may be open, how large an atomic one may be, and how long one may be idle.
 * Numbers that are 0 stand for the default.
 *
 * <p>Source: ADR-50, and the configuration block {@code jetstream { limits { batch { … } } }}.
 *
 * @param maxInflightPerStream open batches of one kind in a stream; 50 atomic or 1,000 fast ones
 * @param maxInflightTotal open batches of one kind in the server; 1,000 atomic or 50,000 fast ones
 * @param maxMessages messages of an atomic batch; 1,000
 * @param timeoutNanos how long a batch may be idle; 10 s
 */
public record BatchLimits(
    int maxInflightPerStream, int maxInflightTotal, int maxMessages, long timeoutNanos) {

  /** The limits where nothing else is said. */
  public static final BatchLimits DEFAULT = new BatchLimits(0, 0, 0, 0);

  /** How long the id of a batch may be. */
  static final int MAX_ID_BYTES = 64;

  /** What the messages of one atomic batch may hold: it becomes one record of the log. */
  static final int MAX_BYTES = 64 << 20;

  /** What the messages of all open atomic batches may hold, since they wait in memory. */
  static final long MAX_TOTAL_BYTES = 256L << 20;

  int atomicPerStream() {
    return maxInflightPerStream > 0 ? maxInflightPerStream : 50;
  }

  int atomicTotal() {
    return maxInflightTotal > 0 ? maxInflightTotal : 1_000;
  }

  int fastPerStream() {
    return maxInflightPerStream > 0 ? maxInflightPerStream : 1_000;
  }

  int fastTotal() {
    return maxInflightTotal > 0 ? maxInflightTotal : 50_000;
  }

  int atomicMessages() {
    return maxMessages > 0 ? maxMessages : 1_000;
  }

  long idleNanos() {
    return timeoutNanos > 0 ? timeoutNanos : 10_000_000_000L;
  }
}
