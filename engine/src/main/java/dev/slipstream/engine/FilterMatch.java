// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.subject.SubjectTrie;
import dev.slipstream.store.StreamStore;
import dev.slipstream.store.SubjectIndex;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Whether the subjects of a stream match the filters of a consumer, asked by subject id and
 * remembered for the first of them, so that many consumers on many subjects stay small.
 *
 * <p>Owner: the stream's loop.
 */
final class FilterMatch implements IntPredicate {
  /** So many messages are asked themselves before their subjects are. */
  private static final int NEAR = 64;

  /** What is known of so many ids takes 8 KiB; the others are compared each time. */
  private static final int REMEMBERED_IDS = 1 << 15;

  /** The first message of so many subjects is asked of each of them. */
  private static final int FEW_SUBJECTS = 1024;

  /** More filters are looked up together, token by token. */
  private static final int COMPARED_ONE_BY_ONE = 4;

  private final List<String> names;
  private final List<byte[]> filters;
  private final @Nullable SubjectTrie<Boolean> trie; // for many filters
  private final SubjectIndex subjects;
  private final BitSet asked = new BitSet();
  private final BitSet matching = new BitSet(); // of those that were asked
  private int reassigned;
  private final boolean matchesAll;
  private final boolean literal;
  private long lastFound;

  FilterMatch(List<String> filters, SubjectIndex subjects) {
    this.names = List.copyOf(filters);
    this.filters = filters.stream().map(Subject::bytes).toList();
    this.trie = trieOf(this.filters);
    this.subjects = subjects;
    this.matchesAll = filters.isEmpty() || filters.contains(">");
    this.literal = filters.stream().allMatch(Subject::isLiteral);
  }

  /** Whether every subject matches. */
  boolean matchesAll() {
    return matchesAll;
  }

  @Override
  public boolean test(int subjectId) {
    if (reassigned != subjects.reassigned()) {
      forgetReassigned();
    }
    if (subjectId >= REMEMBERED_IDS) {
      return matches(subjects.subject(subjectId));
    }
    if (!asked.get(subjectId)) {
      asked.set(subjectId);
      matching.set(subjectId, matches(subjects.subject(subjectId)));
    }
    return matching.get(subjectId);
  }

  private void forgetReassigned() {
    int now = subjects.reassigned();
    if (subjects.reassignedId(reassigned) < 0) {
      asked.clear();
    } else {
      for (int nth = reassigned; nth != now; nth++) {
        asked.clear(subjects.reassignedId(nth));
      }
    }
    reassigned = now;
  }

  /** Whether the subject of an id that has messages matches; remembers nothing. */
  boolean matches(int subjectId) {
    return matches(subjects.subject(subjectId));
  }

  /** The ids of the subjects that match; null when those are more than about {@code most}. */
  int @Nullable [] few(int most) {
    int[] found = new int[0];
    for (String filter : names) {
      int[] more = subjects.few(filter, most);
      if (more == null || found.length + more.length > most) {
        return null;
      }
      int from = found.length;
      found = Arrays.copyOf(found, from + more.length);
      System.arraycopy(more, 0, found, from, more.length);
    }
    return found;
  }

  private boolean matches(byte[] subject) {
    return matches(subject, 0, subject.length);
  }

