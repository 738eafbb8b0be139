// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.wire.OutputBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Messages of one consumer that were delivered and are not done with: those that are pending, and
 * those that have used up their deliveries. Owner: the stream's loop.
 */
final class UnsettledMessages {
  /** Takes a message and how often it was redelivered. */
  interface RedeliveredMessage {
    void accept(long streamSeq, int times);
  }

  final PendingAcks pending = new PendingAcks();

  /**
   * How often messages were redelivered that have used up their deliveries; kept until the message
   * is settled or leaves the stream.
   */
  private final Map<Long, Integer> exhausted = new HashMap<>();

  /** How often a message was delivered so far, if it is delivered now: at least 1. */
  int deliveryCount(long streamSeq) {
    int row = pending.row(streamSeq);
    if (row != PendingAcks.NONE) {
      return deliveryCountAt(row);
    }
    return exhausted.isEmpty() ? 1 : exhausted.getOrDefault(streamSeq, 0) + 1;
  }

  /** As {@link #deliveryCount}, of a row of what is pending. */
  int deliveryCountAt(int row) {
    return pending.redelivered(row) + 1;
  }

  /** How many messages were redelivered, or used up their deliveries. */
  int redeliveredCount() {
    return pending.redeliveredCount() + exhausted.size();
  }

  boolean contains(long streamSeq) {
    return pending.contains(streamSeq) || exhausted.containsKey(streamSeq);
  }

  /** Each of {@link #redeliveredCount} messages, and how often it was redelivered. */
  void forEachRedelivered(RedeliveredMessage each) {
    for (int row = pending.first(); row != PendingAcks.NONE; row = pending.next(row)) {
      if (pending.redelivered(row) > 0) {
        each.accept(pending.streamSeq(row), pending.redelivered(row));
      }
    }
    exhausted.forEach(each::accept);
  }

  /** A message is pending, also one that had used up its deliveries; its row. */
  int add(long streamSeq, long consumerSeq, long epochNanos) {
    int row = pending.add(streamSeq, consumerSeq, epochNanos);
    if (!exhausted.isEmpty()) {
      Integer times = exhausted.remove(streamSeq);
      if (times != null) {
        pending.redelivered(row, times);
      }
    }
    return row;
  }

  /** A pending message has used up its deliveries, which tells it from one that was settled. */
  void exhausted(int row) {
    exhausted.put(pending.streamSeq(row), pending.redelivered(row));
    pending.remove(row);
  }

  /** Forgets a message that had used up its deliveries; false when it had not. */
  boolean forgetExhausted(long streamSeq) {
    return exhausted.remove(streamSeq) != null;
  }

  /** Forgets the messages up to {@code streamSeq} that had used up their deliveries. */
  void forgetExhaustedThrough(long streamSeq) {
    exhausted.keySet().removeIf(seq -> seq <= streamSeq);
  }

  /** The messages up to {@code streamSeq} that have used up their deliveries. */
  List<Long> exhaustedThrough(long streamSeq) {
    return exhausted.keySet().stream().filter(seq -> seq <= streamSeq).toList();
  }

  void clear() {
    pending.clear();
    exhausted.clear();
  }

  /** Writes all of them. */
  void write(OutputBuffer out) {
    out.putInt(pending.size());
    for (int row = pending.first(); row != PendingAcks.NONE; row = pending.next(row)) {
      out.putLong(pending.streamSeq(row)).putLong(pending.consumerSeq(row));
      out.putLong(pending.sentEpochNanos(row));
    }
    out.putInt(redeliveredCount());
    forEachRedelivered((seq, times) -> out.putLong(seq).putInt(times));
  }

  /** Reads what {@link #write} wrote at {@code at}; answers where it ends. */
  int read(byte[] bytes, int at) {
    int next = at + 4;
    for (int left = OutputBuffer.getInt(bytes, at); left > 0; left--, next += 24) {
      pending.add(
          OutputBuffer.getLong(bytes, next),
          OutputBuffer.getLong(bytes, next + 8),
          OutputBuffer.getLong(bytes, next + 16));
    }
    int left = OutputBuffer.getInt(bytes, next);
    for (next += 4; left > 0; left--, next += 12) {
      long streamSeq = OutputBuffer.getLong(bytes, next);
      int times = OutputBuffer.getInt(bytes, next + 8);
      int row = pending.row(streamSeq);
      if (row == PendingAcks.NONE) {
        exhausted.put(streamSeq, times);
      } else {
        pending.redelivered(row, times);
      }
    }
    return next;
  }
}
