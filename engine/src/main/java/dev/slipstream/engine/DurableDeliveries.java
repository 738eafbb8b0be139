// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.SourceConsumer;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.AckSubject;
import dev.slipstream.protocol.wire.HeaderBlock;
import dev.slipstream.protocol.wire.Headers;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.Status;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What the durable consumer of a {@link DurableFeed} sends: messages, which must come without a
 * gap, requests of flow control, which are answered once all that came before is durable, and
 * heartbeats, which say whether the end is missing.
 *
 * <p>The answers acknowledge, so that nothing is acknowledged that is not on disk here. Bounded by
 * the consumer's flow control; who sends more than {@link #MOST_BYTES} beside it is not heard.
 * Owner: the loop of the stream that takes. Source: the public server.
 */
final class DurableDeliveries {
  static final long MOST_BYTES = 64 << 20;

  private static final int MOST_ASKED = 64;
  private static final int STALLED_HEARTBEATS = 3;
  private static final int CONTROL = 100;
  private static final byte[] LAST_CONSUMER = Subject.bytes(PullStatus.LAST_CONSUMER);
  private static final byte[] STALLED = Subject.bytes(PullStatus.CONSUMER_STALLED);

  /** A request of flow control, for all up to a message. */
  private record Asked(String reply, long consumerSeq, long streamSeq) {}

  /** What came, on its way to the loop. */
  private record Delivery(
      byte[] subject, @Nullable AckSubject from, String reply, byte[] headers, byte[] payload) {
    int bytes() {
      return subject.length + headers.length + payload.length;
    }

    boolean isControl() {
      Status status = payload.length > 0 ? null : Status.of(headers, 0, headers.length);
      return status != null && status.code() == CONTROL;
    }
  }

  private final Stream stream;
  private final DurableFeed feed;
  private final String from;
  private final SourceConsumer consumer;
  private final ArrayDeque<Asked> asked = new ArrayDeque<>();
  private final AtomicLong bytesOnTheirWay = new AtomicLong();
  private MessageBus.@Nullable Registration listening;
  private boolean begun;

  /** The last delivery's number since the consumer was reset, and its sequence in the stream. */
  private long consumerSeq;

  private long deliveredSeq;

  /** What was handed on last, ever, and what of it is durable; sequences of the other stream. */
  private long handedSeq;

  private long durableSeq;

  /** The request that heartbeats name though it was answered, and how many did. */
  private String stalledReply = "";

  private int stalledHeartbeats;

  /** Deliveries of which nothing is heard yet, behind what is durable already. */
  DurableDeliveries(
      Stream stream, DurableFeed feed, String from, SourceConsumer consumer, long lastSeq) {
    this.stream = stream;
    this.feed = feed;
    this.from = from;
    this.consumer = consumer;
    handedSeq = lastSeq;
    durableSeq = lastSeq;
  }

  /** Listens, after the consumer was reset and says that it delivered up to a sequence. */
  void begin(long lastDeliveredSeq) {
    stop();
    begun = true;
    consumerSeq = 0;
    deliveredSeq = lastDeliveredSeq;
    asked.clear();
    stalledReply = "";
    stalledHeartbeats = 0;
    if (handedSeq == durableSeq) {
      durableSeq = Math.max(durableSeq, deliveredSeq);
    }
    handedSeq = Math.max(handedSeq, deliveredSeq);
    listen(this::onDelivery);
  }

  /** Listens for any sign that the consumer is there. */
  void probe() {
    stop();
    listen(
        message -> {
          stream.shard.loop.offer(
              () -> {
                if (!begun && listening != null) {
                  stop();
                  feed.probed();
                }
              });
          return true;
        });
  }

  private void listen(MessageBus.Listener listener) {
    byte[] subject = Subject.bytes(consumer.deliverSubject());
    listening = stream.bus().listen(subject, listener, () -> {});
  }

  /** Hears no more; what was taken over goes on. */
  void stop() {
    begun = false;
    MessageBus.Registration present = listening;
    listening = null;
    if (present != null) {
      present.cancel();
    }
  }

