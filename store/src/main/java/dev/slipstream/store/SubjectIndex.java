// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.Invariant;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * The subjects of one stream: for each that has messages an id, how many, the first and the last
 * sequence.
 *
 * <p>Ids are small and dense; one stays the same as long as its subject has messages, and may then
 * go to another subject ({@link #reassigned} counts that, so that a cache by id knows when to start
 * anew). Owner: the stream's loop.
 */
public final class SubjectIndex {
  private static final int FIRST_SUBJECTS = 8;

  private final StreamStore stream;
  private byte[][] names = new byte[FIRST_SUBJECTS][];
  private int[] hashes = new int[FIRST_SUBJECTS];
  private int[] counts = new int[FIRST_SUBJECTS];
  // a complement (negative) is a bound and not yet the sequence itself
  private long[] firsts = new long[FIRST_SUBJECTS];
  private long[] lasts = new long[FIRST_SUBJECTS];
  private int[] table = new int[FIRST_SUBJECTS * 2];
  private int[] free = new int[FIRST_SUBJECTS];
  private int frees;
  private int ids;
  private int size;
  private int reassigned;
  private long before;

  SubjectIndex(StreamStore stream) {
    this.stream = stream;
  }

  /** How many subjects have messages. */
  public int size() {
    return size;
  }

  /** A bound of all ids: each is less. */
  public int idBound() {
    return ids;
  }

  /** How often an id was given to another subject than before. */
  public int reassigned() {
    return reassigned;
  }

  /** The id of a subject; -1 when it has no messages. */
  public int idOf(byte[] bytes, int from, int to) {
    int slot = find(bytes, from, to, hash(bytes, from, to));
    return slot < 0 ? -1 : table[slot] - 1;
  }

  /** The bytes of a subject, not to be changed. */
  public byte[] subject(int id) {
    return names[id];
  }

  /** How many messages a subject has. */
  public long count(int id) {
    return id < ids ? counts[id] : 0;
  }

  /** The sequence of a subject's first message; 0 when it has none. */
  public long first(int id) {
    if (count(id) == 0) {
      return 0;
    }
    if (firsts[id] < 0) {
      firsts[id] = stream.firstOf(id, ~firsts[id]);
      settle(id);
    }
    return firsts[id];
  }

  /** The sequence of a subject's last message; 0 when it has none. */
  public long last(int id) {
    if (count(id) == 0) {
      return 0;
    }
    if (lasts[id] < 0) {
      lasts[id] = stream.lastOf(id, ~lasts[id]);
      settle(id);
    }
    return lasts[id];
  }

  /** Calls {@code each} for every subject that a filter, which may have wildcards, stands for. */
  public void forEachMatching(byte[] filter, IntConsumer each) {
    if (Subject.isLiteral(filter, 0, filter.length)) {
      int id = idOf(filter, 0, filter.length);
      if (id >= 0) {
        each.accept(id);
      }
      return;
    }
    for (int id = 0; id < ids; id++) {
      if (counts[id] > 0 && Subject.matches(names[id], 0, names[id].length, filter)) {
        each.accept(id);
      }
    }
  }

  /** Whether a subject matches a filter; the subject has messages. */
  public boolean matches(int id, byte[] filter) {
    return Subject.matches(names[id], 0, names[id].length, filter);
  }

  /** Counts a message that was appended; answers the subject's id, see {@link #before}. */
  int appended(byte[] bytes, int from, int to, long seq) {
    int hash = hash(bytes, from, to);
    int slot = find(bytes, from, to, hash);
    if (slot >= 0) {
      int id = table[slot] - 1;
      counts[id]++;
      before = lasts[id] < 0 ? ~lasts[id] : lasts[id];
      lasts[id] = seq;
      return id;
    }
    if ((size + 1) * 3 > table.length * 2) {
      growTable();
    }
    int id = newId();
    names[id] = Arrays.copyOfRange(bytes, from, to);
    hashes[id] = hash;
    counts[id] = 1;
    before = 0;
    firsts[id] = seq;
    lasts[id] = seq;
    insert(id);
    size++;
    return id;
  }

  /** Counts a further message of a subject that has some. */
  void appendedAgain(int id, long seq) {
    counts[id]++;
    lasts[id] = seq;
  }

  /**
   * The last sequence, or a bound of it, that the subject appended last had before; 0 when it was
   * new.
   */
  long before() {
    return before;
  }

  /**
   * Counts a message that was removed.
   *
   * @param ahead how far ahead the subject's next message was appended; 0 when not known
   */
  void removed(int id, long seq, int ahead) {
    Invariant.check(counts[id] > 0, "more messages removed than a subject has");
    if (--counts[id] == 0) {
      release(id);
      return;
    }
    if (firsts[id] == seq) {
      firsts[id] = ~(seq + Math.max(1, ahead));
    }
    if (lasts[id] == seq) {
      lasts[id] = ~seq;
    }
    settle(id);
  }

  /** Forgets all subjects. */
  void clear() {
    for (int id = 0; id < ids; id++) {
      if (counts[id] > 0) {
        counts[id] = 0;
        release(id);
      }
    }
  }

  /** The only message of a subject is both its first and its last. */
  private void settle(int id) {
    if (counts[id] == 1) {
      if (firsts[id] < 0 && lasts[id] >= 0) {
        firsts[id] = lasts[id];
      } else if (lasts[id] < 0 && firsts[id] >= 0) {
        lasts[id] = firsts[id];
      }
    }
  }

  private int newId() {
    if (frees > 0) {
      reassigned++;
      return free[--frees];
    }
    if (ids == names.length) {
      int capacity = ids * 2;
      names = Arrays.copyOf(names, capacity);
      hashes = Arrays.copyOf(hashes, capacity);
      counts = Arrays.copyOf(counts, capacity);
      firsts = Arrays.copyOf(firsts, capacity);
      lasts = Arrays.copyOf(lasts, capacity);
    }
    return ids++;
  }

  private void release(int id) {
    int mask = table.length - 1;
    int hole = hashes[id] & mask;
    while (table[hole] != id + 1) {
      hole = (hole + 1) & mask;
    }
    for (int next = (hole + 1) & mask; table[next] != 0; next = (next + 1) & mask) {
      int home = hashes[table[next] - 1] & mask;
      if (((next - home) & mask) >= ((next - hole) & mask)) {
        table[hole] = table[next];
        hole = next;
      }
    }
    table[hole] = 0;
    names[id] = OutputBuffer.NO_BYTES;
    if (frees == free.length) {
      free = Arrays.copyOf(free, frees * 2);
    }
    free[frees++] = id;
    size--;
  }

  private int find(byte[] bytes, int from, int to, int hash) {
    int mask = table.length - 1;
    for (int slot = hash & mask; table[slot] != 0; slot = (slot + 1) & mask) {
      int id = table[slot] - 1;
      if (hashes[id] == hash && Arrays.equals(names[id], 0, names[id].length, bytes, from, to)) {
        return slot;
      }
    }
    return -1;
  }

  private void insert(int id) {
    int mask = table.length - 1;
    int slot = hashes[id] & mask;
    while (table[slot] != 0) {
      slot = (slot + 1) & mask;
    }
    table[slot] = id + 1;
  }

  private void growTable() {
    int[] before = table;
    table = new int[before.length * 2];
    for (int entry : before) {
      if (entry != 0) {
        insert(entry - 1);
      }
    }
  }

  private static int hash(byte[] bytes, int from, int to) {
    int hash = 0x811c9dc5;
    for (int i = from; i < to; i++) {
      hash = (hash ^ bytes[i]) * 0x01000193;
    }
    return hash ^ hash >>> 15;
  }
}
