// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.store.StreamStore;
import dev.slipstream.store.SubjectIndex;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * How many messages of its stream a consumer has not delivered yet: counted once, then kept by what
 * comes, goes and is delivered.
 *
 * <p>Few subjects, or few messages, are counted at once. Otherwise a {@link PendingWalk} goes on in
 * slices; what comes and goes meanwhile counts where it has been, and the consumer delivers nothing
 * before it is done. Owner: the stream's loop.
 */
final class PendingCount {
  /** Walking from message to message of a subject costs about as much as passing over so many. */
  private static final int STEP = 16;

  private final Consumer consumer;
  private final StreamStore store;
  private final SubjectIndex subjects;

  /** Subjects that are counted in one turn when each is looked up in order. */
  private final int few;

  /** Subjects, or messages whose subjects are compared, in a turn. */
  private final int many;

  /** Messages whose subjects are looked up in a set of bits in a turn. */
  private final int most;

  private final List<Runnable> waiting = new ArrayList<>(0);
  private long count;

  /** Null when all is counted. */
  private @Nullable PendingWalk walk;

  PendingCount(Consumer consumer) {
    this.consumer = consumer;
    store = consumer.stream.store;
    subjects = store.subjects();
    int messages = consumer.stream.account.options().sliceMessages();
    few = 3 * messages;
    many = 4 * messages;
    most = 4 * many;
  }

  /** The count; less than that while it is not done. */
  long get() {
    return Math.max(0, count);
  }

  boolean isDone() {
    return walk == null;
  }

  /** Runs {@code then} when it is done. */
  void whenDone(Runnable then) {
    if (isDone()) {
      then.run();
    } else {
      waiting.add(then);
    }
  }

  void add(long change) {
    count += change;
  }

  /** A message that is owed was appended. */
  void appended(long seq, int subjectId) {
    if (isCounted(seq, subjectId)) {
      count++;
    }
  }

  /** A message that is owed is about to be removed. */
  void removed(long seq, int subjectId) {
    if (isCounted(seq, subjectId)) {
      count--;
    }
  }

  private boolean isCounted(long seq, int subjectId) {
    PendingWalk present = walk;
    return present == null || present.hasPassed(seq, subjectId);
  }

  /** All messages up to a sequence are about to be removed. */
  void leaving(long throughSeq) {
    if (store.next(throughSeq + 1) == 0) {
      count = 0;
      finish();
      return;
    }
    boolean hasList = list() != null;
    long from = hasList ? 1 : nextSeq();
    if (from > throughSeq) {
      return;
    }
    if (isDone() && !hasList) {
      count -= countIn(from, throughSeq);
      return;
    }
    for (long seq = store.next(from); seq != 0 && seq <= throughSeq; seq = store.next(seq + 1)) {
      int id = store.subjectId(seq);
      if (consumer.filter().test(id) && consumer.owes(seq)) {
        removed(seq, id);
      }
    }
  }

  private long countIn(long fromSeq, long throughSeq) {
    return consumer.filter().matchesAll()
        ? store.count(fromSeq) - store.count(throughSeq + 1)
        : store.count(fromSeq, throughSeq, consumer.filter());
  }

  /** What is left of the list that the consumer delivers first; null when nothing is. */
  private @Nullable LastPerSubject list() {
    LastPerSubject list = consumer.lastPerSubject;
    return list == null || list.remaining() == 0 ? null : list;
  }

  private long nextSeq() {
    return Math.max(1, consumer.state.nextStreamSeq());
  }

  /** Counts anew, in one go. */
  void recountAtOnce() {
    LastPerSubject list = list();
    count =
        list == null
            ? consumer.filter().countFrom(store, nextSeq())
            : list.living(store) + consumer.filter().countFrom(store, list.resumeSeq());
    finish();
  }

  /** Counts anew, now or in slices. */
  void recount() {
    FilterMatch filter = consumer.filter();
    LastPerSubject list = list();
    if (list != null && list.remaining() > many) {
      begin(
          new PendingWalk.AlongList(store, list, many), filter.countFrom(store, list.resumeSeq()));
      return;
    }
    long from = nextSeq();
    if (list != null || filter.matchesAll() || store.count(from) <= many) {
      recountAtOnce();
      return;
    }
    int[] ids = filter.few(few);
    if (from > store.firstSeq()) {
      begin(overMessages(from, ids), 0);
    } else if (ids == null) {
      begin(new PendingWalk.OverSubjects(subjects, filter, many), 0);
    } else {
      count = store.ofSubjects().count(ids);
      finish();
    }
  }

  /** From a sequence on; {@code ids} are those of the subjects that match, when they are few. */
  private PendingWalk overMessages(long from, int @Nullable [] ids) {
    FilterMatch filter = consumer.filter();
    if (ids == null) {
      return new PendingWalk.OverMessages(store, from, filter, many);
    }
    boolean sparse = store.ofSubjects().count(ids) < store.count(from) / STEP;
    if (sparse && largest(ids) <= many) {
      return new PendingWalk.OfSubjects(store, from, filter, ids, many);
    }
    IntPredicate wanted = subjects.idBound() <= many ? filter : bits(ids);
    return new PendingWalk.OverMessages(store, from, wanted, most);
  }

  private long largest(int[] ids) {
    long largest = 0;
    for (int id : ids) {
      largest = Math.max(largest, subjects.count(id));
    }
    return largest;
  }

  private IntPredicate bits(int[] ids) {
    BitSet bits = new BitSet();
    for (int id : ids) {
      bits.set(id);
    }
    int reassigned = subjects.reassigned();
    int bound = subjects.idBound();
    // an id that is another subject's now, or new, is not known to the bits
    return id ->
        id < bound && reassigned == subjects.reassigned()
            ? bits.get(id)
            : consumer.filter().test(id);
  }

  private void begin(PendingWalk begun, long counted) {
    walk = begun;
    count = counted;
    step(begun);
  }

  private void step(PendingWalk of) {
    if (of != walk || consumer.isClosed()) {
      return;
    }
    count += of.more();
    if (of.isAtEnd()) {
      finish();
    } else {
      consumer.stream.shard.loop.nextTurn(() -> step(of));
    }
  }

  /** The consumer is gone: nobody is kept waiting. */
  void close() {
    finish();
  }

  private void finish() {
    if (isDone()) {
      return;
    }
    walk = null;
    List<Runnable> told = List.copyOf(waiting);
    waiting.clear();
    told.forEach(Runnable::run);
    consumer.wake();
  }
}
