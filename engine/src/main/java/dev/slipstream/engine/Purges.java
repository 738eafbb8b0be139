// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.store.StoreException;
import dev.slipstream.store.StreamStore;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The purges of a stream that were asked for, one behind the other: one that takes everything or
 * little is a single record; one that takes much and leaves something goes on in slices, each a
 * record of its own, so that the loop is free in between.
 *
 * <p>What a purge takes is settled when it is asked for: later messages stay. A process that ends
 * between two slices has purged a part, as it has when it ends between two purges. Publishes whose
 * checks ask what the stream holds wait for the last slice. Owner: the stream's loop.
 */
final class Purges {
  /** The subjects of a filter that are looked up at once. */
  private static final int FEW_SUBJECTS = 1024;

  /** How many messages those may have. */
  private static final int MOST_OF_FEW = 8192;

  private final Stream stream;
  private final StreamStore store;

  /** How many messages leave with one record. */
  private final int slice;

  /** How many messages are asked for their subject in a turn. */
  private final int lookedAt;

  private final ArrayDeque<Run> waiting = new ArrayDeque<>(0);
  private @Nullable Run present;

  Purges(Stream stream) {
    this.stream = stream;
    store = stream.store;
    slice = stream.account.options().sliceMessages();
    lookedAt = 4 * slice;
  }

  /** A purge in slices. */
  private final class Run {
    final String filter;
    final @Nullable FilterMatch match; // null for all subjects
    final LongConsumer answer;
    final Consumer<StoreException> failed;

    /** It takes what comes before this sequence. */
    long end;

    /** How many of those are kept, as long as that is not settled. */
    long keep;

    /** Where it looks next: forward, or back while messages to keep are looked for. */
    long at;

    long purged;

    Run(String filter, long end, long keep, LongConsumer answer, Consumer<StoreException> failed) {
      this.filter = Retention.purgesAll(filter) ? "" : filter;
      this.match =
          this.filter.isEmpty() ? null : new FilterMatch(List.of(filter), store.subjects());
      this.end = end;
      this.keep = keep;
      this.answer = answer;
      this.failed = failed;
      at = keep > 0 ? end - 1 : 1;
    }

    void step() {
      if (stream.isClosed() || present != this) {
        return;
      }
      if (keep > 0) {
        findKept();
      } else if (match == null) {
        long next = store.ahead(store.firstSeq(), slice);
        purgeBelow(next == 0 ? end : Math.min(next, end));
      } else {
        purgeMatching(match);
      }
    }

    /** Looks back for those that are kept; the purge then ends before the first of them. */
    private void findKept() {
      if (match == null) {
        long first = store.back(at, keep - 1);
        keptFrom(first == 0 ? 1 : first);
        return;
      }
      long least = Math.max(1, store.back(at, lookedAt));
      long found = store.previous(at, least, match);
      while (found > 0 && --keep > 0) {
        at = found - 1;
        found = store.previous(at, least, match);
      }
      if (found > 0) {
        keptFrom(found);
      } else if (least <= Math.max(1, store.firstSeq())) {
        keptFrom(1);
      } else {
        at = least - 1;
        stream.shard.loop.nextTurn(this::step);
      }
    }

    private void keptFrom(long seq) {
      end = seq;
      keep = 0;
      at = 1;
      stream.shard.loop.nextTurn(this::step);
    }

    private void purgeMatching(FilterMatch match) {
      long from = Math.max(at, store.firstSeq());
      long beyond = store.ahead(from, lookedAt);
      long through = Math.min(end, beyond == 0 ? end : beyond) - 1;
      long first = store.next(from, through, match);
      long seq = first;
      for (int left = slice; seq != 0; seq = store.next(seq + 1, through, match)) {
        if (--left == 0) {
          through = seq;
          break;
        }
      }
      at = through + 1;
      if (first != 0) {
        purgeRange(first, at);
      } else if (at < end) {
        stream.shard.loop.nextTurn(this::step);
      } else {
        endBehindLog();
      }
    }

