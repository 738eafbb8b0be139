// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.api.ReplayPolicy;
import dev.slipstream.protocol.wire.AckSubject;
import dev.slipstream.protocol.wire.HeaderBlock;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.store.StoredMessage;
import dev.slipstream.store.StreamStore;
import org.jspecify.annotations.Nullable;

/**
 * Hands a consumer's messages to its target: redeliveries first, then what comes next in the
 * stream.
 *
 * <p>Runs until nothing is left to send, nobody asks, acknowledgements are missing, a block must be
 * read from disk, or the receiver is slow; at most {@link #BUDGET} messages a turn. Owner: the
 * stream's loop.
 */
final class ConsumerDelivery {
  private static final int BUDGET = 256;

  private enum Step {
    SENT,
    SKIPPED,
    END_OF_STREAM,
    MAX_ACK_PENDING,
    LOADING,
    NOT_DUE,
    NOT_TAKEN
  }

  private final Consumer consumer;
  private final ConsumerState state;
  private final StreamStore store;
  private final StoredMessage message = new StoredMessage();
  private boolean loading;
  private boolean congested;
  private @Nullable OriginalReplay replay;

  // the moment of the present run
  private long nowNanos;
  private long nowEpochNanos;

  ConsumerDelivery(Consumer consumer) {
    this.consumer = consumer;
    state = consumer.state;
    store = consumer.stream.store;
  }

  /** Begins to live. */
  void start() {
    boolean original = consumer.config().replayPolicy() == ReplayPolicy.ORIGINAL;
    replay = original ? new OriginalReplay(store.lastSeq()) : null;
  }

  /** Nanoseconds until a message that is held back is due; the maximum when none is. */
  long dueInNanos(long now) {
    OriginalReplay pace = replay;
    return pace == null ? Long.MAX_VALUE : pace.dueInNanos(now);
  }

  /** Whether messages are there that cannot be sent at this moment. */
  boolean isHeldUp() {
    return loading || congested || !consumer.unseen.isDone();
  }

  /** Delivers what can be delivered now. */
  void run() {
    if (!consumer.unseen.isDone()) {
      return; // wakes it when it is
    }
    DeliveryTarget target = consumer.target();
    nowNanos = consumer.clock().nanos();
    target.beginRun(nowNanos);
    nowEpochNanos = consumer.clock().epochNanos();
    Step step = Step.END_OF_STREAM;
    int budget = BUDGET;
    while (!loading && !congested && target.isOpen() && !consumer.isPaused()) {
      if (budget-- == 0) {
        consumer.stream.shard.loop.execute(consumer::wake);
        consumer.stateChanged();
        return;
      }
      step = deliverNext();
      if (step != Step.SENT && step != Step.SKIPPED) {
        break;
      }
    }
    consumer.stateChanged();
    if (!isHeldUp()) {
      target.look(step != Step.MAX_ACK_PENDING && step != Step.NOT_DUE);
    }
    consumer.arm();
  }

  private Step deliverNext() {
    long seq = consumer.acks.nextRedelivery();
    boolean again = seq != 0;
    if (!again) {
      if (consumer.atMaxAckPending()) {
        return Step.MAX_ACK_PENDING;
      }
      seq = nextNew();
      OriginalReplay pace = replay;
      if (pace != null && pace.isOver(state.nextStreamSeq())) {
        replay = null;
      }
      if (seq == 0) {
        if (state.nextStreamSeq() > store.lastSeq()) {
          consumer.addNumPending(-consumer.numPending());
        }
        return Step.END_OF_STREAM;
      }
    }
    return switch (store.read(seq, message)) {
      case LOADING -> {
        loading = true;
        store.load(
            seq,
            () -> {
              loading = false;
              consumer.wake();
            });
        yield Step.LOADING;
      }
      case ABSENT -> {
        skip(seq, again);
        yield Step.SKIPPED;
      }
      case DAMAGED -> {
        consumer.addNumPending(again ? 0 : -1);
        skip(seq, again);
        yield Step.SKIPPED;
      }
      case FOUND -> deliver(seq, again);
    };
  }

