// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.store.SubjectIndex;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Whether the subjects of a stream match the filters of a consumer, asked by subject id and
 * remembered.
 *
 * <p>Owner: the stream's loop.
 */
final class FilterMatch implements IntPredicate {
  private final List<byte[]> filters;
  private final SubjectIndex subjects;
  private byte[] known = new byte[64]; // 0 not asked yet, 1 no, 2 yes
  private int reassigned;

  FilterMatch(List<String> filters, SubjectIndex subjects) {
    this.filters = filters.stream().map(Subject::bytes).toList();
    this.subjects = subjects;
  }

  /** Whether every subject matches. */
  boolean matchesAll() {
    return filters.isEmpty() || filters.stream().anyMatch(f -> f.length == 1 && f[0] == '>');
  }

  @Override
  public boolean test(int subjectId) {
    if (reassigned != subjects.reassigned()) {
      forgetReassigned();
    }
    if (subjectId >= known.length) {
      known = Arrays.copyOf(known, Math.max(subjectId + 1, known.length * 2));
    }
    if (known[subjectId] == 0) {
      known[subjectId] = (byte) (matches(subjects.subject(subjectId)) ? 2 : 1);
    }
    return known[subjectId] == 2;
  }

  private void forgetReassigned() {
    int now = subjects.reassigned();
    if (subjects.reassignedId(reassigned) < 0) {
      Arrays.fill(known, (byte) 0);
    } else {
      for (int nth = reassigned; nth != now; nth++) {
        int id = subjects.reassignedId(nth);
        if (id < known.length) {
          known[id] = 0;
        }
      }
    }
    reassigned = now;
  }

  private boolean matches(byte[] subject) {
    if (filters.isEmpty()) {
      return true;
    }
    for (byte[] filter : filters) {
      if (Subject.matches(subject, 0, subject.length, filter)) {
        return true;
      }
    }
    return false;
  }

  /** Messages from {@code fromSeq} on that match. */
  long countFrom(dev.slipstream.store.StreamStore store, long fromSeq) {
    if (fromSeq > store.lastSeq()) {
      return 0;
    }
    if (fromSeq <= store.firstSeq()) {
      return countAll(store);
    }
    long count = 0;
    for (long seq = store.next(fromSeq, this); seq != 0; seq = store.next(seq + 1, this)) {
      count++;
    }
    return count;
  }

  private long countAll(dev.slipstream.store.StreamStore store) {
    if (matchesAll()) {
      return store.messages();
    }
    long[] count = {0};
    for (byte[] filter : filters) {
      // filters of one consumer do not overlap, so nothing is counted twice
      subjects.forEachMatching(filter, id -> count[0] += subjects.count(id));
    }
    return count[0];
  }
}