  boolean hasBegun() {
    return begun;
  }

  /** On the loop of who sends. */
  private boolean onDelivery(MessageFrame message) {
    AckSubject metadata = AckSubject.parse(message.line, message.replyStart, message.replyEnd);
    Delivery delivery =
        new Delivery(
            Arrays.copyOfRange(message.line, message.subjectStart, message.subjectEnd),
            metadata,
            message.reply(),
            message.copyHeaders(),
            message.copyPayload());
    int bytes = delivery.bytes();
    if (bytesOnTheirWay.addAndGet(bytes) > MOST_BYTES
        || !stream.shard.loop.offer(() -> delivered(delivery, bytes))) {
      bytesOnTheirWay.addAndGet(-bytes); // what is missing then is asked for again
    }
    return true;
  }

  private void delivered(Delivery delivery, int bytes) {
    bytesOnTheirWay.addAndGet(-bytes);
    if (!begun) {
      return;
    }
    feed.heard();
    AckSubject metadata = delivery.from;
    if (delivery.isControl()) {
      control(delivery);
    } else if (metadata != null
        && metadata.stream().equals(from)
        && metadata.consumer().equals(consumer.name())
        && metadata.delivered() == 1) {
      message(delivery, metadata);
    }
  }

  private void message(Delivery delivery, AckSubject metadata) {
    if (metadata.consumerSeq() != consumerSeq + 1) {
      feed.again(); // some are missing, or somebody else has reset or replaced the consumer
      return;
    }
    consumerSeq++;
    deliveredSeq = metadata.streamSeq();
    if (metadata.streamSeq() <= handedSeq) {
      return; // it was taken before the consumer was reset
    }
    handedSeq = metadata.streamSeq();
    moving();
    feed.take(
        new SourcedMessage(
            metadata.streamSeq(),
            metadata.epochNanos(),
            metadata.pending(),
            delivery.subject,
            delivery.headers,
            delivery.payload));
  }

  private void control(Delivery delivery) {
    if (!delivery.reply.isEmpty()) {
      ask(delivery.reply);
      return;
    }
    String last = HeaderBlock.text(delivery.headers, LAST_CONSUMER);
    String stalled = HeaderBlock.text(delivery.headers, STALLED);
    if (!last.isEmpty() && !last.equals("0") && !last.equals(Long.toString(consumerSeq))) {
      feed.again();
    } else if (stalled.isEmpty()) {
      moving();
    } else if (asked.stream().noneMatch(each -> each.reply.equals(stalled))) {
      stalledAgain(stalled);
      ask(stalled);
    }
  }

  private void stalledAgain(String reply) {
    if (!reply.equals(stalledReply)) {
      stalledReply = reply;
      stalledHeartbeats = 0;
    }
    if (++stalledHeartbeats == STALLED_HEARTBEATS) {
      feed.stalled(true);
    }
  }

  private void moving() {
    if (stalledHeartbeats >= STALLED_HEARTBEATS) {
      feed.stalled(false);
    }
    stalledReply = "";
    stalledHeartbeats = 0;
  }

  private void ask(String reply) {
    if (asked.size() == MOST_ASKED) {
      asked.remove(); // a consumer asks again for what is not answered
    }
    asked.add(new Asked(reply, consumerSeq, deliveredSeq));
    answer();
  }

  /** All up to a sequence of the other stream is durable here. */
  void done(long seq) {
    durableSeq = Math.max(durableSeq, seq);
    answer();
  }

  private void answer() {
    while (!asked.isEmpty() && asked.element().streamSeq <= durableSeq) {
      Asked next = asked.remove();
      Headers headers =
          Headers.of(
              PullStatus.LAST_CONSUMER,
              Long.toString(next.consumerSeq),
              PullStatus.LAST_STREAM,
              Long.toString(next.streamSeq));
      stream.send(Subject.bytes(next.reply), headers.toBytes());
    }
  }
}
