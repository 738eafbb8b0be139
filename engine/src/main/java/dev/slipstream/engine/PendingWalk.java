// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.store.StreamStore;
import dev.slipstream.store.SubjectIndex;
import java.util.BitSet;
import java.util.function.IntPredicate;

/**
 * A way to count what a consumer has not delivered, in slices between which messages come and go.
 * Owner: the stream's loop.
 */
interface PendingWalk {
  /** Counts a slice further; answers how many it found. */
  long more();

  /** Whether everything is counted. */
  boolean isAtEnd();

  /** Whether a message that is owed, of a subject of that id, lies where this has been. */
  boolean hasPassed(long seq, int subjectId);

  /** From subject to subject, each with all its messages. */
  final class OverSubjects implements PendingWalk {
    private final SubjectIndex subjects;
    private final FilterMatch filter;
    private final int slice;
    private int atId;

    OverSubjects(SubjectIndex subjects, FilterMatch filter, int slice) {
      this.subjects = subjects;
      this.filter = filter;
      this.slice = slice;
    }

    @Override
    public long more() {
      long found = 0;
      int end = (int) Math.min((long) atId + slice, subjects.idBound());
      for (; atId < end; atId++) {
        long messages = subjects.count(atId);
        if (messages > 0 && filter.matches(atId)) {
          found += messages;
        }
      }
      return found;
    }

    @Override
    public boolean isAtEnd() {
      return atId >= subjects.idBound();
    }

    @Override
    public boolean hasPassed(long seq, int subjectId) {
      return subjectId < atId;
    }
  }

  /** From message to message, up to the one that is last when it begins. */
  final class OverMessages implements PendingWalk {
    private final StreamStore store;
    private final IntPredicate wanted;
    private final int slice;
    private final long endSeq;
    private long atSeq;

    OverMessages(StreamStore store, long fromSeq, IntPredicate wanted, int slice) {
      this.store = store;
      this.wanted = wanted;
      this.slice = slice;
      atSeq = fromSeq;
      endSeq = store.lastSeq();
    }

    @Override
    public long more() {
      long next = store.ahead(atSeq, slice);
      long through = next == 0 ? endSeq : Math.min(next - 1, endSeq);
      long found = atSeq <= through ? store.count(atSeq, through, wanted) : 0;
      atSeq = through + 1;
      return found;
    }

    @Override
    public boolean isAtEnd() {
      return atSeq > endSeq;
    }

    @Override
    public boolean hasPassed(long seq, int subjectId) {
      return seq < atSeq || seq > endSeq;
    }
  }

  /** Along a list of messages; what comes behind it is counted before. */
  final class AlongList implements PendingWalk {
    private final StreamStore store;
    private final LastPerSubject list;
    private final int slice;
    private int at;

    AlongList(StreamStore store, LastPerSubject list, int slice) {
      this.store = store;
      this.list = list;
      this.slice = slice;
    }

    @Override
    public long more() {
      long found = 0;
      for (int left = slice; left > 0 && !isAtEnd(); left--) {
        found += store.has(list.seq(at++)) ? 1 : 0;
      }
      return found;
    }

    @Override
    public boolean isAtEnd() {
      return at >= list.remaining();
    }

    @Override
    public boolean hasPassed(long seq, int subjectId) {
      return seq >= list.resumeSeq() || isAtEnd() || seq < list.seq(at);
    }
  }

  /** From message to message of each of some subjects. */
  final class OfSubjects implements PendingWalk {
    private final StreamStore store;
    private final FilterMatch filter;
    private final long fromSeq;
    private final int[] ids;
    private final BitSet left = new BitSet();
    private final int slice;
    private int at;

    OfSubjects(StreamStore store, long fromSeq, FilterMatch filter, int[] ids, int slice) {
      this.store = store;
      this.filter = filter;
      this.fromSeq = fromSeq;
      this.ids = ids;
      this.slice = slice;
      for (int id : ids) {
        left.set(id);
      }
    }

    @Override
    public long more() {
      SubjectIndex subjects = store.subjects();
      long found = 0;
      for (int budget = slice; at < ids.length && budget > 0; at++) {
        int id = ids[at];
        if (subjects.count(id) > 0 && filter.matches(id)) {
          budget -= (int) Math.min(slice, subjects.count(id));
          found += store.ofSubjects().count(id, fromSeq);
        }
        left.clear(id);
      }
      return found;
    }

    @Override
    public boolean isAtEnd() {
      return at >= ids.length;
    }

    @Override
    public boolean hasPassed(long seq, int subjectId) {
      return !left.get(subjectId);
    }
  }
}
