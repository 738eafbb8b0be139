// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.base.Clock;
import dev.slipstream.base.EventLoop;
import dev.slipstream.protocol.json.JsonException;
import dev.slipstream.protocol.json.Rfc3339;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.HeaderBlock;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.store.StoredMessage;
import dev.slipstream.store.StreamStore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The schedules of a stream: which messages are put off, until when, and the one timer that has
 * them made what they become.
 *
 * <p>What is a schedule, and when it is due, follows from the stream's records alone: a message
 * with a schedule begins one, any other message under its subject ends it, and what a schedule has
 * made says when it is due next, or that it is done with. So a firing is one record, which a crash
 * leaves behind whole or not at all. A checkpoint has all of it; no start reads messages. Owner:
 * the stream's loop. Source: ADR-51, docs/adr/0010-schedules.md.
 */
final class Schedules {
  /** Between two firings, and before the first. */
  private static final long LEAST_WAIT_NANOS = 250_000_000L;

  /** The clock may step while the timer runs; it is looked at this often. */
  private static final long MOST_WAIT_NANOS = 60_000_000_000L;

  private static final long EARLY_WAIT_NANOS = 1_000_000L;

  final ScheduleRules rules;

  private final Stream stream;
  private final Consumer<String> purge;
  private final StreamStore store;
  private final ScheduleIndex index = new ScheduleIndex();
  private @Nullable ScheduleFiring firing; // once one is due
  private final ScheduleSearch search;
  private EventLoop.@Nullable Timer timer;
  private long timerNanos; // for when it is set

  /**
   * The schedules of a stream that has none yet.
   *
   * @param purge takes away all under a subject
   */
  Schedules(Stream stream, Consumer<String> purge) {
    this.stream = stream;
    this.purge = purge;
    store = stream.store;
    rules = new ScheduleRules(stream);
    search = new ScheduleSearch(stream, index);
  }

  /** Whether the last message under a literal subject is no schedule; false without one. */
  boolean isOther(byte[] subject) {
    int id = store.subjects().idOf(subject, 0, subject.length);
    return id >= 0 && store.subjects().last(id) != index.seq(id);
  }

  /** Begins to fire; live only. */
  void start() {
    search.goOn();
    arm(LEAST_WAIT_NANOS);
  }

  /** Fires no more. */
  void stop() {
    EventLoop.Timer armed = timer;
    if (armed != null) {
      armed.cancel();
      timer = null;
    }
  }

  /** The configuration was changed; what the stream holds is looked through when that turns on. */
  void configured(boolean before) {
    if (!before && stream.config().allowMsgSchedules()) {
      search.begin();
    }
    if (stream.isLive()) {
      start();
    }
  }

  /** A message was appended under a subject. */
  void applied(StoredMessage message, int subjectId) {
    if (!stream.config().allowMsgSchedules()) {
      return;
    }
    byte[] bytes = message.bytes;
    int from = message.headersFrom;
    int to = message.payloadFrom;
    if (!ScheduleHeaders.any(bytes, from, to)) {
      index.remove(subjectId);
      return;
    }
    ScheduleHeaders.Plan plan = ScheduleHeaders.plan(bytes, from, to, message.epochNanos);
    String scheduler = HeaderBlock.get(bytes, from, to, ScheduleHeaders.SCHEDULER);
    if (plan.schedule() != null) {
      index.put(subjectId, message.seq, plan.dueEpochNanos());
      if (index.isCrowded()) {
        index.retain((id, seq) -> store.subjectId(seq) == id);
      }
    } else if (scheduler == null || scheduler.isEmpty()) {
      index.remove(subjectId);
    }
    String next = HeaderBlock.get(bytes, from, to, ScheduleHeaders.NEXT);
    if (scheduler != null && next != null && !next.equals(ScheduleHeaders.PURGE)) {
      moveTo(Subject.bytes(scheduler), next);
    }
    if (stream.isLive()) {
      arm(LEAST_WAIT_NANOS);
    }
  }

  private void moveTo(byte[] scheduler, String next) {
    int id = store.subjects().idOf(scheduler, 0, scheduler.length);
    try {
      if (id >= 0) {
        index.move(id, Clock.epochNanos(Rfc3339.parse(next)));
      }
    } catch (JsonException noTime) {
      // no stream of this server writes such a header, one that is mirrored may have it
    }
  }

