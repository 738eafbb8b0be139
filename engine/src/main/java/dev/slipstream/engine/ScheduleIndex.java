// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import java.util.Arrays;

/**
 * The schedules of a stream by the moment when they are due: for the id of each subject that has
 * one, the sequence of its message.
 *
 * <p>A heap in three arrays, and a hash of where in it each id is; 28 to 56 bytes a schedule. One
 * whose message is gone stays until somebody looks: when it is due, or when there may be as many of
 * them as of others ({@link #isCrowded}). Times are nanoseconds since the epoch. Owner: the
 * stream's loop.
 */
final class ScheduleIndex {
  private static final int FIRST_SCHEDULES = 4;
  private static final int SPARE = 1024;

  /** Decides whether the message of a schedule is there. */
  @FunctionalInterface
  interface Presence {
    boolean isThere(int subjectId, long seq);
  }

  private static final long[] NO_LONGS = {};
  private static final int[] NO_INTS = {};

  /** Where nothing is and nothing is put: most streams have no schedules. */
  private static final int[] ONE_FREE = {0};

  private long[] dues = NO_LONGS;
  private long[] seqs = NO_LONGS;
  private int[] ids = NO_INTS;
  private int size;
  private int crowd = SPARE;
  private int[] keys = ONE_FREE; // ids + 1; 0: free
  private int[] places = ONE_FREE;

  int size() {
    return size;
  }

  /** Whether so many have come that a look for those whose messages are gone is worth its time. */
  boolean isCrowded() {
    return size > crowd;
  }

  /** Forgets those whose messages are gone. */
  void retain(Presence presence) {
    int kept = 0;
    for (int at = 0; at < size; at++) {
      if (presence.isThere(ids[at], seqs[at])) {
        dues[kept] = dues[at];
        seqs[kept] = seqs[at];
        ids[kept++] = ids[at];
      }
    }
    size = kept;
    crowd = Math.max(SPARE, 2 * kept);
    resize(Math.max(FIRST_SCHEDULES, kept + kept / 2));
    for (int at = size / 2 - 1; at >= 0; at--) {
      sink(at, dues[at], seqs[at], ids[at]);
    }
  }

  /** The schedule of a subject is this one; what it had before goes. */
  void put(int subjectId, long seq, long dueEpochNanos) {
    remove(subjectId);
    if (size == ids.length) {
      resize(Math.max(FIRST_SCHEDULES, size * 2));
    }
    int slot = slot(subjectId);
    keys[slot] = subjectId + 1;
    rise(size++, dueEpochNanos, seq, subjectId);
  }

  /** The schedule of a subject is due then; nothing when there is none. */
  void move(int subjectId, long dueEpochNanos) {
    int at = place(subjectId);
    if (at >= 0) {
      settle(at, dueEpochNanos, seqs[at], subjectId);
    }
  }

  /** A subject has no schedule any more. */
  void remove(int subjectId) {
    int at = size == 0 ? -1 : place(subjectId);
    if (at < 0) {
      return;
    }
    free(slot(subjectId));
    size--;
    if (at < size) {
      settle(at, dues[size], seqs[size], ids[size]);
    }
  }

  /** The sequence of the message that is a subject's schedule; 0 when it has none. */
  long seq(int subjectId) {
    int at = place(subjectId);
    return at < 0 ? 0 : seqs[at];
  }

  /** When the schedule of a subject is due; it has one. */
  long due(int subjectId) {
    return dues[place(subjectId)];
  }

  /** When the next one is due; {@link Long#MAX_VALUE} when none ever is. */
  long next() {
    return size == 0 ? Long.MAX_VALUE : dues[0];
  }

  /** The subjects of at most {@code most} that are due, by the sequences of their messages. */
  int[] due(long nowEpochNanos, int most) {
    int[] found = new int[Math.min(size, most)];
    int founds = 0;
    if (next() <= nowEpochNanos && most > 0 && size > 0) {
      found[founds++] = 0;
    }
    for (int i = 0; i < founds; i++) {
      int child = 2 * found[i] + 1;
      for (int at = child; at < Math.min(size, child + 2) && founds < most; at++) {
        if (dues[at] <= nowEpochNanos) {
          found[founds++] = at;
        }
      }
    }
    return Arrays.stream(found, 0, founds)
        .boxed()
        .sorted((one, other) -> Long.compare(seqs[one], seqs[other]))
        .mapToInt(at -> ids[at])
        .toArray();
  }

  /** Sequence and moment of each, one behind the other. */
  long[] pairs() {
    long[] pairs = new long[2 * size];
    for (int at = 0; at < size; at++) {
      pairs[2 * at] = seqs[at];
      pairs[2 * at + 1] = dues[at];
    }
    return pairs;
  }

  /** Finds the place of what was at {@code at} or comes there. */
  private void settle(int at, long due, long seq, int id) {
    if (at > 0 && due < dues[(at - 1) / 2]) {
      rise(at, due, seq, id);
    } else {
      sink(at, due, seq, id);
    }
  }

  private void rise(int from, long due, long seq, int id) {
    int at = from;
    while (at > 0 && due < dues[(at - 1) / 2]) {
      int parent = (at - 1) / 2;
      set(at, dues[parent], seqs[parent], ids[parent]);
      at = parent;
    }
    set(at, due, seq, id);
  }

  private void sink(int from, long due, long seq, int id) {
    int at = from;
    while (2 * at + 1 < size) {
      int child = 2 * at + 1;
      if (child + 1 < size && dues[child + 1] < dues[child]) {
        child++;
      }
      if (dues[child] >= due) {
        break;
      }
      set(at, dues[child], seqs[child], ids[child]);
      at = child;
    }
    set(at, due, seq, id);
  }

  private void set(int at, long due, long seq, int id) {
    dues[at] = due;
    seqs[at] = seq;
    ids[at] = id;
    places[slot(id)] = at;
  }

  private void resize(int capacity) {
    dues = Arrays.copyOf(dues, capacity);
    seqs = Arrays.copyOf(seqs, capacity);
    ids = Arrays.copyOf(ids, capacity);
    keys = new int[Integer.highestOneBit(capacity) * 4];
    places = new int[keys.length];
    for (int at = 0; at < size; at++) {
      int slot = slot(ids[at]);
      keys[slot] = ids[at] + 1;
      places[slot] = at;
    }
  }

  private int place(int subjectId) {
    int slot = slot(subjectId);
    return keys[slot] == 0 ? -1 : places[slot];
  }

  /** Where an id is in the hash, or would be. */
  private int slot(int subjectId) {
    int slot = home(subjectId);
    while (keys[slot] != 0 && keys[slot] != subjectId + 1) {
      slot = slot + 1 & keys.length - 1;
    }
    return slot;
  }

  private int home(int subjectId) {
    int hash = subjectId * 0x9E3779B9;
    return (hash ^ hash >>> 16) & keys.length - 1;
  }

  private void free(int slot) {
    int mask = keys.length - 1;
    int hole = slot;
    for (int next = hole + 1 & mask; keys[next] != 0; next = next + 1 & mask) {
      if ((next - home(keys[next] - 1) & mask) >= (next - hole & mask)) {
        keys[hole] = keys[next];
        places[hole] = places[next];
        hole = next;
      }
    }
    keys[hole] = 0;
  }
}
