// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.base.EventLoop;
import dev.slipstream.protocol.api.DiscardPolicy;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.HeaderBlock;
import dev.slipstream.store.StoredMessage;
import dev.slipstream.store.StreamStore;
import dev.slipstream.store.SubjectIndex;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Which messages leave a stream: those over its limits, those too old, those purged or rolled up.
 *
 * <p>Everything but age follows from the records alone; that messages are too old, by the stream's
 * limit or their own, is a record itself, which the one timer here makes. Owner: the stream's loop.
 */
final class Retention {
  /** Expiry is looked at no more often than this, unless it lags behind. */
  private static final long AGE_STEP_NANOS = 100_000_000L;

  /** How many messages leave by their own limits with one record. */
  private static final int MOST_EXPIRED = 1_000;

  private final Stream stream;
  private final StreamStore store;
  private final int slice;
  private EventLoop.@Nullable Timer timer;
  private long timerEpochNanos; // for when it is set

  /** How many records of messages that are too old are on their way. */
  private int expiring;

  /** Before this sequence no message is one that the maximum age applies to. */
  private long ageingFrom;

  Retention(Stream stream) {
    this.stream = stream;
    store = stream.store;
    slice = stream.account.options().sliceMessages();
  }

  /**
   * A message was appended under a subject: what is over the limits now, leaves, but no more than
   * the message has brought. So a stream that was over limits which were lowered stays as it was.
   *
   * @param messagesBefore how many messages there were before
   * @param bytesBefore how many bytes those had
   */
  void enforce(int subjectId, long messagesBefore, long bytesBefore) {
    long most = stream.config().maxMsgsPerSubject();
    if (most > 0 && store.subjects().count(subjectId) > most) {
      stream.removeMessage(store.subjects().first(subjectId));
    }
    while ((store.messages() > messagesBefore || store.bytes() > bytesBefore) && isOver()) {
      stream.removeMessage(store.firstSeq());
    }
  }

  /**
   * Whether the stream has more messages or bytes than it may have, of which the first leave then.
   * One that discards new messages keeps the old ones.
   */
  boolean isOver() {
    StreamConfig config = stream.config();
    return config.discard() == DiscardPolicy.OLD
        && (config.maxMsgs() > 0 && store.messages() > config.maxMsgs()
            || config.maxBytes() > 0 && store.bytes() > config.maxBytes() && store.messages() > 0);
  }

  /** All but the last {@code most} messages of a subject leave. */
  private void keepLast(int subjectId, long most) {
    SubjectIndex subjects = store.subjects();
    while (subjects.count(subjectId) > most) {
      stream.removeMessage(subjects.first(subjectId));
    }
  }

  /** A message with headers was appended: older ones leave if it says so. */
  void rollUp(StoredMessage message, int subjectId) {
    String rollup =
        HeaderBlock.get(
            message.bytes, message.headersFrom, message.payloadFrom, IngestHeaders.ROLLUP);
    if (rollup == null) {
      return;
    }
    switch (rollup.toLowerCase(Locale.ROOT)) {
      case "sub" -> rollUpSubject(message, subjectId);
      case "all" -> {
        stream.removeThrough(message.seq - 1);
        stream.readers.onPurged("");
      }
      default -> {}
    }
  }

  /** A subject with wildcards, which publishers may use, is a filter here. */
  private void rollUpSubject(StoredMessage message, int subjectId) {
    int length = message.subjectTo - message.subjectFrom;
    String filter = new String(message.bytes, message.subjectFrom, length, StandardCharsets.UTF_8);
    if (Subject.isLiteral(message.bytes, message.subjectFrom, message.subjectTo)) {
      keepLast(subjectId, 1);
    } else {
      purgeFiltered(filter, 1, 0, 1);
    }
    stream.readers.onPurged(filter);
  }

  /** Takes away all under a subject, of which one with wildcards is a filter. */
  void purgeSubject(String subject) {
    byte[] bytes = Subject.bytes(subject);
    int id = store.subjects().idOf(bytes, 0, bytes.length);
    if (!Subject.isLiteral(subject)) {
      purgeFiltered(subject, 1, 0, 0);
    } else if (id >= 0) {
      keepLast(id, 0);
    }
  }

