// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is known of each message of a block beside its bytes, a column for each thing: 16 bytes a
 * message while sequences are consecutive, 20 otherwise. Columns have room for more than {@link
 * #count} messages.
 */
final class BlockEntries {
  private static final int HAS_HEADERS = 0x8000_0000;
  private static final int FIRST_ENTRIES = 8;

  final long firstSeq;

  /** How many messages there are, or were. */
  int count;

  /** When each was stored, in nanoseconds since the epoch. */
  long[] times;

  /** Where each record begins. */
  int[] offsets;

  private int[] subjects;

  /** How far each sequence is from the first; null while they are consecutive. */
  private int @Nullable [] deltas;

  BlockEntries(long firstSeq, int expected) {
    this.firstSeq = firstSeq;
    times = new long[expected];
    offsets = new int[expected];
    subjects = new int[expected];
  }

  /** Adds a message; {@code subject} is a number that the user gives a meaning. */
  void add(long seq, long epochNanos, int offset, int subject, boolean headers) {
    if (count == times.length) {
      resize(Math.max(FIRST_ENTRIES, count * 2));
    }
    int delta = (int) (seq - firstSeq);
    if (deltas == null && delta != count) {
      deltas = consecutive(times.length, count);
    }
    int[] sparse = deltas;
    if (sparse != null) {
      sparse[count] = delta;
    }
    times[count] = epochNanos;
    offsets[count] = offset;
    subject(count, subject, headers);
    count++;
  }

  private static int[] consecutive(int length, int filled) {
    int[] deltas = new int[length];
    for (int i = 0; i < filled; i++) {
      deltas[i] = i;
    }
    return deltas;
  }

  private void resize(int capacity) {
    times = Arrays.copyOf(times, capacity);
    offsets = Arrays.copyOf(offsets, capacity);
    subjects = Arrays.copyOf(subjects, capacity);
    if (deltas != null) {
      deltas = Arrays.copyOf(deltas, capacity);
    }
  }

  /** How many messages there is room for. */
  int capacity() {
    return times.length;
  }

  /** Gives back the room for more messages. */
  void trim() {
    if (count < times.length) {
      resize(Math.max(1, count));
    }
  }

  /** Sets all sequences by their distances from the first; null for consecutive ones. */
  void deltas(int @Nullable [] distances) {
    deltas = distances;
  }

  long seq(int index) {
    int[] sparse = deltas;
    return firstSeq + (sparse == null ? index : sparse[index]);
  }

  /** The index of the first message with a sequence of at least {@code seq}; may be count. */
  int ceiling(long seq) {
    long delta = seq - firstSeq;
    if (delta <= 0) {
      return 0;
    }
    int[] sparse = deltas;
    if (sparse == null) {
      return (int) Math.min(delta, count);
    }
    if (delta > sparse[count - 1]) {
      return count;
    }
    int found = Arrays.binarySearch(sparse, 0, count, (int) delta);
    return found >= 0 ? found : -found - 1;
  }

  /** The index of the first message with a time of at least {@code epochNanos}; may be count. */
  int ceilingOfTime(long epochNanos) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (times[middle] < epochNanos) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  int subject(int index) {
    return subjects[index] & ~HAS_HEADERS;
  }

  boolean hasHeaders(int index) {
    return subjects[index] < 0;
  }

  void subject(int index, int subject, boolean headers) {
    subjects[index] = headers ? subject | HAS_HEADERS : subject;
  }
}
