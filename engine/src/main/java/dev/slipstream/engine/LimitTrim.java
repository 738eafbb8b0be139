// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.store.StoreException;
import dev.slipstream.store.StreamStore;
import dev.slipstream.store.SubjectIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Brings a stream within limits that were lowered: in slices, each a record, so that the loop is
 * free in between. First the first messages, then what subjects have too much of, message by
 * message from the front, as in the public server.
 *
 * <p>Which messages leave follows from the records alone, so a replay needs no state of this; one
 * that ends in between is gone on with at the start. Until it is done, a message that is appended
 * pushes out as much as it brings. When the log fails or the stream ends in between, the stream
 * stays over its limits, and whoever waits is told. Owner: the stream's loop.
 */
final class LimitTrim {
  private static final int SUBJECTS_LOOKED_AT = 65_536;

  private final Stream stream;
  private final StreamStore store;
  private final int slice;
  private final List<Logged.Task> waiting = new ArrayList<>();
  private boolean on;

  /** Distinguishes the slices of this trim from those of one that it replaced. */
  private int generation;

  /** Below this sequence no message is one too many of its subject; 0 when none is looked for. */
  private long at;

  LimitTrim(Stream stream) {
    this.stream = stream;
    store = stream.store;
    slice = stream.account.options().sliceMessages();
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

  /** The limits are others now. */
  void limitsChanged(StreamConfig before) {
    long most = stream.config().maxMsgsPerSubject();
    boolean subjects =
        most > 0 && (before.maxMsgsPerSubject() <= 0 || before.maxMsgsPerSubject() > most);
    if (subjects || stream.retention().isOver()) {
      begin(subjects);
    }
  }

  /** The stream begins to live: the process may have ended in between. */
  void start() {
    boolean subjects = stream.config().maxMsgsPerSubject() > 0;
    if (stream.retention().isOver()) {
      begin(subjects);
    } else if (subjects && store.messages() > 0) {
      look(0, generation);
    }
  }

  /** Looks whether some subject has too much. */
  private void look(int fromId, int of) {
    if (of != generation || stream.isClosed()) {
      return;
    }
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
      stream.shard.loop.nextTurn(() -> look(end, of));
    }
  }

  private void begin(boolean subjects) {
    boolean wereLookedAt = on && at > 0;
    on = true;
    at = subjects || wereLookedAt ? 1 : 0;
    generation++;
    next(generation);
  }

  private void next(int of) {
    stream.shard.loop.nextTurn(
        () -> {
          if (of == generation && on && !stream.isClosed()) {
            step(of);
          }
        });
  }

  private void step(int of) {
    if (stream.retention().isOver()) {
      record(0, 0, slice, of);
    } else if (at > 0 && stream.config().maxMsgsPerSubject() > 0) {
      lookAtMessages(of);
    } else {
      takeWaiting().forEach(Logged.Task::run);
    }
  }

  /** Has those of the next messages leave of which their subjects have too many. */
  private void lookAtMessages(int of) {
    SubjectIndex subjects = store.subjects();
    long most = stream.config().maxMsgsPerSubject();
    long from = at;
    long through = 0;
    boolean any = false;
    long seq = store.next(from);
    for (int left = slice; seq != 0 && left > 0; left--) {
      through = seq;
      any |= subjects.count(store.subjectId(seq)) > most;
      seq = store.next(seq + 1);
    }
    // those that come meanwhile push out earlier ones: they are looked at, too
    at = through == 0 ? 0 : through + 1;
    if (any) {
      record(from, through, 0, of);
    } else {
      next(of);
    }
  }

  private void record(long from, long through, int firstMessages, int of) {
    stream.log.record(
        Records.LIMITED,
        out -> out.putLong(from).putLong(through).putInt(firstMessages),
        new Logged.Task(() -> next(of), this::fail));
  }

  /** Applies a slice. */
  void apply(RecordReader in) {
    long from = in.readLong();
    long through = in.readLong();
    int firstMessages = in.readInt();
    long most = stream.config().maxMsgsPerSubject();
    SubjectIndex subjects = store.subjects();
    for (long seq = store.next(from); seq != 0 && seq <= through; seq = store.next(seq + 1)) {
      if (most > 0 && subjects.count(store.subjectId(seq)) > most) {
        stream.removeMessage(seq);
      }
    }
    for (int left = firstMessages; left > 0 && stream.retention().isOver(); left--) {
      stream.removeMessage(store.firstSeq());
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
}
