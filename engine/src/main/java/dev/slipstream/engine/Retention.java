// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.base.EventLoop;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.HeaderBlock;
import dev.slipstream.store.StreamStore;
import dev.slipstream.store.SubjectIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Which messages leave a stream: those over its limits, those too old, those purged or rolled up.
 *
 * <p>Everything but age follows from the records alone; that a message is too old is a record
 * itself, which the one timer here makes. Owner: the stream's loop.
 */
final class Retention {
  /** Expiry is looked at no more often than this. */
  private static final long AGE_STEP_NANOS = 100_000_000L;

  private final Stream stream;
  private final StreamStore store;
  private EventLoop.@Nullable Timer timer;

  Retention(Stream stream) {
    this.stream = stream;
    store = stream.store;
  }

  /** A message was appended under a subject: what is over the limits now, leaves. */
  void enforce(int subjectId) {
    StreamConfig config = stream.config();
    if (config.maxMsgsPerSubject() > 0) {
      enforcePerSubject(subjectId, config.maxMsgsPerSubject());
    }
    enforceTotals(config);
  }

  /** The limits changed. */
  void enforceAll() {
    StreamConfig config = stream.config();
    if (config.maxMsgsPerSubject() > 0) {
      List<Integer> ids = new ArrayList<>();
      store.subjects().forEachMatching(Subject.bytes(">"), ids::add);
      ids.forEach(id -> enforcePerSubject(id, config.maxMsgsPerSubject()));
    }
    enforceTotals(config);
  }

  private void enforcePerSubject(int subjectId, long most) {
    SubjectIndex subjects = store.subjects();
    while (subjects.count(subjectId) > most) {
      stream.removeMessage(subjects.first(subjectId));
    }
  }

  private void enforceTotals(StreamConfig config) {
    while (config.maxMsgs() > 0 && store.messages() > config.maxMsgs()
        || config.maxBytes() > 0 && store.bytes() > config.maxBytes() && store.messages() > 0) {
      stream.removeMessage(store.firstSeq());
    }
  }

  /** A message with headers was appended: older ones leave if it says so. */
  void rollUp(byte[] headers, int from, int to, long seq, int subjectId) {
    String rollup = HeaderBlock.get(headers, from, to, IngestHeaders.ROLLUP);
    if (rollup == null) {
      return;
    }
    switch (rollup.toLowerCase(Locale.ROOT)) {
      case "sub" -> enforcePerSubject(subjectId, 1);
      case "all" -> stream.removeThrough(seq - 1);
      default -> {}
    }
  }

  /** Applies a purge; {@code attachment} hears how many messages left. */
  void applyPurge(RecordReader in, @Nullable Object attachment) {
    String filter = in.readText();
    long seq = in.readLong();
    long keep = in.readLong();
    long purged = filter.isEmpty() ? purgeAll(seq, keep) : purgeFiltered(filter, seq, keep);
    stream.ingest().moved();
    if (attachment instanceof LongConsumer answer) {
      answer.accept(purged);
    }
  }

  /** Whether a purge by this filter is one of all subjects. */
  static boolean purgesAll(String filter) {
    return filter.isEmpty() || filter.equals(">");
  }

  private long purgeAll(long seq, long keep) {
    long through = store.lastSeq();
    if (seq > 0) {
      if (seq > through + 1) {
        long removed = stream.removeThrough(through);
        store.advance(seq - 1);
        stream.consumers.onPurgedThrough(seq - 1);
        return removed;
      }
      through = seq - 1;
    } else if (keep > 0) {
      if (keep >= store.messages()) {
        return 0;
      }
      for (long left = keep; left > 0; left--) {
        through = store.previous(through) - 1;
      }
    }
    return through < store.firstSeq() ? 0 : stream.removeThrough(through);
  }

  private long purgeFiltered(String filter, long seq, long keep) {
    FilterMatch match = new FilterMatch(List.of(filter), store.subjects());
    if (match.matchesAll()) {
      return purgeAll(seq, keep);
    }
    long end = seq > 0 ? seq : Long.MAX_VALUE;
    List<Long> matching = new ArrayList<>();
    for (long at = store.next(1, match); at != 0 && at < end; at = store.next(at + 1, match)) {
      matching.add(at);
    }
    long most = Math.max(0, matching.size() - Math.max(0, keep));
    matching.subList(0, (int) most).forEach(stream::removeMessage);
    return most;
  }

  /** Sets the timer for the oldest message, if the stream has a maximum age. */
  void arm() {
    long maxAge = stream.config().maxAgeNanos();
    if (maxAge <= 0 || timer != null || store.messages() == 0) {
      return;
    }
    long due = store.firstEpochNanos() + maxAge - stream.shard.clock.epochNanos();
    timer = stream.shard.loop.schedule(Math.max(due, AGE_STEP_NANOS / 100), this::expire);
  }

  private void expire() {
    timer = null;
    long maxAge = stream.config().maxAgeNanos();
    if (maxAge <= 0 || stream.isClosed() || store.messages() == 0) {
      return;
    }
    long oldest = stream.shard.clock.epochNanos() - maxAge;
    if (store.firstEpochNanos() > oldest) {
      arm();
      return;
    }
    long firstYoung = store.seqAtOrAfter(oldest + 1);
    long through = firstYoung == 0 ? store.lastSeq() : firstYoung - 1;
    stream.log.record(Records.EXPIRED, out -> out.putLong(through), (Runnable) this::armLater);
  }

  private void armLater() {
    if (timer == null && !stream.isClosed() && stream.config().maxAgeNanos() > 0) {
      timer = stream.shard.loop.schedule(AGE_STEP_NANOS, this::expire);
    }
  }

  void stop() {
    EventLoop.Timer armed = timer;
    if (armed != null) {
      armed.cancel();
      timer = null;
    }
  }
}
