// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.json.GoDuration;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.HeaderBlock;
import dev.slipstream.protocol.wire.Headers;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.store.StoredMessage;
import dev.slipstream.store.StreamStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a stream with subject delete markers does with messages that are too old: where one is the
 * last of its subject and no marker itself, an empty message with a limit of its own takes its
 * place, so that whoever follows the subject hears of its end.
 *
 * <p>Messages are looked at in turn, and waited for where they must be read. Owner: the stream's
 * loop. Source: ADR-43.
 */
final class SubjectDeleteMarkers {
  private static final byte[] REASON = Subject.bytes("Nats-Marker-Reason");
  private static final byte[] KV_OPERATION = Subject.bytes("KV-Operation");
  private static final long SECOND_NANOS = 1_000_000_000L;

  private final Stream stream;
  private final StreamStore store;
  private final StoredMessage message;

  SubjectDeleteMarkers(Stream stream) {
    this.stream = stream;
    message = stream.shard.looked;
    store = stream.store;
  }

  /** Messages that are too old, on their way out. */
  private static final class Leaving {
    final ArrayDeque<Long> due;
    final List<Long> removed = new ArrayList<>();
    final Map<Integer, Integer> removedBySubject = new HashMap<>();
    final Runnable then;

    Leaving(Collection<Long> due, Runnable then) {
      this.due = new ArrayDeque<>(due);
      this.then = then;
    }
  }

  boolean isOn() {
    return stream.config().subjectDeleteMarkerTtlNanos() > 0;
  }

  private int ttlSeconds() {
    long seconds = stream.config().subjectDeleteMarkerTtlNanos() / SECOND_NANOS;
    return (int) Math.min(Integer.MAX_VALUE, seconds);
  }

  /**
   * The limit that a message gets which asks for one of so many seconds: a marker that lasts longer
   * than what comes after it would be missed, unless there is only one message a subject.
   */
  int raised(int seconds) {
    return isOn() && seconds > 0 && stream.config().maxMsgsPerSubject() != 1
        ? Math.max(seconds, ttlSeconds())
        : seconds;
  }

  /** Sends messages that are too old away, in the order of their sequences; then {@code then}. */
  void expire(Collection<Long> tooOld, Runnable then) {
    goOn(new Leaving(tooOld, then));
  }

  private void goOn(Leaving leaving) {
    while (!leaving.due.isEmpty()) {
      long seq = leaving.due.element();
      if (store.has(seq) && isLast(leaving, seq)) {
        StreamStore.Read read = store.read(seq, message);
        if (read == StreamStore.Read.LOADING) {
          store.load(seq, () -> goOn(leaving));
          return;
        }
        boolean marked = read == StreamStore.Read.FOUND && !isMarker() && mark(seq);
        if (!marked) {
          remove(leaving, seq);
        }
      } else if (store.has(seq)) {
        remove(leaving, seq);
      }
      leaving.due.remove();
    }
    if (stream.isClosed()) {
      return;
    }
    if (leaving.removed.isEmpty()) {
      stream.log.whenDurable(leaving.then); // behind the markers
    } else {
      stream.log.recordExpired(leaving.removed, leaving.then);
    }
  }

  private void remove(Leaving leaving, long seq) {
    leaving.removed.add(seq);
    leaving.removedBySubject.merge(store.subjectId(seq), 1, Integer::sum);
  }

  /** Whether nothing of the subject is left without a message, nor on its way. */
  private boolean isLast(Leaving leaving, long seq) {
    int id = store.subjectId(seq);
    return store.subjects().count(id) - leaving.removedBySubject.getOrDefault(id, 0) == 1
        && stream.ingest().lastOf(store.subjects().name(id)) == seq;
  }

  private boolean isMarker() {
    byte[] bytes = message.bytes;
    int from = message.headersFrom;
    int to = message.payloadFrom;
    return from < to
        && (HeaderBlock.has(bytes, from, to, REASON)
            || "PURGE".equals(HeaderBlock.get(bytes, from, to, KV_OPERATION)));
  }

  private boolean mark(long seq) {
    long nanos = ttlSeconds() * SECOND_NANOS;
    byte[] headers =
        Headers.of(
                "Nats-Marker-Reason",
                "MaxAge",
                "Nats-TTL",
                GoDuration.format(nanos),
                "Nats-Rollup",
                "sub")
            .toBytes();
    byte[] subject = store.subjects().subject(store.subjectId(seq));
    MessageFrame marker = new MessageFrame().set(subject, headers, OutputBuffer.NO_BYTES);
    return stream.ingest().publishOwn(marker, headers, ttlSeconds());
  }

  /** A message whose limit was raised, with a header that says so. */
  static MessageFrame withTtl(MessageFrame published, byte[] headers, int seconds) {
    byte[] without = HeaderBlock.without(headers, 0, headers.length, IngestHeaders.TTL);
    String ttl = Integer.toString(seconds);
    return published.withHeaders(HeaderBlock.with(without, 0, without.length, "Nats-TTL", ttl));
  }
}
