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
 * <p>Few subjects, or few messages, are counted at once. Otherwise the count goes on in slices,
 * subject by subject or message by message; what comes and goes meanwhile counts where the slices
 * have been, and the consumer delivers nothing before it is done. Owner: the stream's loop.
 */
final class PendingCount {
  /** Walking from message to message of a subject costs about as much as passing over so many. */
  private static final int STEP = 16;

  private static final int[] NO_IDS = {};

  private final Consumer consumer;
  private final StreamStore store;
  private final SubjectIndex subjects;

  /** Subjects that are counted in one turn when each is looked up in order. */
  private final int few;

  /** Subjects, or messages whose subjects are compared, in a turn. */
  private final int many;

  /** Messages whose subjects are looked up in a set of bits in a turn. */
  private final int most;

  private final List<Runnable> waiting = new ArrayList<>();
  private long count;
  private boolean done = true;

  /** Distinguishes the slices of this count from those of one that it replaced. */
  private int generation;

  // where the slices are: all subjects with smaller ids, or all messages with smaller sequences
  private boolean bySubject;
  private int atId;
  private long atSeq;
  private long endSeq;
  private @Nullable IntPredicate wanted;
  private int slice;

  // when a list of messages is gone through: where
  private @Nullable LastPerSubject listed;
  private int listAt;

