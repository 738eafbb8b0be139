// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.store.StreamStore;
import dev.slipstream.store.SubjectIndex;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the last message of each subject that matches some filters, as the stream is when the
 * search begins: in slices, so that the loop is free in between. What comes meanwhile lies behind
 * what is looked for; what goes is found to be gone when it is to be delivered. Owner: the stream's
 * loop.
 */
final class LastPerSubjectSearch {
  private static final int FIRST_FOUND = 16;

  /** Passing over a sequence costs a small part of looking at a subject. */
  private static final int SORTED_TO_ONE = 8;

  private final Stream stream;
  private final StreamStore store;
  private final SubjectIndex subjects;
  private final List<String> filters;
  private final Consumer<LastPerSubject> then;
  private final Runnable gone;
  private final int slice;
  private final long resumeSeq;
  private int filter;
  private byte @Nullable [] subjectAt;
  private long[] found = new long[FIRST_FOUND];
  private int count;
  private @Nullable SlicedSort sort;
  private @Nullable SequencePacking packing;

  /**
   * A search for the messages of a stream that is not closed.
   *
   * @param filters which do not overlap
   * @param then hears what was found; at once when that is little
   * @param gone runs when the stream ends before
   */
  LastPerSubjectSearch(
      Stream stream, List<String> filters, Consumer<LastPerSubject> then, Runnable gone) {
    this.stream = stream;
    this.filters = filters;
    this.then = then;
    this.gone = gone;
    store = stream.store;
    subjects = store.subjects();
    slice = stream.account.options().sliceMessages();
    resumeSeq = store.lastSeq() + 1;
  }

  void run() {
    if (stream.isClosed()) {
      gone.run();
    } else if (filter < filters.size() ? moreSubjects() : moreSorted()) {
      stream.shard.loop.nextTurn(this::run);
    }
  }

  /** Looks at the next subjects; whether a turn is needed for what is left. */
  private boolean moreSubjects() {
    int before = count;
    while (filter < filters.size() && count - before < slice) {
      subjectAt =
          subjects.forEachMatching(
              Subject.bytes(filters.get(filter)), subjectAt, slice, this::note);
      if (subjectAt != null) {
        return true;
      }
      filter++;
    }
    return filter < filters.size() || moreSorted();
  }

  private void note(int id) {
    long last = subjects.last(id);
    if (last >= resumeSeq) {
      last = subjects.first(id) >= resumeSeq ? 0 : store.ofSubjects().last(id, resumeSeq - 1);
    }
    if (last == 0) {
      return; // it came meanwhile
    }
    if (count == found.length) {
      found = Arrays.copyOf(found, 2 * count);
    }
    found[count++] = last;
  }

  private boolean moreSorted() {
    SlicedSort sorting = sort;
    if (sorting == null) {
      sorting = new SlicedSort(Arrays.copyOf(found, count));
      sort = sorting;
    }
    int most = SORTED_TO_ONE * slice;
    boolean little = count <= slice; // enough for one turn
    boolean sorted = sorting.step(most);
    while (little && !sorted) {
      sorted = sorting.step(most);
    }
    return !sorted || morePacked(sorting.values(), most, little);
  }

  private boolean morePacked(long[] seqs, int most, boolean little) {
    SequencePacking pack = packing;
    if (pack == null) {
      pack = new SequencePacking(seqs);
      packing = pack;
      if (!little) {
        return true;
      }
    }
    if (!pack.step(most)) {
      return true;
    }
    then.accept(new LastPerSubject(seqs, pack.bytes(), resumeSeq));
    return false;
  }
}