    private void purgeBelow(long seq) {
      if (seq <= 1) {
        endBehindLog();
        return;
      }
      advanceBelow(seq);
      purgeRange(1, seq);
    }

    /** Goes on behind the record. */
    private void purgeRange(long from, long below) {
      Logged.Count count =
          new Logged.Count(
              messages -> {
                purged += messages;
                if (below >= end) {
                  finish(this);
                } else {
                  stream.shard.loop.nextTurn(this::step);
                }
              },
              cause -> fail(this, cause));
      stream.log.recordPurge(filter, from, below, 0, count);
    }

    /** Nothing is left to take; what was taken before is durable already, or nothing was. */
    private void endBehindLog() {
      stream.log.whenDurable(() -> finish(this), () -> fail(this, stream.shard.failure()));
    }
  }

  /**
   * Purges; {@code answer} hears how many messages that were, once it is durable.
   *
   * @param filter the subjects; empty for all
   * @param seq what comes before it leaves; 0 when all does
   * @param keep how many are kept; 0 for none
   */
  void purge(
      String filter, long seq, long keep, LongConsumer answer, Consumer<StoreException> failed) {
    long last = stream.ingest().lastSeq();
    boolean all = Retention.purgesAll(filter);
    boolean whole = all && keep == 0 && (seq == 0 || seq > last);
    if (present == null && (whole || takesFew(all, filter, seq, keep))) {
      if (all) {
        advanceBelow(seq);
      }
      stream.log.recordPurge(filter, 1, seq, keep, new Logged.Count(answer, failed));
      return;
    }
    long end = seq == 0 ? last + 1 : seq;
    stream.ingest().removing();
    waiting.add(new Run(filter, end, keep, answer, failed));
    goOn();
  }

  /** A purge below a sequence that is not given out yet: the next message has it. */
  private void advanceBelow(long seq) {
    if (seq > stream.ingest().lastSeq() + 1) {
      stream.ingest().advance(seq - 1);
    }
  }

  private boolean takesFew(boolean all, String filter, long seq, long keep) {
    if (store.messages() <= slice) {
      return true;
    }
    if (all) {
      long before = seq == 0 ? store.messages() : store.messages() - store.count(seq);
      return before - keep <= slice;
    }
    int[] ids = store.subjects().few(filter, FEW_SUBJECTS);
    return ids != null && store.ofSubjects().count(ids) <= slice;
  }

  private void goOn() {
    if (present == null && !waiting.isEmpty()) {
      Run next = waiting.remove();
      present = next;
      // what was logged before is to be there when it looks
      stream.log.whenDurable(
          () -> stream.shard.loop.nextTurn(next::step), () -> fail(next, stream.shard.failure()));
    }
  }

  private void finish(Run run) {
    if (present == run) {
      present = null;
      stream.ingest().removed();
      goOn();
      run.answer.accept(run.purged);
    }
  }

  private void fail(Run run, @Nullable StoreException cause) {
    if (present == run) {
      failAll(cause == null ? new StoreException("the log has failed") : cause);
    }
  }

  private void failAll(StoreException cause) {
    Run run = present;
    present = null;
    if (run != null) {
      run.failed.accept(cause);
    }
    for (Run left = waiting.poll(); left != null; left = waiting.poll()) {
      left.failed.accept(cause);
    }
  }

  /** The stream ends: nobody is kept waiting. */
  void close() {
    failAll(new StoreException("stream closed"));
  }

  /** The sequences of a filter's messages when those are few, ascending; null when they are not. */
  static long @Nullable [] few(StreamStore store, String filter) {
    int[] ids = store.subjects().few(filter, FEW_SUBJECTS);
    return ids == null ? null : store.ofSubjects().seqs(ids, MOST_OF_FEW);
  }
}
