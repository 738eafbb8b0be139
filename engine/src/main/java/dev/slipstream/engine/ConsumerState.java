// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.util.function.LongConsumer;

/**
 * What a consumer must not forget: how far it has delivered, what waits for an acknowledgement, how
 * often a message was redelivered, and the ack floor.
 *
 * <p>Every change is applied at once and, unless the consumer lives in memory, noted in {@link
 * ConsumerChanges}, which the stream appends to the log now and then. {@link #replay} applies such
 * operations again and may meet ones whose effect is already there.
 *
 * <p>The ack floor is the highest delivery below which everything is acknowledged, in both
 * sequences. Owner: the stream's loop. Source: ADR-15.
 */
final class ConsumerState {
  final UnsettledMessages unsettled = new UnsettledMessages();
  final PendingAcks pending = unsettled.pending;

  private final boolean acks;
  private final boolean durable;
  private final ConsumerChanges changes = new ConsumerChanges();

  private long nextStreamSeq;
  private long nextConsumerSeq = 1;
  private long deliveredStreamSeq;
  private long floorStreamSeq;
  private long floorConsumerSeq;

  /**
   * The state of a consumer that has delivered nothing.
   *
   * @param durable whether changes are noted for the log
   */
  ConsumerState(AckPolicy policy, boolean durable, long startSeq) {
    acks = policy != AckPolicy.NONE;
    this.durable = durable;
    moveTo(startSeq);
  }

  /** The next stream sequence to look at. */
  long nextStreamSeq() {
    return nextStreamSeq;
  }

  /** The consumer sequence of the next delivery. */
  long nextConsumerSeq() {
    return nextConsumerSeq;
  }

  /** The highest stream sequence that was delivered. */
  long deliveredStreamSeq() {
    return deliveredStreamSeq;
  }

  long floorStreamSeq() {
    return floorStreamSeq;
  }

  long floorConsumerSeq() {
    return floorConsumerSeq;
  }

  /** The cursor skips to {@code streamSeq}: what lies before will not be delivered. */
  void skipTo(long streamSeq) {
    nextStreamSeq = Math.max(nextStreamSeq, streamSeq);
  }

  /** A message was delivered for the first time. */
  void delivered(long streamSeq, long epochNanos) {
    if (durable) {
      changes.delivered(streamSeq, nextConsumerSeq, epochNanos);
    }
    applyDelivered(streamSeq, nextConsumerSeq, epochNanos);
  }

  /** A message was delivered again. */
  void redelivered(long streamSeq, long epochNanos) {
    int times = unsettled.deliveryCount(streamSeq);
    note(
        ConsumerChanges.REDELIVERED,
        streamSeq,
        (long) times << 32 | epochNanos / 1_000_000_000L,
        nextConsumerSeq);
    applyRedelivered(streamSeq, nextConsumerSeq, times, epochNanos);
  }

  /** A message was acknowledged, termed, or left the stream; false when it was not pending. */
  boolean settled(long streamSeq) {
    int row = pending.row(streamSeq);
    if (row == PendingAcks.NONE) {
      if (unsettled.forgetExhausted(streamSeq)) {
        noteSettled(streamSeq);
      }
      return false;
    }
    noteSettled(streamSeq);
    applySettled(row);
    return true;
  }

  /** Everything up to a message was acknowledged; {@code each} takes what was pending of it. */
  void settledThrough(long streamSeq, long consumerSeq, LongConsumer each) {
    note(ConsumerChanges.SETTLED_THROUGH, streamSeq, consumerSeq, 0);
    applySettledThrough(streamSeq, consumerSeq, each);
  }

  /** A message has used up its deliveries: no longer pending, but its count is kept. */
  void exhausted(long streamSeq) {
    note(ConsumerChanges.EXHAUSTED, streamSeq, 0, 0);
    applyExhausted(streamSeq);
  }

  /** Messages up to {@code streamSeq} that had used up their deliveries left the stream. */
  void exhaustedLeftThrough(long streamSeq) {
    unsettled.exhaustedThrough(streamSeq).forEach(this::settled);
  }

  /** The ack wait of a pending message begins at {@code epochNanos}. */
  void touched(long streamSeq, long epochNanos) {
    int row = pending.row(streamSeq);
    if (row != PendingAcks.NONE) {
      pending.touch(row, epochNanos);
      note(ConsumerChanges.TOUCHED, streamSeq, epochNanos, 0);
    }
  }