  /** Applies a purge; {@code attachment} hears how many messages left. */
  void applyPurge(RecordReader in, @Nullable Object attachment) {
    String filter = in.readText();
    long seq = in.readLong();
    long keep = in.readLong();
    long from = in.hasMore() ? in.readLong() : 1;
    long purged = filter.isEmpty() ? purgeAll(seq, keep) : purgeFiltered(filter, from, seq, keep);
    stream.readers.onPurged(filter);
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
        stream.readers.onPurgedThrough(seq - 1);
        return removed;
      }
      through = seq - 1;
    } else if (keep > 0) {
      if (keep >= store.messages()) {
        return 0;
      }
      through = store.back(through, keep - 1) - 1;
    }
    return through < store.firstSeq() ? 0 : stream.removeThrough(through);
  }

  private long purgeFiltered(String filter, long from, long seq, long keep) {
    FilterMatch match = new FilterMatch(List.of(filter), store.subjects());
    if (match.matchesAll()) {
      return purgeAll(seq, keep);
    }
    long end = seq > 0 ? seq : Long.MAX_VALUE;
    long[] all = Purges.few(store, filter);
    if (all == null) {
      LongStream.Builder found = LongStream.builder();
      long at = store.next(from, match);
      for (; at != 0 && at < end; at = store.next(at + 1, match)) {
        found.add(at);
      }
      all = found.build().toArray();
    }
    int before = Arrays.binarySearch(all, end);
    long most = Math.max(0, (before < 0 ? ~before : before) - Math.max(0, keep));
    for (int i = 0; i < most; i++) {
      stream.removeMessage(all[i]);
    }
    return most;
  }

  /** Sets the timer for the message that is too old next, if there is one. */
  void arm() {
    if (expiring > 0) {
      return; // set when those are applied
    }
    if (timer == null) {
      armFrom(Long.MIN_VALUE);
    } else if (Math.min(store.expiry().nextNanos(), lastAgesNanos()) < timerEpochNanos) {
      stop();
      armFrom(Long.MIN_VALUE);
    }
  }

  /** When the message that was appended last reaches the maximum age. */
  private long lastAgesNanos() {
    return agedNanos(store.lastEpochNanos());
  }

  /** When a message of that time reaches the maximum age; {@link Long#MAX_VALUE} when never. */
  private long agedNanos(long epochNanos) {
    long maxAge = stream.config().maxAgeNanos();
    return maxAge > 0 && maxAge < Long.MAX_VALUE - epochNanos
        ? epochNanos + maxAge
        : Long.MAX_VALUE;
  }

  private void armFrom(long soonestEpochNanos) {
    long next = Math.min(store.expiry().nextNanos(), nextAgedNanos());
    if (next == Long.MAX_VALUE || stream.isClosed()) {
      return;
    }
    timerEpochNanos = Math.max(next, soonestEpochNanos);
    long delay = timerEpochNanos - stream.shard.clock.epochNanos();
    timer = stream.shard.loop.schedule(Math.max(delay, AGE_STEP_NANOS / 100), this::expire);
  }

  /** When the oldest message that the maximum age applies to reaches it. */
  private long nextAgedNanos() {
    if (stream.config().maxAgeNanos() <= 0 || store.messages() == 0) {
      return Long.MAX_VALUE;
    }
    long oldest = store.nextAgeing(ageingFrom);
    if (oldest == 0) {
      ageingFrom = store.lastSeq() + 1;
      return Long.MAX_VALUE;
    }
    ageingFrom = oldest;
    return agedNanos(store.epochNanos(oldest));
  }

  private void expire() {
    timer = null;
    if (stream.isClosed()) {
      return;
    }
    long now = stream.shard.clock.epochNanos();
    List<Long> due = store.expiry().due(now, MOST_EXPIRED);
    if (stream.markers.isOn()) {
      expiring = 1;
      stream.markers.expire(withAged(due, now), this::expired);
      return;
    }
    boolean aged = nextAgedNanos() <= now;
    expiring = (due.isEmpty() ? 0 : 1) + (aged ? 1 : 0);
    if (!due.isEmpty()) {
      stream.log.recordExpired(due, this::expired);
    }
    if (aged) {
      long old = store.seqFrom(now - stream.config().maxAgeNanos() + 1) - 1;
      long next = store.ahead(ageingFrom, slice);
      long through = next == 0 ? old : Math.min(old, next - 1);
      stream.log.record(Records.EXPIRED, out -> out.putLong(through), (Runnable) this::expired);
    }
    arm(); // nothing further is looked for until those records are applied
  }

  /** Those of their own limits, and the first of those that reached the stream's maximum age. */
  private SortedSet<Long> withAged(List<Long> due, long now) {
    SortedSet<Long> all = new TreeSet<>(due);
    if (nextAgedNanos() <= now) {
      for (long seq = ageingFrom;
          seq != 0 && all.size() < MOST_EXPIRED && agedNanos(store.epochNanos(seq)) <= now;
          seq = store.nextAgeing(seq + 1)) {
        all.add(seq);
      }
    }
    return all;
  }

  /** The next look waits for company, unless more are too old than one record names. */
  private void expired() {
    if (--expiring == 0) {
      long now = stream.shard.clock.epochNanos();
      boolean more = Math.min(store.expiry().nextNanos(), nextAgedNanos()) <= now;
      armFrom(more ? now : now + AGE_STEP_NANOS);
    }
  }

  /** Applies that messages up to a sequence have reached the stream's maximum age. */
  void applyExpired(long through) {
    if (store.expiry().neverTooOld() == 0) {
      stream.expireThrough(through);
      return;
    }
    for (long seq = store.nextAgeing(ageingFrom);
        seq != 0 && seq <= through;
        seq = store.nextAgeing(seq + 1)) {
      stream.removeMessage(seq);
    }
  }

  /** Applies that messages have reached their own limits; those removed meanwhile are gone. */
  void applyMessagesExpired(RecordReader in) {
    for (int left = in.readInt(); left > 0; left--) {
      stream.removeMessage(in.readLong());
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
