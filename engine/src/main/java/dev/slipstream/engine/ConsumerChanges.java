// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.wire.OutputBuffer;

/**
 * The changes of a consumer's state that the log does not have yet: operations of {@value #BYTES}
 * bytes, in their order. Deliveries of messages that follow each other share one, and so do
 * acknowledgements. Owner: the stream's loop.
 */
final class ConsumerChanges {
  static final int DELIVERED = 1;
  static final int REDELIVERED = 2;
  static final int SETTLED = 3;
  static final int SETTLED_THROUGH = 4;
  static final int TOUCHED = 5;
  static final int MOVED = 6;
  static final int EXHAUSTED = 7;
  static final int RESET = 8;

  /** An operation: its kind, and three numbers. */
  static final int BYTES = 25;

  private static final int SPARE_BYTES = 4096;
  private static final long SECOND_NANOS = 1_000_000_000L;

  private final OutputBuffer bytes = new OutputBuffer(64);

  // the last run of deliveries and of acks, which may still grow: a run of deliveries also past
  // later acks, a run of acks never past the start of another run of deliveries
  private int runAt = -1;
  private long runStreamSeq;
  private int runLength;
  private int ackRunAt = -1;
  private long ackRunEnd;

  boolean isEmpty() {
    return bytes.length() == 0;
  }

  /** Notes a first delivery. */
  void delivered(long streamSeq, long consumerSeq, long epochNanos) {
    if (runAt >= 0 && streamSeq == runStreamSeq + runLength) {
      runLength++;
      bytes.setInt(runAt + 17, runLength);
      return;
    }
    ackRunAt = -1;
    runAt = bytes.length();
    runStreamSeq = streamSeq;
    runLength = 1;
    bytes.put(DELIVERED).putLong(streamSeq).putLong(consumerSeq).putInt(1);
    bytes.putInt((int) (epochNanos / SECOND_NANOS));
  }

  /** Notes that a message needs no delivery any more. */
  void settled(long streamSeq) {
    if (ackRunAt >= 0 && streamSeq == ackRunEnd + 1) {
      ackRunEnd = streamSeq;
      bytes.setInt(ackRunAt + 9, (int) (streamSeq >>> 32));
      bytes.setInt(ackRunAt + 13, (int) streamSeq);
      return;
    }
    ackRunAt = bytes.length();
    ackRunEnd = streamSeq;
    bytes.put(SETTLED).putLong(streamSeq).putLong(streamSeq).putLong(0);
  }

  /** Notes another operation. */
  void note(int operation, long first, long second, long third) {
    endRuns();
    bytes.put(operation).putLong(first).putLong(second).putLong(third);
  }

  /** Appends all to a record and forgets them. */
  void take(OutputBuffer into) {
    into.put(bytes.array(), 0, bytes.length());
    bytes.clearAndShrink(SPARE_BYTES);
    endRuns();
  }

  void clear() {
    bytes.clear();
    endRuns();
  }

  private void endRuns() {
    runAt = -1;
    ackRunAt = -1;
  }
}
