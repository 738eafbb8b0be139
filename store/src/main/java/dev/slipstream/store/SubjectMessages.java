// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The messages of single subjects of a stream, found by following each subject from message to
 * message: as cheap as a subject has few of them, however many others lie between. Owner: the
 * stream's loop.
 */
public final class SubjectMessages {
  private final SubjectIndex subjects;
  private final SubjectChains chains;

  SubjectMessages(SubjectIndex subjects, SubjectChains chains) {
    this.subjects = subjects;
    this.chains = chains;
  }

  /**
   * The sequence of the next message behind {@code seq} with the same subject; 0 when there is
   * none. Cheap while the messages between are there, however many they are.
   *
   * @param seq a message that is there
   */
  public long next(long seq) {
    return chains.next(seq);
  }

  /**
   * The sequence of a subject's last message up to {@code toSeq}; 0 when there is none. Follows the
   * subject's messages from the first on.
   */
  public long last(int subjectId, long toSeq) {
    long found = 0;
    long last = subjects.last(subjectId);
    for (long seq = subjects.first(subjectId); seq != 0 && seq <= toSeq; ) {
      found = seq;
      seq = seq == last ? 0 : chains.next(seq);
    }
    return found;
  }

  /** How many messages of a subject there are from a sequence on; follows them from the first. */
  public long count(int subjectId, long fromSeq) {
    long passed = 0;
    long last = subjects.last(subjectId);
    for (long seq = subjects.first(subjectId); seq != 0 && seq < fromSeq; ) {
      passed++;
      seq = seq == last ? 0 : chains.next(seq);
    }
    return subjects.count(subjectId) - passed;
  }

  /** How many messages some subjects have together. */
  public long count(int[] subjectIds) {
    long sum = 0;
    for (int id : subjectIds) {
      sum += subjects.count(id);
    }
    return sum;
  }

  /**
   * The sequences of the messages of some subjects, ascending; null when those are more than {@code
   * most}.
   */
  public long @Nullable [] seqs(int[] subjectIds, int most) {
    long count = count(subjectIds);
    if (count > most) {
      return null;
    }
    long[] seqs = new long[(int) count];
    int found = 0;
    for (int id : subjectIds) {
      long last = subjects.last(id);
      for (long seq = subjects.first(id); seq != 0; seq = seq == last ? 0 : chains.next(seq)) {
        seqs[found++] = seq;
      }
    }
    Arrays.sort(seqs);
    return seqs;
  }
}
