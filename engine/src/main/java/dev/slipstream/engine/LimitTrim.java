// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.DiscardPolicy;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.store.StoreException;
import dev.slipstream.store.StreamStore;
import dev.slipstream.store.SubjectIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Brings a stream within limits that were lowered when much is over them: in slices, each a record,
 * so that the loop is free in between. First what subjects have too much of, message by message
 * from the front, then the first messages.
 *
 * <p>Until it is done, a message that is appended pushes out only what its own subject has too much
 * of. A replay has no need of the slices: it brings the stream within its limits at once; where a
 * checkpoint came between, the start goes on here. When the log fails or the stream ends in
 * between, it stays over its limits, and whoever waits is told. Owner: the stream's loop.
 */
final class LimitTrim {
  private static final int SUBJECTS_LOOKED_AT = 65_536;

  private final Stream stream;
  private final StreamStore store;
  private final int slice;
  private final List<Logged.Task> waiting = new ArrayList<>();
  private boolean on;
  private int generation;

  /** Below this sequence no message is one too many of its subject; 0 when none is looked for. */
  private long at;

  LimitTrim(Stream stream) {
    this.stream = stream;
    store = stream.store;
    slice = stream.account.options().sliceMessages();
  }

  /** Whether the stream may be over its limits. */
  boolean isOn() {
    return on;
  }

  /**
   * Runs {@code then} when the stream is within its limits, {@code failed} when it never will be.
   */
  void whenDone(Runnable then, Consumer<StoreException> failed) {
    if (on) {
      waiting.add(new Logged.Task(then, failed));
    } else {
      then.run();
    }
  }

  /** Begins, or begins anew. */
  void begin(boolean subjects) {
    boolean wereLookedAt = on && at > 0;
    on = true;
    at = subjects || wereLookedAt ? 1 : 0;
    next(++generation);
  }

  /**
   * What comes next depends on what the stream holds: the rest leaves at once, so that it finds
   * what it finds in a replay.
   */
  void finish() {
    if (!on) {
      return;
    }
    long most = stream.config().maxMsgsPerSubject();
    if (at > 0 && most > 0) {
      stream.retention().enforceSubjects(most);
    }
    at = 0;
    stream.retention().enforceTotals(Integer.MAX_VALUE);
  }

  /** A checkpoint was read, before which limits were lowered: a replay goes on within them. */
  void finishBeforeReplay() {
    StreamConfig config = stream.config();
    if (config.maxMsgsPerSubject() > 0) {
      stream.retention().enforceSubjects(config.maxMsgsPerSubject());
    }
    if (config.discard() == DiscardPolicy.OLD) {
      stream.retention().enforceTotals(Integer.MAX_VALUE);
    }
  }

  /** The stream begins to live: the process may have ended in between. */
  void start() {
    StreamConfig config = stream.config();
    if (store.messages() == 0) {
      return;
    }
    if (config.discard() == DiscardPolicy.OLD && stream.retention().isOver()) {
      begin(config.maxMsgsPerSubject() > 0); // one that discards new ones may have been restored so
    } else if (config.maxMsgsPerSubject() > 0) {
      look(0, generation);
    }
  }

  private void look(int fromId, int of) {
    SubjectIndex subjects = store.subjects();
    long most = stream.config().maxMsgsPerSubject();
    int end = (int) Math.min((long) fromId + SUBJECTS_LOOKED_AT, subjects.idBound());
    for (int id = fromId; id < end; id++) {
      if (subjects.count(id) > most) {
        begin(true);
        return;
      }
    }
    if (end < subjects.idBound()) {
      stream.shard.nextTurn(
          () -> {
            if (of == generation && !stream.isClosed()) {
              look(end, of);
            }
          });
    }
  }

  private void next(int of) {
    stream.shard.nextTurn(
        () -> {
          if (of == generation && on && !stream.isClosed()) {
            step(of);
          }
        });
  }

  private void step(int of) {
    if (at > 0 && stream.config().maxMsgsPerSubject() > 0) {
      trimSubjects(of);
    } else if (stream.retention().isOver()) {
      record(0, of);
    } else {
      takeWaiting().forEach(Logged.Task::run);
    }
  }

  /** It is over; answers who waited for that. */
  private List<Logged.Task> takeWaiting() {
    on = false;
    List<Logged.Task> told = List.copyOf(waiting);
    waiting.clear();
    return told;
  }

  private void fail(StoreException cause) {
    takeWaiting().forEach(each -> each.failed(cause));
  }

  /** The stream ends: nobody is kept waiting. */
  void close() {
    fail(new StoreException("stream closed"));
  }

  private void trimSubjects(int of) {
    SubjectIndex subjects = store.subjects();
    long most = stream.config().maxMsgsPerSubject();
    long seq = store.next(at);
    long through = 0;
    int left = slice;
    for (int looked = 0; seq != 0 && looked < slice && left > 0; looked++) {
      through = seq;
      left -= subjects.count(store.subjectId(seq)) > most ? 1 : 0;
      seq = store.next(seq + 1);
    }
    if (left < slice) {
      record(through, of);
      return;
    }
    at = seq;
    next(of);
  }

  private void record(long through, int of) {
    stream.log.record(
        Records.LIMITED, out -> out.putLong(through), new Logged.Task(() -> next(of), this::fail));
  }

  /**
   * Applies a slice.
   *
   * @param through up to where messages leave of which their subjects have too many; 0 for the
   *     first messages
   */
  void apply(long through) {
    if (!stream.isLive()) {
      return;
    }
    if (through == 0) {
      stream.retention().enforceTotals(slice);
      return;
    }
    SubjectIndex subjects = store.subjects();
    long most = stream.config().maxMsgsPerSubject();
    for (long seq = store.next(at); seq != 0 && seq <= through; seq = store.next(seq + 1)) {
      if (most > 0 && subjects.count(store.subjectId(seq)) > most) {
        stream.removeMessage(seq);
      }
    }
    at = at == 0 ? 0 : store.next(through + 1);
  }
}