  /**
   * Messages up to {@code streamSeq} left the stream: they need no delivery and no ack any more.
   */
  void purgedThrough(long streamSeq) {
    for (int row = pending.first();
        row != PendingAcks.NONE && pending.streamSeq(row) <= streamSeq;
        row = pending.first()) {
      long consumerSeq = pending.consumerSeq(row);
      floorConsumerSeq = Math.max(floorConsumerSeq, consumerSeq);
      pending.remove(row);
    }
    unsettled.forgetExhaustedThrough(streamSeq);
    nextStreamSeq = Math.max(nextStreamSeq, streamSeq + 1);
    floorStreamSeq = Math.max(floorStreamSeq, streamSeq);
    if (pending.isEmpty()) {
      floorConsumerSeq = nextConsumerSeq - 1;
      floorStreamSeq = nextStreamSeq - 1;
    }
    deliveredStreamSeq = Math.max(deliveredStreamSeq, streamSeq);
    note(ConsumerChanges.MOVED, streamSeq, 0, 0);
  }

  /**
   * The stream was purged. A state that lives in memory only then counts what was looked at as
   * delivered, and as done with when nothing is pending, as in the public server.
   */
  void purged() {
    if (durable) {
      return; // what was looked at is not in the log
    }
    deliveredStreamSeq = Math.max(deliveredStreamSeq, nextStreamSeq - 1);
    if (pending.isEmpty()) {
      floorConsumerSeq = nextConsumerSeq - 1;
      floorStreamSeq = nextStreamSeq - 1;
    }
  }

  /** Delivery begins anew with {@code streamSeq}, as if nothing had been delivered. */
  void reset(long streamSeq) {
    note(ConsumerChanges.RESET, streamSeq, 0, 0);
    applyReset(streamSeq);
  }

  private void applyReset(long streamSeq) {
    unsettled.clear();
    nextConsumerSeq = 1;
    floorConsumerSeq = 0;
    moveTo(streamSeq);
  }

  /** Whether there are changes that the log does not have. */
  boolean hasChanges() {
    return !changes.isEmpty();
  }

  /** Appends the noted changes to a record and forgets them. */
  void takeChanges(OutputBuffer into) {
    changes.take(into);
  }

  /** Applies changes that were taken, in {@code bytes[from..to]}. */
  void replay(byte[] bytes, int from, int to) {
    for (int at = from; at < to; at += ConsumerChanges.BYTES) {
      long streamSeq = OutputBuffer.getLong(bytes, at + 1);
      long second = OutputBuffer.getLong(bytes, at + 9);
      long third = OutputBuffer.getLong(bytes, at + 17);
      switch (bytes[at]) {
        case ConsumerChanges.DELIVERED -> replayDelivered(streamSeq, second, bytes, at);
        case ConsumerChanges.REDELIVERED -> replayRedelivered(streamSeq, second, third);
        case ConsumerChanges.SETTLED -> {
          for (long seq = streamSeq; seq <= second; seq++) {
            unsettled.forgetExhausted(seq);
            applySettled(pending.row(seq));
          }
        }
        case ConsumerChanges.SETTLED_THROUGH -> applySettledThrough(streamSeq, second, seq -> {});
        case ConsumerChanges.TOUCHED -> {
          int row = pending.row(streamSeq);
          if (row != PendingAcks.NONE) {
            pending.touch(row, second);
          }
        }
        case ConsumerChanges.MOVED -> purgedThrough(streamSeq);
        case ConsumerChanges.EXHAUSTED -> applyExhausted(streamSeq);
        case ConsumerChanges.RESET -> applyReset(streamSeq);
        default -> throw new IllegalStateException("unknown consumer change " + bytes[at]);
      }
    }
    changes.clear();
  }

  /** Writes the whole state. */
  void write(OutputBuffer out) {
    out.putLong(nextStreamSeq).putLong(nextConsumerSeq).putLong(deliveredStreamSeq);
    out.putLong(floorStreamSeq).putLong(floorConsumerSeq);
    unsettled.write(out);
  }

  /** Reads what {@link #write} wrote at {@code at}; answers where it ends. */
  int read(byte[] bytes, int at) {
    nextStreamSeq = OutputBuffer.getLong(bytes, at);
    nextConsumerSeq = OutputBuffer.getLong(bytes, at + 8);
    deliveredStreamSeq = OutputBuffer.getLong(bytes, at + 16);
    floorStreamSeq = OutputBuffer.getLong(bytes, at + 24);
    floorConsumerSeq = OutputBuffer.getLong(bytes, at + 32);
    return unsettled.read(bytes, at + 40);
  }

