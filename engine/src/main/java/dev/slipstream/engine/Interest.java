// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.RetentionPolicy;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.store.StreamStore;
import java.util.ArrayList;
import java.util.List;

/**
 * Which messages of a stream its consumers still need, where that is what they are kept for: with
 * interest retention a message that no consumer's filter matches is not stored, with interest and
 * work-queue retention one that all whom it concerns have done with leaves.
 *
 * <p>It leaves by a record, in the order of the log, so that what a stream holds follows from its
 * records alone. That record comes before the one of the acknowledgement, which is never durable
 * without it.
 *
 * <p>Owner: the stream's loop. Source: docs/adr/0006-interest.md.
 */
final class Interest {
  /** How many messages are looked at in one turn. */
  private static final int SLICE = 2048;

  private final Stream stream;
  private final StreamStore store;

  /** Runs of sequences that nobody needs, first and last of each. */
  private final List<long[]> unneeded = new ArrayList<>();

  private boolean queued;

  Interest(Stream stream) {
    this.stream = stream;
    store = stream.store;
  }

  private boolean isOf(RetentionPolicy policy) {
    return stream.config().retention() == policy;
  }

  private boolean matters() {
    return !isOf(RetentionPolicy.LIMITS);
  }

  /** Whether a message that is published is to be stored. */
  boolean wants(MessageFrame message) {
    return !isOf(RetentionPolicy.INTEREST)
        || stream.readers.anyMatches(message.line, message.subjectStart, message.subjectEnd);
  }

  /** A consumer has done with a message. */
  void done(long seq) {
    if (matters() && store.has(seq) && !stream.readers.anyNeeds(seq, store.subjectId(seq))) {
      note(seq, seq);
    }
  }

  /** A message was stored: whom it concerned may have gone while it was under way. */
  void stored(long seq, int subjectId) {
    if (isOf(RetentionPolicy.INTEREST) && !stream.readers.anyNeeds(seq, subjectId)) {
      note(seq, seq);
    }
  }

  private void note(long first, long last) {
    long[] run = unneeded.isEmpty() ? null : unneeded.get(unneeded.size() - 1);
    if (run != null && run[1] + 1 == first) {
      run[1] = last;
    } else {
      unneeded.add(new long[] {first, last});
    }
    if (!queued) {
      queued = true;
      stream.shard.atTurnEnd(this::flush);
    }
  }

  /** Appends the record of what nobody needs to the log; false when there is nothing. */
  boolean flush() {
    queued = false;
    if (unneeded.isEmpty() || stream.isClosed()) {
      return false;
    }
    List<long[]> runs = List.copyOf(unneeded);
    unneeded.clear();
    stream.log.record(
        Records.MESSAGES_DONE,
        out -> {
          out.putInt(runs.size());
          runs.forEach(run -> out.putLong(run[0]).putLong(run[1]));
        },
        null);
    return true;
  }

  /** Runs {@code then} once those that nobody needs, as far as is known, have left. */
  void whenSettled(Runnable then) {
    whenSettled(then, () -> {});
  }

  /** The same; {@code otherwise} runs when the log fails before. */
  void whenSettled(Runnable then, Runnable otherwise) {
    if (flush()) {
      stream.log.whenDurable(then, otherwise);
    } else {
      then.run();
    }
  }

  /** Applies that messages are needed no more. */
  void applyDone(RecordReader in) {
    for (int left = in.readInt(); left > 0; left--) {
      long first = in.readLong();
      long last = in.readLong();
      if (stream.readers.isEmpty() && first <= store.firstSeq()) {
        stream.removeThrough(last);
        continue;
      }
      for (long seq = store.next(first); seq != 0 && seq <= last; seq = store.next(seq + 1)) {
        stream.removeMessage(seq);
      }
    }
  }

  /**
   * The stream begins to live: the process may have ended behind the end of a consumer. Where none
   * is left, those that lived in memory only may come again, and nothing goes.
   */
  void start() {
    if (stream.consumers.size() > 0) {
      changed();
    }
  }

  /**
   * A consumer is gone, or concerns itself with other subjects; or the retention is another one.
   */
  void changed() {
    if (!isOf(RetentionPolicy.INTEREST) || store.messages() == 0) {
      return;
    }
    if (stream.readers.isEmpty()) {
      note(store.firstSeq(), store.lastSeq());
    } else {
      look(store.firstSeq(), store.lastSeq());
    }
  }

  private void look(long from, long through) {
    long seq = store.next(from);
    for (int left = SLICE; seq != 0 && seq <= through; seq = store.next(seq + 1)) {
      if (left-- == 0) {
        long next = seq;
        // one slice at a time is applied, too
        whenSettled(() -> stream.shard.loop.nextTurn(() -> goOn(next, through)));
        return;
      }
      if (!stream.readers.anyNeeds(seq, store.subjectId(seq))) {
        note(seq, seq);
      }
    }
  }

  private void goOn(long from, long through) {
    if (!stream.isClosed()) {
      look(from, through);
    }
  }
}
