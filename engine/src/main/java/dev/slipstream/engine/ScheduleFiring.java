// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.schedule.Schedule;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.HeaderBlock;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.store.StoredMessage;
import dev.slipstream.store.StreamStore;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Makes the messages of schedules that are due: by the order of their sequences, so many at a time,
 * and the next when those are durable.
 *
 * <p>It looks at the stream when nothing of it is under way and publishes wait: so it does not fire
 * what somebody is just ending or replacing. Owner: the stream's loop. Source: ADR-51.
 */
final class ScheduleFiring {
  private static final int SLICE = 1_000;
  private static final long SLICE_BYTES = 4L << 20;

  /** A message that its stream does not take, by a limit, is tried again after so long. */
  private static final long AGAIN_NANOS = 10_000_000_000L;

  /** A stored message, copied. */
  private record Content(byte[] headers, byte[] payload) {}

  private final Stream stream;
  private final StreamStore store;
  private final ScheduleIndex index;
  private final Runnable done;
  private final StoredMessage message;

  /** What was read from disk for the schedule that is next: it, and its source. */
  private final Map<Long, Content> loaded = new HashMap<>();

  private boolean underWay;
  private long sliceBytes;
  private long missingSeq;

  /**
   * A firing that nobody has begun.
   *
   * @param done runs when all that was due is made
   */
  ScheduleFiring(Stream stream, ScheduleIndex index, Runnable done) {
    this.stream = stream;
    message = stream.shard.looked;
    store = stream.store;
    this.index = index;
    this.done = done;
  }

  boolean isUnderWay() {
    return underWay;
  }

  void begin() {
    underWay = true;
    stream.ingest().whenSettled(this::fire);
  }

  private void fire() {
    if (stream.isClosed()) {
      return;
    }
    long now = stream.shard.clock.epochNanos();
    int[] due = index.due(now, SLICE);
    int fired = 0;
    sliceBytes = 0;
    missingSeq = 0;
    while (fired < due.length && sliceBytes < SLICE_BYTES && fire(due[fired], now)) {
      loaded.clear();
      fired++;
    }
    boolean more = fired < due.length || due.length == SLICE;
    long missing = missingSeq;
    stream.log.whenDurable(() -> goOn(more, missing));
  }

  private void goOn(boolean more, long missing) {
    if (missing > 0) {
      store.load(missing, () -> take(missing));
    } else if (more) {
      stream.shard.loop.nextTurn(this::begin);
    } else {
      underWay = false;
      done.run();
    }
  }

  /** Keeps what was just read, since it may leave memory before nothing is under way. */
  private void take(long seq) {
    if (store.read(seq, message) == StreamStore.Read.FOUND) {
      loaded.put(seq, new Content(message.copyHeaders(), message.copyPayload()));
    }
    begin();
  }

  /** Makes the message of one schedule; false when a message must be read first. */
  private boolean fire(int subjectId, long now) {
    long seq = index.seq(subjectId);
    Content content = store.subjectId(seq) == subjectId ? read(seq) : null;
    if (missingSeq > 0) {
      return false;
    }
    ScheduleHeaders.Plan plan = content == null ? null : plan(content.headers, now);
    Schedule schedule = plan == null ? null : plan.schedule();
    OptionalLong next =
        schedule == null ? OptionalLong.empty() : schedule.next(index.due(subjectId), now);
    if (content == null || schedule == null || next.isEmpty()) {
      index.remove(subjectId); // its message is gone, cannot be read, or is never due again
      return true;
    }
    Content what = content;
    String source = HeaderBlock.text(content.headers, ScheduleHeaders.SOURCE);
    if (!source.isEmpty()) {
      long last = store.subjects().last(Subject.bytes(source));
      Content sourced = last == 0 ? null : read(last);
      if (missingSeq > 0) {
        return false;
      }
      what = sourced == null ? content : sourced;
    }
    String following =
        schedule.repeats() ? schedule.format(next.getAsLong()) : ScheduleHeaders.PURGE;
    byte[] headers = headers(content.headers, what.headers, subjectId, following);
    String target = HeaderBlock.text(content.headers, ScheduleHeaders.TARGET);
    MessageFrame made = new MessageFrame().set(Subject.bytes(target), headers, what.payload);
    sliceBytes += headers.length + what.payload.length;
    publish(made, headers, subjectId, seq, next.getAsLong(), now);
    return true;
  }

  private static ScheduleHeaders.Plan plan(byte[] headers, long now) {
    return ScheduleHeaders.plan(headers, 0, headers.length, now);
  }

  private void publish(
      MessageFrame made, byte[] headers, int subjectId, long seq, long next, long now) {
    TakeOver.Outcome outcome = stream.ingest().takeOver().take(made, 0, 0);
    if (outcome.refusal() != null) {
      index.move(subjectId, now + AGAIN_NANOS);
    } else if (!outcome.stored() && !ScheduleHeaders.purges(headers, 0, headers.length)) {
      stream.log.record(Records.SCHEDULE_MOVED, out -> out.putLong(seq).putLong(next), null);
    }
  }

  /** A message; null when it cannot be read, or must be brought from disk first. */
  private @Nullable Content read(long seq) {
    Content known = loaded.get(seq);
    if (known != null) {
      return known;
    }
    StreamStore.Read read = store.read(seq, message);
    if (read == StreamStore.Read.LOADING) {
      missingSeq = seq;
    }
    return read == StreamStore.Read.FOUND
        ? new Content(message.copyHeaders(), message.copyPayload())
        : null;
  }

  /** The headers of what a schedule makes: those of its content, less those that mean it. */
  private byte[] headers(byte[] ofSchedule, byte[] ofContent, int subjectId, String next) {
    byte[] kept =
        HeaderBlock.withoutPrefix(ofContent, 0, ofContent.length, ScheduleHeaders.SCHEDULE);
    kept = HeaderBlock.withoutPrefix(kept, 0, kept.length, IngestHeaders.EXPECTED_PREFIX);
    kept = HeaderBlock.without(kept, 0, kept.length, IngestHeaders.MSG_ID);
    kept = HeaderBlock.without(kept, 0, kept.length, IngestHeaders.TTL);
    kept = HeaderBlock.without(kept, 0, kept.length, IngestHeaders.ROLLUP);
    String scheduler = store.subjects().name(subjectId);
    kept =
        HeaderBlock.with(
            kept, 0, kept.length, "Nats-Scheduler", scheduler, "Nats-Schedule-Next", next);
    String ttl = HeaderBlock.text(ofSchedule, ScheduleHeaders.TTL);
    if (!ttl.isEmpty()) {
      kept = HeaderBlock.with(kept, 0, kept.length, "Nats-TTL", ttl);
    }
    String rollup = HeaderBlock.text(ofSchedule, ScheduleHeaders.ROLLUP);
    return rollup.isEmpty() ? kept : HeaderBlock.with(kept, 0, kept.length, "Nats-Rollup", rollup);
  }
}
