// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.base.Clock;
import dev.slipstream.protocol.api.DirectGetRequest;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.protocol.wire.Status;
import dev.slipstream.store.StoredMessage;
import dev.slipstream.store.StreamStore;
import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * A direct get of many messages: from a sequence or a time on, of one subject or of all; or the
 * last one of each of several subjects. Each says how many come after it; an empty one ends them.
 *
 * <p>Goes on message by message: waits for what must be read from disk and for a receiver that is
 * slow, and sends at most {@link #BUDGET} a turn. Owner: the stream's loop. Source: ADR-31.
 */
final class DirectBatch {
  private static final int BUDGET = 128;
  private static final int MOST_SUBJECTS = 1024;

  /** So many messages of a subject are followed one by one to find the last up to a sequence. */
  private static final int FEW_MESSAGES = 16;

  private static final long DEFAULT_MAX_BYTES = 64L << 20;
  private static final String NUM_PENDING = "Nats-Num-Pending";
  private static final String LAST_SEQUENCE = "Nats-Last-Sequence";

  private final Stream stream;
  private final StreamStore store;
  private final byte[] reply;
  private final DirectGetRequest asked;
  private final StoredMessage message = new StoredMessage();
  private final long maxBytes;

  /** The sequences of the last messages that were asked for; empty when all from one on were. */
  private long[] lasts = new long[0];

  private int nextLast;

  private final FilterMatch filter;
  private long upToSeq;
  private long nextSeq;
  private long countedThrough;
  private long numPending;
  private long lastSent;
  private long sent;
  private long sentBytes;

  DirectBatch(Stream stream, byte[] reply, DirectGetRequest asked) {
    this.stream = stream;
    this.reply = reply;
    this.asked = asked;
    store = stream.store;
    maxBytes = asked.maxBytes() > 0 ? asked.maxBytes() : DEFAULT_MAX_BYTES;
    filter =
        new FilterMatch(
            asked.nextBySubject().isEmpty() ? List.of() : List.of(asked.nextBySubject()),
            store.subjects());
  }

  /** Sends the first messages, and sees to it that the others follow. */
  void begin() {
    if (asked.multiLast().isEmpty()) {
      Instant time = asked.startTime();
      nextSeq = Math.max(1, time == null ? asked.seq() : store.seqFrom(Clock.epochNanos(time)));
      countedThrough = store.lastSeq();
      numPending = filter.countFrom(store, nextSeq);
      goOn();
    } else if (findUpToSeq() && findLasts()) {
      goOn();
    }
  }

  private boolean findUpToSeq() {
    upToSeq = asked.upToSeq();
    Instant time = asked.upToTime();
    if (time != null) {
      upToSeq = store.seqFrom(Clock.epochNanos(time));
      if (upToSeq <= store.firstSeq()) {
        status(new Status(404, "No Results"));
        return false;
      }
      upToSeq--;
    }
    if (upToSeq == 0) {
      upToSeq = store.lastSeq();
    }
    return true;
  }

  private boolean findLasts() {
    BitSet seen = new BitSet();
    BitSet later = new BitSet(); // their last message is behind the end, and they have many
    long[] found = new long[MOST_SUBJECTS + 1];
    int[] counted = {0};
    for (String subject : asked.multiLast()) {
      byte[] filter = Subject.bytes(subject);
      byte[] at = null;
      do { // too many are noticed before all are looked at
        at =
            store
                .subjects()
                .forEachMatching(
                    filter, at, MOST_SUBJECTS, id -> note(id, seen, later, found, counted));
      } while (at != null && counted[0] <= MOST_SUBJECTS);
    }
    int count = counted[0];
    long seq = upToSeq + 1;
    while (!later.isEmpty() && count <= MOST_SUBJECTS && seq > 0) {
      seq = store.previous(seq - 1, later::get);
      if (seq > 0) {
        later.clear(store.subjectId(seq));
        found[count++] = seq;
      }
    }
    if (count == 0 || count > MOST_SUBJECTS) {
      status(count == 0 ? new Status(404, "No Results") : new Status(413, "Too Many Results"));
      return false;
    }
    lasts = Arrays.stream(found, 0, count).filter(each -> each >= asked.seq()).sorted().toArray();
    numPending = lasts.length;
    return true;
  }

  /** Notes the last message of a subject up to the end, or that it must be looked for. */
  private void note(int id, BitSet seen, BitSet later, long[] found, int[] counted) {
    if (counted[0] > MOST_SUBJECTS || seen.get(id)) {
      return;
    }
    seen.set(id);
    long last = store.subjects().last(id);
    if (last > upToSeq) {
      if (store.subjects().first(id) > upToSeq) {
        return;
      }
      if (store.subjects().count(id) > FEW_MESSAGES) {
        later.set(id);
        return;
      }
      last = store.ofSubjects().last(id, upToSeq);
    }
    found[counted[0]++] = last;
  }

  private void goOn() {
    for (int budget = BUDGET; !stream.isClosed(); budget--) {
      if (budget == 0) {
        stream.shard.loop.nextTurn(this::goOn);
        return;
      }
      long seq = isOver() ? 0 : next();
      if (seq == 0) {
        end();
        return;
      }
      StreamStore.Read read = store.read(seq, message);
      if (read == StreamStore.Read.LOADING) {
        store.load(seq, this::goOn);
        return;
      }
      nextSeq = seq + 1;
      if (read == StreamStore.Read.FOUND && !send()) {
        return;
      }
    }
  }

  private boolean isOver() {
    return sentBytes >= maxBytes || asked.batch() > 0 && sent >= asked.batch();
  }

  private long next() {
    if (asked.multiLast().isEmpty()) {
      return filter.next(store, nextSeq);
    }
    while (nextLast < lasts.length && lasts[nextLast] < nextSeq) {
      nextLast++;
    }
    return nextLast < lasts.length ? lasts[nextLast] : 0;
  }

  /** Sends a message; false when the receiver is gone, or slow: then it goes on when it is not. */
  private boolean send() {
    byte[] headers = OutputBuffer.NO_BYTES;
    boolean withHeaders = !asked.noHeaders() || !asked.multiLast().isEmpty();
    if (withHeaders) {
      numPending = Math.max(0, numPending - 1);
      headers =
          DirectApi.headers(
              stream,
              message,
              NUM_PENDING,
              Long.toString(numPending),
              LAST_SEQUENCE,
              Long.toString(lastSent));
    }
    lastSent = message.seq;
    sent++;
    sentBytes += message.contentBytes();
    MessageFrame frame = new MessageFrame().set(reply, headers, message.copyPayload());
    return stream.bus().send(reply, frame, this::goOn) == MessageBus.Delivery.SENT;
  }

  private void end() {
    boolean multi = !asked.multiLast().isEmpty();
    if (sent == 0 && !multi) {
      status(new Status(404, "Message Not Found"));
      return;
    }
    if (!multi && store.lastSeq() > countedThrough) {
      numPending = filter.countFrom(store, nextSeq);
    }
    String pending = Long.toString(numPending);
    String last = Long.toString(lastSent);
    Status end = new Status(204, "EOB");
    byte[] headers =
        multi
            ? end.headerBlock(
                NUM_PENDING,
                pending,
                LAST_SEQUENCE,
                last,
                "Nats-UpTo-Sequence",
                Long.toString(upToSeq))
            : end.headerBlock(NUM_PENDING, pending, LAST_SEQUENCE, last);
    stream.send(reply, headers);
  }

  private void status(Status status) {
    stream.send(reply, status.headerBlock());
  }
}
