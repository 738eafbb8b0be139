// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.Invariant;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The subjects of one stream: for each that has messages an id, how many, the first and the last
 * sequence.
 *
 * <p>Ids are small and dense; one stays the same as long as its subject has messages, and may then
 * go to another subject ({@link #reassigned} counts that, so that a cache by id knows when to start
 * anew). Owner: the stream's loop.
 */
public final class SubjectIndex {
  private static final int FIRST_SUBJECTS = 1;
  private static final int REASSIGNED_KEPT = 256; // a power of two

  private final SubjectChains chains;
  private final SubjectOrder order = new SubjectOrder(this);
  private SubjectPage[] pages = {new SubjectPage(FIRST_SUBJECTS)};
  private int[] table = new int[FIRST_SUBJECTS * 2];
  private int[] free = new int[FIRST_SUBJECTS];
  private int frees;
  private int ids;
  private int size;

  /** Begins shortly before it overflows, so that whoever uses it has to bear that. */
  private int reassigned = Integer.MAX_VALUE - 2;

  private int @Nullable [] reassignedIds; // none until one is
  private long before;

  SubjectIndex(SubjectChains chains) {
    this.chains = chains;
  }

  /** How many subjects have messages. */
  public int size() {
    return size;
  }

  /** A bound of all ids: each is less. */
  public int idBound() {
    return ids;
  }

  /** Counts how often an id was given to another subject than before; overflows. */
  public int reassigned() {
    return reassigned;
  }

  /**
   * The id that was reassigned when {@link #reassigned} was {@code nth}; -1 when that is too long
   * ago to be known.
   */
  public int reassignedId(int nth) {
    int[] known = reassignedIds;
    return known != null && Integer.compareUnsigned(reassigned - nth, REASSIGNED_KEPT) <= 0
        ? known[nth & (REASSIGNED_KEPT - 1)]
        : -1;
  }

  /** The id of a subject; -1 when it has no messages. */
  public int idOf(byte[] bytes, int from, int to) {
    int slot = find(bytes, from, to, hash(bytes, from, to));
    return slot < 0 ? -1 : table[slot] - 1;
  }

  /** The bytes of a subject, not to be changed. */
  public byte[] subject(int id) {
    return page(id).names[at(id)];
  }

  /** A subject as text. */
  public String name(int id) {
    return new String(subject(id), StandardCharsets.UTF_8);
  }

  /** How many messages a subject has. */
  public long count(int id) {
    return id < ids ? page(id).counts[at(id)] : 0;
  }

  /** The sequence of a subject's first message; 0 when it has none. */
  public long first(int id) {
    if (count(id) == 0) {
      return 0;
    }
    long[] firsts = page(id).firsts;
    int at = at(id);
    if (firsts[at] < 0) {
      firsts[at] = chains.firstOf(id, ~firsts[at]);
      settle(id);
    }
    return firsts[at];
  }

  /** The sequence of a subject's last message; 0 when it has none. */
  public long last(int id) {
    if (count(id) == 0) {
      return 0;
    }
    long[] lasts = page(id).lasts;
    int at = at(id);
    if (lasts[at] < 0) {
      lasts[at] = chains.lastOf(id, ~lasts[at]);
      settle(id);
    }
    return lasts[at];
  }

  /** The last sequence under a filter, which may have wildcards; 0 when there is none. */
  public long last(byte[] filter) {
    long[] last = {0};
    forEachMatching(filter, id -> last[0] = Math.max(last[0], last(id)));
    return last[0];
  }

  private SubjectPage page(int id) {
    return pages[id >>> SubjectPage.BITS];
  }

  private static int at(int id) {
    return id & SubjectPage.SUBJECTS - 1;
  }

  /**
   * Calls {@code each}, which must not change the stream, for every subject that a filter, which
   * may have wildcards, stands for. Only subjects that begin like the filter are looked at.
   */
  public void forEachMatching(byte[] filter, IntConsumer each) {
    if (Subject.isLiteral(filter, 0, filter.length)) {
      int id = idOf(filter, 0, filter.length);
      if (id >= 0) {
        each.accept(id);
      }
      return;
    }
    order.forEachMatching(filter, each);
  }

  /**
   * The ids of the subjects that a filter, which may have wildcards, stands for; null when those,
   * or the subjects that begin like it, are more than about {@code most}.
   */
  public int @Nullable [] few(String filter, int most) {
    byte[] bytes = Subject.bytes(filter);
    if (!Subject.isLiteral(bytes, 0, bytes.length)) {
      return order.few(bytes, most);
    }
    int id = idOf(bytes, 0, bytes.length);
    return id < 0 ? new int[0] : new int[] {id};
  }

  /**
   * A part of {@link #forEachMatching(byte[], IntConsumer)}, in the order of the subjects' bytes.
   *
   * @param at where to go on; null at first
   * @param most about how many subjects are looked at
   * @return where to go on; null when all were passed to {@code each}
   */
  public byte @Nullable [] forEachMatching(
      byte[] filter, byte @Nullable [] at, int most, IntConsumer each) {
    if (Subject.isLiteral(filter, 0, filter.length)) {
      forEachMatching(filter, each);
      return null;
    }
    return order.forEachMatching(filter, at, most, each);
  }

  /** Counts a message that was appended; answers the subject's id, see {@link #before}. */
  int appended(byte[] bytes, int from, int to, long seq) {
    int present = size;
    int id = add(bytes, from, to, seq, seq, 1);
    if (size > present) {
      order.added(id);
    }
    return id;
  }

  /** As {@link #appended}, of so many messages at once, while no wildcard was looked up yet. */
  int restored(byte[] subject, long firstSeq, long lastSeq, int count) {
    return add(subject, 0, subject.length, firstSeq, lastSeq, count);
  }

  private int add(byte[] bytes, int from, int to, long firstSeq, long lastSeq, int count) {
    int hash = hash(bytes, from, to);
    int slot = find(bytes, from, to, hash);
    if (slot >= 0) {
      int id = table[slot] - 1;
      SubjectPage page = page(id);
      int at = at(id);
      long last = page.lasts[at];
      before = last < 0 ? ~last : last;
      page.counts[at] += count;
      page.lasts[at] = lastSeq;
      return id;
    }
    if ((size + 1) * 3 > table.length * 2) {
      growTable();
    }
    int id = newId();
    SubjectPage page = page(id);
    int at = at(id);
    page.names[at] = Arrays.copyOfRange(bytes, from, to);
    page.hashes[at] = hash;
    page.counts[at] = count;
    page.firsts[at] = firstSeq;
    page.lasts[at] = lastSeq;
    before = 0;
    insert(id, hash);
    size++;
    return id;
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
  void removed(int id, long seq, long ahead) {
    SubjectPage page = page(id);
    int at = at(id);
    Invariant.check(page.counts[at] > 0, "more messages removed than a subject has");
    if (page.counts[at] == 1) {
      order.removing(id);
      page.counts[at] = 0;
      release(id);
      return;
    }
    page.counts[at]--;
    if (page.firsts[at] == seq) {
      page.firsts[at] = ~(seq + Math.max(1, ahead));
    }
    if (page.lasts[at] == seq) {
      page.lasts[at] = ~seq;
    }
    settle(id);
  }

  /** Forgets all subjects at once, however many there are: ids begin anew. */
  void clear() {
    order.clear();
    pages = new SubjectPage[] {new SubjectPage(FIRST_SUBJECTS)};
    table = new int[FIRST_SUBJECTS * 2];
    free = new int[FIRST_SUBJECTS];
    frees = 0;
    ids = 0;
    size = 0;
    reassigned += REASSIGNED_KEPT + 1; // nothing that is known of an id holds any more
  }

  /** The only message of a subject is both its first and its last. */
  private void settle(int id) {
    SubjectPage page = page(id);
    int at = at(id);
    if (page.counts[at] == 1) {
      if (page.firsts[at] < 0 && page.lasts[at] >= 0) {
        page.firsts[at] = page.lasts[at];
      } else if (page.lasts[at] < 0 && page.firsts[at] >= 0) {
        page.lasts[at] = page.firsts[at];
      }
    }
  }

  private int newId() {
    if (frees > 0) {
      int id = free[--frees];
      int[] known = reassignedIds;
      if (known == null) {
        known = new int[REASSIGNED_KEPT];
        reassignedIds = known;
      }
      known[reassigned++ & (REASSIGNED_KEPT - 1)] = id;
      return id;
    }
    if (ids > 0 && at(ids) == 0) {
      addPage(ids >>> SubjectPage.BITS);
    } else if (at(ids) == page(ids).capacity()) {
      page(ids).grow();
    }
    return ids++;
  }

  private void addPage(int number) {
    if (number == pages.length) {
      pages = Arrays.copyOf(pages, number + Math.max(1, number >>> 1));
    }
    pages[number] = new SubjectPage(SubjectPage.SUBJECTS);
  }

  private void release(int id) {
    int mask = table.length - 1;
    int hole = hash(id) & mask;
    while (table[hole] != id + 1) {
      hole = (hole + 1) & mask;
    }
    for (int next = (hole + 1) & mask; table[next] != 0; next = (next + 1) & mask) {
      int home = hash(table[next] - 1) & mask;
      if (((next - home) & mask) >= ((next - hole) & mask)) {
        table[hole] = table[next];
        hole = next;
      }
    }
    table[hole] = 0;
    page(id).names[at(id)] = OutputBuffer.NO_BYTES;
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
      SubjectPage page = page(id);
      if (page.hashes[at(id)] == hash) {
        byte[] name = page.names[at(id)];
        if (Arrays.equals(name, 0, name.length, bytes, from, to)) {
          return slot;
        }
      }
    }
    return -1;
  }

  private int hash(int id) {
    return page(id).hashes[at(id)];
  }

  private void insert(int id, int hash) {
    int mask = table.length - 1;
    int slot = hash & mask;
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
        insert(entry - 1, hash(entry - 1));
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
