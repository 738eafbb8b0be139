// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import java.util.Arrays;

/**
 * Messages of one consumer that were delivered and are not acknowledged, by stream sequence.
 *
 * <p>Shape: columns of numbers, a hash from stream sequence to row, and a list of rows in the order
 * of stream sequences, whose head says where the ack floor may go. Times are wall nanoseconds,
 * because they survive a restart. Owner: the stream's loop.
 */
final class PendingAcks {
  static final int NONE = -1;

  private static final int EMPTY_SLOT = 0;

  private long[] streamSeqs = new long[16];
  private long[] consumerSeqs = new long[16];
  private long[] sentEpochNanos = new long[16];
  private int[] previous = new int[16];
  private int[] following = new int[16];
  private int[] slots = new int[64]; // row + 1
  private int freeRow = NONE;
  private int rowsUsed;
  private int head = NONE;
  private int tail = NONE;
  private int size;

  /** The row that a look over all has come to, or {@link #NONE}. */
  private int mark = NONE;

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** The row of a message, or {@link #NONE}. */
  int row(long streamSeq) {
    int mask = slots.length - 1;
    for (int slot = hash(streamSeq) & mask; ; slot = (slot + 1) & mask) {
      int row = slots[slot] - 1;
      if (row < 0 || streamSeqs[row] == streamSeq) {
        return row;
      }
    }
  }

  boolean contains(long streamSeq) {
    return row(streamSeq) != NONE;
  }

  /** Adds a message that was delivered for the first time, or replaces what is known of it. */
  void add(long streamSeq, long consumerSeq, long epochNanos) {
    int row = row(streamSeq);
    if (row == NONE) {
      row = newRow();
      streamSeqs[row] = streamSeq;
      link(row);
      insert(row);
      size++;
    }
    consumerSeqs[row] = consumerSeq;
    sentEpochNanos[row] = epochNanos;
  }

  /** Removes a message; false when it was not there. */
  boolean remove(long streamSeq) {
    int row = row(streamSeq);
    if (row == NONE) {
      return false;
    }
    erase(streamSeq);
    unlink(row);
    following[row] = freeRow;
    freeRow = row;
    size--;
    return true;
  }

  void clear() {
    Arrays.fill(slots, EMPTY_SLOT);
    freeRow = NONE;
    rowsUsed = 0;
    head = NONE;
    tail = NONE;
    mark = NONE;
    size = 0;
  }

  /** The row with the lowest stream sequence, or {@link #NONE}. */
  int first() {
    return head;
  }

  /** The row behind another in the order of stream sequences, or {@link #NONE}. */
  int next(int row) {
    return following[row];
  }

  long streamSeq(int row) {
    return streamSeqs[row];
  }

  /** The consumer sequence of the first delivery. */
  long consumerSeq(int row) {
    return consumerSeqs[row];
  }

  long sentEpochNanos(int row) {
    return sentEpochNanos[row];
  }

  void touch(int row, long epochNanos) {
    sentEpochNanos[row] = epochNanos;
  }

  private int newRow() {
    if (freeRow != NONE) {
      int row = freeRow;
      freeRow = following[row];
      return row;
    }
    if (rowsUsed == streamSeqs.length) {
      int capacity = rowsUsed * 2;
      streamSeqs = Arrays.copyOf(streamSeqs, capacity);
      consumerSeqs = Arrays.copyOf(consumerSeqs, capacity);
      sentEpochNanos = Arrays.copyOf(sentEpochNanos, capacity);
      previous = Arrays.copyOf(previous, capacity);
      following = Arrays.copyOf(following, capacity);
    }
    return rowsUsed++;
  }

  /** Deliveries come in the order of sequences but for a few, so the search starts at the end. */
  private void link(int row) {
    int before = tail;
    while (before != NONE && streamSeqs[before] > streamSeqs[row]) {
      before = previous[before];
    }
    int after = before == NONE ? head : following[before];
    previous[row] = before;
    following[row] = after;
    if (before == NONE) {
      head = row;
    } else {
      following[before] = row;
    }
    if (after == NONE) {
      tail = row;
    } else {
      previous[after] = row;
    }
  }

  /** Keeps a row; when its message leaves, the one behind it is kept. */
  void mark(int row) {
    mark = row;
  }

  int marked() {
    return mark;
  }

  private void unlink(int row) {
    if (row == mark) {
      mark = following[row];
    }
    if (previous[row] == NONE) {
      head = following[row];
    } else {
      following[previous[row]] = following[row];
    }
    if (following[row] == NONE) {
      tail = previous[row];
    } else {
      previous[following[row]] = previous[row];
    }
  }

  private void insert(int row) {
    if ((size + 1) * 2 > slots.length) {
      slots = new int[slots.length * 2];
      for (int each = head; each != NONE; each = following[each]) {
        if (each != row) {
          place(each);
        }
      }
    }
    place(row);
  }

  private void place(int row) {
    int mask = slots.length - 1;
    int slot = hash(streamSeqs[row]) & mask;
    while (slots[slot] != EMPTY_SLOT) {
      slot = (slot + 1) & mask;
    }
    slots[slot] = row + 1;
  }

  private void erase(long streamSeq) {
    int mask = slots.length - 1;
    int hole = hash(streamSeq) & mask;
    while (streamSeqs[slots[hole] - 1] != streamSeq) {
      hole = (hole + 1) & mask;
    }
    for (int slot = (hole + 1) & mask; slots[slot] != EMPTY_SLOT; slot = (slot + 1) & mask) {
      int home = hash(streamSeqs[slots[slot] - 1]) & mask;
      if (((slot - home) & mask) >= ((slot - hole) & mask)) {
        slots[hole] = slots[slot];
        hole = slot;
      }
    }
    slots[hole] = EMPTY_SLOT;
  }

  private static int hash(long seq) {
    long mixed = seq * 0x9E3779B97F4A7C15L;
    return (int) (mixed >>> 32);
  }
}