  /** Whether a subject matches. */
  boolean matches(byte[] subject, int from, int to) {
    if (matchesAll) {
      return true;
    }
    SubjectTrie<Boolean> together = trie;
    if (together != null) {
      return together.matchesAny(subject, from, to);
    }
    for (byte[] filter : filters) {
      if (Subject.matches(subject, from, to, filter)) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable SubjectTrie<Boolean> trieOf(List<byte[]> filters) {
    if (filters.size() <= COMPARED_ONE_BY_ONE) {
      return null;
    }
    SubjectTrie<Boolean> trie = new SubjectTrie<>();
    filters.forEach(filter -> trie.add(filter, true));
    return trie;
  }

  /**
   * The sequence of the first message from {@code fromSeq} on that matches; 0 when there is none.
   * Where none is near, filters without wildcards ask the subjects where their messages are.
   */
  long next(StreamStore store, long fromSeq) {
    if (matchesAll || fromSeq > store.lastSeq()) {
      return store.next(fromSeq);
    }
    long nearEnd = fromSeq + NEAR;
    long found = store.next(fromSeq, nearEnd, this);
    if (found == 0 && nearEnd < store.lastSeq()) {
      found = literal ? nextOfSubjects(store, nearEnd + 1) : store.next(nearEnd + 1, this);
    }
    lastFound = found;
    return found;
  }

  private long nextOfSubjects(StreamStore store, long fromSeq) {
    boolean behindLast = lastFound != 0 && lastFound < fromSeq;
    if (filters.size() == 1 && behindLast && store.has(lastFound)) {
      long linked = store.ofSubjects().next(lastFound);
      if (linked == 0 || linked >= fromSeq) {
        return linked;
      }
    }
    long nearest = Long.MAX_VALUE;
    boolean search = false;
    for (byte[] filter : filters) {
      int id = subjects.idOf(filter, 0, filter.length);
      if (id >= 0 && subjects.last(id) >= fromSeq) {
        long first = subjects.first(id);
        nearest = first >= fromSeq ? Math.min(nearest, first) : nearest;
        search |= first < fromSeq;
      }
    }
    long found = search ? store.next(fromSeq, nearest, this) : nearest;
    return found == Long.MAX_VALUE ? 0 : found;
  }

  /**
   * Where a consumer goes on at the earliest behind a purge by a filter: at its own next message,
   * when the purge was of all that it wants; at the stream's first, when it was of a part of that;
   * 0 when it was of other subjects. Source: the public server.
   */
  long nextBehindPurge(StreamStore store, String purged) {
    if (!matchesAll && names.stream().allMatch(each -> Subject.isSubset(each, purged))) {
      long first = first(store);
      return first == 0 ? store.lastSeq() + 1 : first;
    }
    return matchesAll || names.stream().anyMatch(each -> Subject.overlap(each, purged))
        ? Math.max(1, store.firstSeq())
        : 0;
  }

  /** The sequence of the first message that matches; 0 when there is none. */
  private long first(StreamStore store) {
    int[] ids = few(FEW_SUBJECTS);
    if (ids == null) {
      return next(store, Math.max(1, store.firstSeq()));
    }
    long first = 0;
    for (int id : ids) {
      long each = subjects.first(id);
      first = first == 0 ? each : Math.min(first, each);
    }
    return first;
  }

  /** How many messages from {@code fromSeq} on match. */
  long countFrom(StreamStore store, long fromSeq) {
    if (fromSeq > store.lastSeq()) {
      return 0;
    }
    if (matchesAll) {
      return store.count(fromSeq);
    }
    long firstSeq = store.firstSeq();
    if (fromSeq <= firstSeq) {
      return countAll();
    }
    return store.lastSeq() - fromSeq <= fromSeq - firstSeq
        ? count(store, fromSeq, store.lastSeq())
        : countAll() - count(store, firstSeq, fromSeq - 1);
  }

  private long count(StreamStore store, long fromSeq, long toSeq) {
    if (subjects.idBound() <= REMEMBERED_IDS || toSeq - fromSeq < subjects.size()) {
      return store.count(fromSeq, toSeq, this);
    }
    BitSet all = new BitSet(subjects.idBound()); // once a subject, not once a message
    filters.forEach(filter -> subjects.forEachMatching(filter, all::set));
    return store.count(fromSeq, toSeq, all::get);
  }

  private long countAll() {
    long[] count = {0};
    for (byte[] filter : filters) {
      // filters of one consumer do not overlap, so nothing is counted twice
      subjects.forEachMatching(filter, id -> count[0] += subjects.count(id));
    }
    return count[0];
  }
}
