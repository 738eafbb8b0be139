// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

/**
 * The pace of a consumer that replays at original speed: what was in the stream when it began is
 * delivered with the pauses with which it was stored, what came later at once. Owner: the stream's
 * loop.
 */
final class OriginalReplay {
  /** Shorter pauses are not kept. */
  private static final long LEAST_PAUSE_NANOS = 1_000_000L;

  private final long lastSeq;
  private long deliveredEpochNanos;
  private long heldSeq;
  private long dueAtNanos;

  /** Nothing was delivered yet; {@code lastSeq} is the last message that has to wait. */
  OriginalReplay(long lastSeq) {
    this.lastSeq = lastSeq;
  }

  /** Whether the consumer has come to what is delivered at once. */
  boolean isOver(long nextSeq) {
    return nextSeq > lastSeq;
  }

  /** How long a message, stored at {@code epochNanos}, has to wait still; 0 when it may go out. */
  long waitNanos(long seq, long epochNanos, long nowNanos) {
    long pause = epochNanos - deliveredEpochNanos;
    if (deliveredEpochNanos == 0 || pause <= LEAST_PAUSE_NANOS) {
      return 0;
    }
    if (heldSeq != seq) {
      heldSeq = seq;
      dueAtNanos = nowNanos + pause;
    }
    return Math.max(0, dueAtNanos - nowNanos);
  }

  /** Nanoseconds until the message that waits is due; the maximum when none does or it is. */
  long dueInNanos(long nowNanos) {
    return heldSeq == 0 || dueAtNanos - nowNanos <= 0 ? Long.MAX_VALUE : dueAtNanos - nowNanos;
  }

  /** A message that was stored at {@code epochNanos} was delivered. */
  void delivered(long epochNanos) {
    deliveredEpochNanos = epochNanos;
    heldSeq = 0;
  }
}