  /** The next message that was never delivered, or 0; moves the cursor over what does not match. */
  private long nextNew() {
    LastPerSubject first = consumer.lastPerSubject;
    if (first != null && first.remaining() > 0) {
      return first.peek();
    }
    long seq = consumer.filter().next(store, state.nextStreamSeq());
    state.skipTo(seq == 0 ? store.lastSeq() + 1 : seq);
    return seq;
  }

  private void skip(long seq, boolean again) {
    if (again) {
      consumer.acks.dropRedelivery(seq);
      state.settled(seq);
      return;
    }
    passed(seq);
  }

  private void passed(long seq) {
    LastPerSubject first = consumer.lastPerSubject;
    if (first != null && first.remaining() > 0) {
      first.taken();
      state.skipTo(first.remaining() == 0 ? first.resumeSeq() : seq + 1);
    } else {
      state.skipTo(seq + 1);
    }
  }

  private Step deliver(long seq, boolean again) {
    int deliveries = again ? state.unsettled.deliveryCount(seq) + 1 : 1;
    long pendingAfter = Math.max(0, consumer.numPending() - (again ? 0 : 1));
    MessageFrame frame = frame(seq, deliveries, pendingAfter);
    int size = frame.subjectEnd + frame.replyEnd - frame.replyStart;
    size += frame.payloadEnd - frame.headersStart;
    OriginalReplay pace = replay;
    if (pace != null && pace.waitNanos(seq, message.epochNanos, nowNanos) > 0) {
      return Step.NOT_DUE;
    }
    DeliveryTarget target = consumer.target();
    byte[] to = target.next(size);
    if (to == null) {
      return Step.NOT_TAKEN;
    }
    if (!target.pinId().isEmpty()) {
      frame = withHeader(frame, "Nats-Pin-Id", target.pinId());
    }
    if (again) {
      consumer.acks.dropRedelivery(seq);
      state.redelivered(seq, nowEpochNanos);
    } else {
      passed(seq);
      consumer.addNumPending(-1);
      state.delivered(seq, nowEpochNanos);
    }
    consumer.lastDeliveredEpochNanos = nowEpochNanos;
    if (consumer.config().ackPolicy() != AckPolicy.NONE) {
      consumer.acks.onDelivered();
    } else {
      consumer.stream.interest.done(seq);
    }
    if (pace != null) {
      pace.delivered(message.epochNanos);
    }
    MessageBus.Delivery outcome =
        target.send(to, frame, message, pendingAfter, this::receiverDrained);
    congested = outcome == MessageBus.Delivery.CONGESTED;
    target.sent(seq, size, outcome);
    return Step.SENT;
  }

  private static MessageFrame withHeader(MessageFrame frame, String key, String value) {
    return frame.withHeaders(
        HeaderBlock.with(frame.body, frame.headersStart, frame.payloadStart, key, value));
  }

  private void receiverDrained() {
    congested = false;
    consumer.wake();
  }

  /** Fills the shared frame: the stored subject, the ack subject as reply, what was stored. */
  private MessageFrame frame(long seq, int deliveries, long pendingAfter) {
    OutputBuffer line = consumer.stream.shard.line;
    line.clear();
    line.put(message.bytes, message.subjectFrom, message.subjectTo);
    int replyStart = line.length();
    AckSubject.write(
        line,
        consumer.ackPrefix,
        deliveries,
        seq,
        state.nextConsumerSeq(),
        message.epochNanos,
        pendingAfter);
    MessageFrame frame = consumer.stream.shard.frame;
    frame.line = line.array();
    frame.subjectStart = 0;
    frame.subjectEnd = replyStart;
    frame.replyStart = replyStart;
    frame.replyEnd = line.length();
    frame.body = message.bytes;
    frame.headersStart = message.headersFrom;
    frame.payloadStart = message.payloadFrom;
    frame.payloadEnd = message.payloadTo;
    if (!consumer.config().headersOnly()) {
      return frame;
    }
    String payloadBytes = Integer.toString(frame.payloadLength());
    frame.payloadEnd = frame.payloadStart;
    return withHeader(frame, "Nats-Msg-Size", payloadBytes);
  }
}
