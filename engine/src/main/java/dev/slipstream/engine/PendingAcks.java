// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

/**
 * Messages of one consumer that were delivered and are not acknowledged, by stream sequence; and
 * which of them are to be delivered again, in that order.
 *
 * <p>Shape: a row a message. Columns of numbers, a list of all rows in the order of stream
 * sequences, whose head says where the ack floor may go, and a list of those to be delivered again.
 * Times are wall nanoseconds, because they survive a restart. Nothing here takes longer the more
 * messages there are. Owner: the stream's loop.
 */
final class PendingAcks {
  /** No row. */
  static final int NONE = SequenceRows.NONE;

  private final SequenceRows rows = new SequenceRows();
  private final RowList inOrder = new RowList();
  private final RowList redeliveries = new RowList();
  private final GrowingLongs consumerSeqs = new GrowingLongs();
  private final GrowingLongs sentEpochNanos = new GrowingLongs();
  private final GrowingLongs redelivered = new GrowingLongs();

  /** Messages that were redelivered once or more. */
  private int redeliveredCount;

  /** The row that a look over all has come to, or {@link #NONE}. */
  private int mark = NONE;

  int size() {
    return rows.size();
  }

  boolean isEmpty() {
    return rows.size() == 0;
  }

  /** The row of a message, or {@link #NONE}. */
  int row(long streamSeq) {
    return rows.row(streamSeq);
  }

  boolean contains(long streamSeq) {
    return row(streamSeq) != NONE;
  }

  /** Adds a message that was delivered, or replaces what is known of its delivery; its row. */
  int add(long streamSeq, long consumerSeq, long epochNanos) {
    int row = row(streamSeq);
    if (row == NONE) {
      row = rows.add(streamSeq);
      inOrder.cover(row);
      redeliveries.cover(row);
      consumerSeqs.cover(row);
      sentEpochNanos.cover(row);
      redelivered.cover(row);
      redelivered.set(row, 0);
      inOrder.insertBehind(before(streamSeq), row);
    }
    consumerSeqs.set(row, consumerSeq);
    sentEpochNanos.set(row, epochNanos);
    return row;
  }

  /** Deliveries come in the order of sequences but for a few, so the search starts at the end. */
  private int before(long streamSeq) {
    int before = inOrder.last();
    while (before != NONE && streamSeq(before) > streamSeq) {
      before = inOrder.previous(before);
    }
    return before;
  }

  void remove(int row) {
    if (row == mark) {
      mark = inOrder.next(row);
    }
    inOrder.remove(row);
    dropRedelivery(row);
    redelivered(row, 0);
    rows.remove(row);
  }

  void clear() {
    rows.clear();
    inOrder.clear();
    redeliveries.clear();
    consumerSeqs.clear();
    sentEpochNanos.clear();
    redelivered.clear();
    redeliveredCount = 0;
    mark = NONE;
  }

  /** The row with the lowest stream sequence, or {@link #NONE}. */
  int first() {
    return inOrder.first();
  }

  /** The row behind another in the order of stream sequences, or {@link #NONE}. */
  int next(int row) {
    return inOrder.next(row);
  }

  long streamSeq(int row) {
    return rows.seq(row);
  }

  /** The consumer sequence of the first delivery. */
  long consumerSeq(int row) {
    return consumerSeqs.get(row);
  }

  long sentEpochNanos(int row) {
    return sentEpochNanos.get(row);
  }

  void touch(int row, long epochNanos) {
    sentEpochNanos.set(row, epochNanos);
  }

  /** How often a message was redelivered. */
  int redelivered(int row) {
    return (int) redelivered.get(row);
  }

  void redelivered(int row, int times) {
    redeliveredCount += Integer.signum(times) - Integer.signum(redelivered(row));
    redelivered.set(row, times);
  }

  /** How many messages were redelivered once or more. */
  int redeliveredCount() {
    return redeliveredCount;
  }

  /** Keeps a row; when its message leaves, the one behind it is kept. */
  void mark(int row) {
    mark = row;
  }

  int marked() {
    return mark;
  }

  /** A message is to be delivered again, behind those that are already. */
  void redeliver(int row) {
    if (!redeliveries.contains(row)) {
      redeliveries.append(row);
    }
  }

  boolean isToBeRedelivered(int row) {
    return redeliveries.contains(row);
  }

  /** The message to be delivered again next, or {@link #NONE}. */
  int nextRedelivery() {
    return redeliveries.first();
  }

  void dropRedelivery(int row) {
    if (redeliveries.contains(row)) {
      redeliveries.remove(row);
    }
  }

  /** How many messages are to be delivered again. */
  int redeliveriesWaiting() {
    return redeliveries.size();
  }
}