  /** A message was appended: if it says that a schedule is done with, that leaves. */
  void end(StoredMessage message) {
    byte[] bytes = message.bytes;
    if (!ScheduleHeaders.purges(bytes, message.headersFrom, message.payloadFrom)) {
      return;
    }
    String scheduler =
        HeaderBlock.get(bytes, message.headersFrom, message.payloadFrom, ScheduleHeaders.SCHEDULER);
    if (scheduler != null && !scheduler.isEmpty()) {
      purge.accept(scheduler);
    }
  }

  /** A message that nobody is interested in was passed over; what it ends, ends. */
  void passedOver(byte[] headers) {
    int to = headers.length;
    String scheduler = HeaderBlock.get(headers, 0, to, ScheduleHeaders.SCHEDULER);
    boolean purges = stream.config().allowRollupHdrs() && ScheduleHeaders.purges(headers, 0, to);
    if (scheduler != null && purges) {
      stream.log.recordPurge(scheduler, 1, 0, 0, null);
    }
  }

  /** Applies that a schedule was due and nobody was interested in what it made. */
  void applyMoved(RecordReader in) {
    long seq = in.readLong();
    long dueEpochNanos = in.readLong();
    int id = store.subjectId(seq);
    if (id >= 0 && index.seq(id) == seq) {
      index.move(id, dueEpochNanos);
    }
  }

  /** Applies what a search has found. */
  void applyFound(RecordReader in) {
    search.applyFound(in);
    if (stream.isLive()) {
      arm(LEAST_WAIT_NANOS);
    }
  }

  /** Appends all schedules to a checkpoint; what it answers does so on another thread. */
  Consumer<OutputBuffer> snapshot(OutputBuffer out) {
    if (!stream.config().allowMsgSchedules()) {
      return rest -> {};
    }
    search.writeSnapshot(out);
    long[] pairs = index.pairs();
    return rest -> {
      rest.putInt(pairs.length / 2);
      for (long each : pairs) {
        rest.putLong(each);
      }
    };
  }

  /** Reads the part of a snapshot that was written on the loop. */
  void readSnapshot(RecordReader in) {
    if (stream.config().allowMsgSchedules()) {
      search.readSnapshot(in);
    }
  }

  /** Reads the part that was written on another thread. */
  void readSchedules(RecordReader in) {
    if (!stream.config().allowMsgSchedules()) {
      return;
    }
    for (int left = in.readInt(); left > 0; left--) {
      long seq = in.readLong();
      long dueEpochNanos = in.readLong();
      int id = store.subjectId(seq);
      if (id >= 0) {
        index.put(id, seq, dueEpochNanos);
      }
    }
  }

  private void armAfterFiring() {
    arm(LEAST_WAIT_NANOS);
  }

  /** Sets the timer for what is due next, not before so many nanoseconds from now. */
  private void arm(long leastWaitNanos) {
    if (index.size() == 0 || isFiring() || stream.isClosed() || stream.config().sealed()) {
      return;
    }
    Clock clock = stream.shard.clock;
    long now = clock.epochNanos();
    long next = index.next();
    long wait = next <= now ? 0 : Math.min(next - now, MOST_WAIT_NANOS);
    long at = clock.nanos() + Math.max(wait, leastWaitNanos);
    if (timer != null && timerNanos - at <= 0) {
      return; // it is looked at once more then
    }
    stop();
    timerNanos = at;
    timer = stream.shard.loop.schedule(at - clock.nanos(), this::look);
  }

  private void look() {
    timer = null;
    if (index.next() <= stream.shard.clock.epochNanos()) {
      fire();
    } else {
      arm(EARLY_WAIT_NANOS);
    }
  }

  private void fire() {
    ScheduleFiring present = firing;
    if (present == null) {
      present = new ScheduleFiring(stream, index, this::armAfterFiring);
      firing = present;
    }
    present.begin();
  }

  private boolean isFiring() {
    ScheduleFiring present = firing;
    return present != null && present.isUnderWay();
  }
}