  private void moveTo(long startSeq) {
    nextStreamSeq = startSeq;
    deliveredStreamSeq = startSeq - 1;
    floorStreamSeq = startSeq - 1;
  }

  private void applyDelivered(long streamSeq, long consumerSeq, long epochNanos) {
    nextStreamSeq = Math.max(nextStreamSeq, streamSeq + 1);
    nextConsumerSeq = consumerSeq + 1;
    deliveredStreamSeq = Math.max(deliveredStreamSeq, streamSeq);
    if (acks) {
      unsettled.add(streamSeq, consumerSeq, epochNanos);
    } else {
      floorConsumerSeq = consumerSeq;
      floorStreamSeq = streamSeq;
    }
  }

  private void applySettled(int row) {
    if (row != PendingAcks.NONE) {
      long streamSeq = pending.streamSeq(row);
      long consumerSeq = pending.consumerSeq(row);
      pending.remove(row);
      moveFloor(consumerSeq, streamSeq);
    }
  }

  private void applyExhausted(long streamSeq) {
    int row = pending.row(streamSeq);
    if (row != PendingAcks.NONE) {
      long consumerSeq = pending.consumerSeq(row);
      unsettled.exhausted(row);
      moveFloor(consumerSeq, streamSeq);
    }
  }

  private void applySettledThrough(long streamSeq, long consumerSeq, LongConsumer each) {
    for (int row = pending.first();
        row != PendingAcks.NONE && pending.streamSeq(row) <= streamSeq;
        row = pending.first()) {
      long settled = pending.streamSeq(row);
      pending.remove(row);
      each.accept(settled);
    }
    floorStreamSeq = Math.max(floorStreamSeq, streamSeq);
    floorConsumerSeq = Math.max(floorConsumerSeq, consumerSeq);
  }

  private void moveFloor(long consumerSeq, long streamSeq) {
    if (pending.isEmpty()) {
      floorConsumerSeq = nextConsumerSeq - 1;
      floorStreamSeq = deliveredStreamSeq;
    } else if (consumerSeq == floorConsumerSeq + 1) {
      floorConsumerSeq = consumerSeq;
      floorStreamSeq = streamSeq;
      int lowest = pending.first();
      if (pending.streamSeq(lowest) > streamSeq) {
        floorConsumerSeq = pending.consumerSeq(lowest) - 1;
        floorStreamSeq = pending.streamSeq(lowest) - 1;
      }
    }
  }

  private void replayDelivered(long streamSeq, long consumerSeq, byte[] bytes, int at) {
    int count = OutputBuffer.getInt(bytes, at + 17);
    // seconds are enough for an ack wait that a restart prolongs anyway
    long epochNanos = (OutputBuffer.getInt(bytes, at + 21) & 0xffff_ffffL) * 1_000_000_000L;
    for (int i = 0; i < count; i++) {
      if (consumerSeq + i >= nextConsumerSeq) {
        applyDelivered(streamSeq + i, consumerSeq + i, epochNanos);
      }
    }
  }

  private void replayRedelivered(long streamSeq, long timesAndSeconds, long consumerSeq) {
    if (consumerSeq < nextConsumerSeq) {
      return; // the snapshot had it already
    }
    long epochNanos = (timesAndSeconds & 0xffff_ffffL) * 1_000_000_000L;
    applyRedelivered(streamSeq, consumerSeq, (int) (timesAndSeconds >>> 32), epochNanos);
  }

  private void applyRedelivered(long streamSeq, long consumerSeq, int times, long epochNanos) {
    int row = pending.row(streamSeq);
    if (row == PendingAcks.NONE) {
      row = unsettled.add(streamSeq, consumerSeq, epochNanos);
    } else {
      pending.touch(row, epochNanos);
    }
    pending.redelivered(row, times);
    nextConsumerSeq = consumerSeq + 1;
  }

  private void noteSettled(long streamSeq) {
    if (durable) {
      changes.settled(streamSeq);
    }
  }

  private void note(int operation, long first, long second, long third) {
    if (durable) {
      changes.note(operation, first, second, third);
    }
  }
}