  // when subjects are followed: those that are left, and from which place among them
  private int[] idsLeft = NO_IDS;
  private @Nullable BitSet unvisited;

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
    return done;
  }

  /** Runs {@code then} when it is done. */
  void whenDone(Runnable then) {
    if (done) {
      then.run();
    } else {
      waiting.add(then);
    }
  }

  void add(long change) {
    count += change;
  }

  /** A message that is owed was appended. */
  void appended(int subjectId) {
    BitSet left = unvisited;
    if (done || (left != null ? !left.get(subjectId) : !bySubject || subjectId < atId)) {
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
    BitSet left = unvisited;
    if (done || left != null) {
      return left == null || !left.get(subjectId);
    }
    return bySubject ? subjectId < atId : seq < atSeq || seq > endSeq;
  }

  /** All messages up to a sequence are about to be removed. */
  void leaving(long throughSeq) {
    if (store.next(throughSeq + 1) == 0) {
      count = 0;
      finish();
      return;
    }
    LastPerSubject list = consumer.lastPerSubject;
    boolean hasList = list != null && list.remaining() > 0;
    long from = hasList ? 1 : Math.max(1, consumer.state.nextStreamSeq());
    if (from > throughSeq) {
      return;
    }
    if (done && !hasList) {
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

  /** Counts anew, in one go. */
  void recountAtOnce() {
    FilterMatch filter = consumer.filter();
    LastPerSubject list = consumer.lastPerSubject;
    count =
        list != null && list.remaining() > 0
            ? list.living(store) + filter.countFrom(store, list.resumeSeq())
            : filter.countFrom(store, Math.max(1, consumer.state.nextStreamSeq()));
    finish();
  }

  /** Counts anew, now or in slices. */
  void recount() {
    FilterMatch filter = consumer.filter();
    LastPerSubject list = consumer.lastPerSubject;
    long from = Math.max(1, consumer.state.nextStreamSeq());
    boolean hasList = list != null && list.remaining() > 0;
    if (list != null && list.remaining() > many) {
      countList(list);
      return;
    }
    if (hasList || filter.matchesAll() || store.count(from) <= many) {
      recountAtOnce();
      return;
    }
    int[] found = filter.few(few);
    if (from <= store.firstSeq()) {
      countSubjects(found);
    } else {
      countMessages(from, found);
    }
  }

  private void countList(LastPerSubject all) {
    begin(false, many);
    count = consumer.filter().countFrom(store, all.resumeSeq());
    listed = all;
    listAt = 0;
    atSeq = all.peek();
    endSeq = all.resumeSeq() - 1;
    step(generation);
  }

  private void countSubjects(int @Nullable [] ids) {
    if (ids != null) {
      count = messagesOf(ids);
      finish();
      return;
    }
    begin(true, 0);
    atId = 0;
    step(generation);
  }

  private long messagesOf(int[] ids) {
    long sum = 0;
    for (int id : ids) {
      sum += subjects.count(id);
    }
    return sum;
  }

  private void countMessages(long from, int @Nullable [] ids) {
    long messages = store.count(from);
    long ofIds = ids == null ? Long.MAX_VALUE : messagesOf(ids);
    if (ids != null && ofIds < messages / STEP && most(ids) <= many) {
      begin(false, many);
      atSeq = from;
      endSeq = store.lastSeq();
      idsLeft = ids;
      unvisited = bitsOf(ids);
      atId = 0;
      step(generation);
      return;
    }
    begin(false, ids == null ? many : most);
    wanted = ids == null || subjects.idBound() <= many ? consumer.filter() : bits(ids);
    atSeq = from;
    endSeq = store.lastSeq();
    step(generation);
  }

  private long most(int[] ids) {
    long largest = 0;
    for (int id : ids) {
      largest = Math.max(largest, subjects.count(id));
    }
    return largest;
  }

  private static BitSet bitsOf(int[] ids) {
    BitSet bits = new BitSet();
    for (int id : ids) {
      bits.set(id);
    }
    return bits;
  }

  private IntPredicate bits(int[] ids) {
    BitSet bits = bitsOf(ids);
    int reassigned = subjects.reassigned();
    int bound = subjects.idBound();
    // an id that is another subject's now, or new, is not known to the bits
    return id ->
        id < bound && reassigned == subjects.reassigned()
            ? bits.get(id)
            : consumer.filter().test(id);
  }

  private void begin(boolean countsSubjects, int messagesAtATime) {
    generation++;
    done = false;
    wanted = null;
    unvisited = null;
    idsLeft = NO_IDS;
    listed = null;
    bySubject = countsSubjects;
    slice = messagesAtATime;
    count = 0;
  }

  private void step(int of) {
    if (of != generation || done || consumer.isClosed()) {
      return;
    }
    boolean more = more();
    if (more) {
      consumer.stream.shard.nextTurn(() -> step(of));
    } else {
      finish();
    }
  }

  private boolean more() {
    BitSet left = unvisited;
    if (left != null) {
      return moreChains(left);
    }
    LastPerSubject all = listed;
    if (all != null) {
      return moreOfList(all);
    }
    return bySubject ? moreSubjects() : moreMessages();
  }

  private boolean moreSubjects() {
    int end = (int) Math.min((long) atId + many, subjects.idBound());
    for (; atId < end; atId++) {
      long messages = subjects.count(atId);
      if (messages > 0 && consumer.filter().matches(atId)) {
        count += messages;
      }
    }
    return atId < subjects.idBound();
  }

  private boolean moreOfList(LastPerSubject all) {
    for (int left = slice; left > 0 && listAt < all.remaining(); left--) {
      count += store.has(all.seq(listAt++)) ? 1 : 0;
    }
    boolean more = listAt < all.remaining();
    atSeq = more ? all.seq(listAt) : all.resumeSeq();
    return more;
  }

  /** Follows the messages of the next subjects from one to the next. */
  private boolean moreChains(BitSet left) {
    int budget = slice;
    for (; atId < idsLeft.length && budget > 0; atId++) {
      int id = idsLeft[atId];
      if (subjects.count(id) > 0 && consumer.filter().matches(id)) {
        budget -= (int) Math.min(slice, subjects.count(id));
        count += store.ofSubjects().count(id, atSeq);
      }
      left.clear(id);
    }
    return atId < idsLeft.length;
  }

  private boolean moreMessages() {
    long next = store.ahead(atSeq, slice);
    long through = next == 0 ? endSeq : Math.min(next - 1, endSeq);
    if (atSeq <= through) {
      count += store.count(atSeq, through, wanted == null ? consumer.filter() : wanted);
    }
    atSeq = through + 1;
    return atSeq <= endSeq;
  }

  /** The consumer is gone: nobody is kept waiting. */
  void close() {
    finish();
  }

  private void finish() {
    generation++;
    wanted = null;
    unvisited = null;
    idsLeft = NO_IDS;
    listed = null;
    if (done) {
      return;
    }
    done = true;
    List<Runnable> told = List.copyOf(waiting);
    waiting.clear();
    told.forEach(Runnable::run);
    consumer.wake();
  }
}
