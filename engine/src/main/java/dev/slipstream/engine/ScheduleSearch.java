// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.schedule.Schedule;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.store.StoredMessage;
import dev.slipstream.store.StreamStore;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks for schedules among what a stream held when they were turned on: one that was a mirror may
 * have them.
 *
 * <p>Messages are read in slices, once. What is found becomes a record, with how far the search has
 * come, so that a start goes on from there. Owner: the stream's loop.
 */
final class ScheduleSearch {
  private static final int SLICE = 1_000;

  private record Found(long seq, long dueEpochNanos) {}

  private final Stream stream;
  private final StreamStore store;
  private final ScheduleIndex index;
  private final StoredMessage message;
  private final List<Found> found = new ArrayList<>();
  private long from; // what is looked for next; behind the end: nothing
  private long through;
  private boolean underWay;

  ScheduleSearch(Stream stream, ScheduleIndex index) {
    this.stream = stream;
    message = stream.shard.looked;
    store = stream.store;
    this.index = index;
  }

  /** All that is there now is to be looked through. */
  void begin() {
    from = 1;
    through = store.lastSeq();
  }

  /** Looks on, if there is something to look at; live only. */
  void goOn() {
    if (!underWay && from <= through && through > 0) {
      underWay = true;
      look(from);
    }
  }

  private void look(long first) {
    if (stream.isClosed()) {
      return;
    }
    long seq = store.next(first);
    for (int left = SLICE; left > 0 && seq != 0 && seq <= through; left--) {
      StreamStore.Read read = store.read(seq, message);
      if (read == StreamStore.Read.LOADING) {
        long missing = seq;
        store.load(missing, () -> look(missing));
        return;
      }
      if (read == StreamStore.Read.FOUND) {
        note(seq);
      }
      seq = store.next(seq + 1);
    }
    boolean atEnd = seq == 0 || seq > through;
    long next = atEnd ? through + 1 : seq;
    if (atEnd || !found.isEmpty()) {
      record(next, atEnd);
    } else {
      stream.shard.loop.nextTurn(() -> look(next));
    }
  }

  private void note(long seq) {
    int start = message.headersFrom;
    int end = message.payloadFrom;
    if (!ScheduleHeaders.any(message.bytes, start, end)) {
      return;
    }
    long at = message.epochNanos;
    Schedule schedule = ScheduleHeaders.plan(message.bytes, start, end, at).schedule();
    if (schedule != null) {
      long now = stream.shard.clock.epochNanos();
      schedule.next(at, now).ifPresent(due -> found.add(new Found(seq, due)));
    }
  }

  private void record(long next, boolean atEnd) {
    List<Found> all = List.copyOf(found);
    found.clear();
    Runnable then = () -> stream.shard.loop.nextTurn(() -> look(next));
    stream.log.record(
        Records.SCHEDULES_FOUND,
        out -> {
          out.putLong(next).putInt(all.size());
          all.forEach(each -> out.putLong(each.seq).putLong(each.dueEpochNanos));
        },
        atEnd ? null : then);
    underWay = !atEnd;
  }

  /** Applies what was found: what is the last message of its subject still. */
  void applyFound(RecordReader in) {
    from = in.readLong();
    for (int left = in.readInt(); left > 0; left--) {
      long seq = in.readLong();
      long dueEpochNanos = in.readLong();
      int id = store.subjectId(seq);
      if (id >= 0 && store.subjects().last(id) == seq) {
        index.put(id, seq, dueEpochNanos);
      }
    }
  }

  void writeSnapshot(OutputBuffer out) {
    out.putLong(from).putLong(through);
  }

  void readSnapshot(RecordReader in) {
    from = in.readLong();
    through = in.readLong();
  }
}
