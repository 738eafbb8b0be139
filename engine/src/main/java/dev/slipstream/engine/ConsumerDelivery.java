// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.wire.AckSubject;
import dev.slipstream.protocol.wire.HeaderBlock;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.store.StoredMessage;
import dev.slipstream.store.StreamStore;
import org.jspecify.annotations.Nullable;

/**
 * Hands a consumer's messages to its open requests: redeliveries first, then what comes next in the
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
    NO_REQUEST
  }

  private final Consumer consumer;
  private final ConsumerState state;
  private final StreamStore store;
  private final StoredMessage message = new StoredMessage();
  private boolean loading;
  private boolean congested;

  // of the present run, whose messages are taken to go out at one moment
  private long run;
  private long nowNanos;
  private long nowEpochNanos;

  ConsumerDelivery(Consumer consumer) {
    this.consumer = consumer;
    state = consumer.state;
    store = consumer.stream.store;
  }

  /** Whether messages are there that cannot be sent at this moment. */
  boolean isHeldUp() {
    return loading || congested;
  }

  /** Delivers what can be delivered now. */
  void run() {
    run++;
    nowNanos = consumer.clock().nanos();
    nowEpochNanos = consumer.clock().epochNanos();
    Step step = Step.END_OF_STREAM;
    int budget = BUDGET;
    while (!loading && !congested && !consumer.waiting().isEmpty() && !consumer.isPaused()) {
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
    if (!isHeldUp() && !consumer.waiting().isEmpty()) {
      consumer.processWaiting(step != Step.MAX_ACK_PENDING);
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
    int deliveries = again ? state.deliveryCount(seq) + 1 : 1;
    long pendingAfter = Math.max(0, consumer.numPending() - (again ? 0 : 1));
    MessageFrame frame = frame(seq, deliveries, pendingAfter);
    int size = frame.subjectEnd + frame.replyEnd - frame.replyStart;
    size += frame.payloadEnd - frame.headersStart;
    WaitingPull pull = requestFor(size);
    if (pull == null) {
      return Step.NO_REQUEST;
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
    }
    serve(pull, frame, seq);
    return Step.SENT;
  }

  private void serve(WaitingPull pull, MessageFrame frame, long seq) {
    MessageBus.Delivery outcome =
        consumer.stream.bus().send(pull.reply, frame, this::receiverDrained);
    pull.remaining--;
    pull.delivered++;
    if (pull.heartbeatNanos > 0) {
      pull.heartbeatAtNanos = nowNanos + pull.heartbeatNanos;
    }
    if (pull.remaining <= 0) {
      consumer.waiting().removeHead();
      if (pull.remainingBytes > 0) {
        consumer.send(pull.reply, PullStatus.batchCompleted(pull));
      }
    } else {
      consumer.waiting().rotate();
    }
    consumer.touchActivity(nowNanos);
    if (outcome == MessageBus.Delivery.CONGESTED) {
      congested = true;
    } else if (outcome == MessageBus.Delivery.NO_INTEREST) {
      consumer.acks.notDelivered(seq);
    }
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
    if (consumer.config().headersOnly()) {
      int payload = message.payloadTo - message.payloadFrom;
      frame.body =
          HeaderBlock.with(
              message.bytes,
              message.headersFrom,
              message.payloadFrom,
              "Nats-Msg-Size",
              Integer.toString(payload));
      frame.headersStart = 0;
      frame.payloadStart = frame.body.length;
      frame.payloadEnd = frame.body.length;
    }
    return frame;
  }

  /** The request at the head that may take a message of {@code size} bytes, or null. */
  private @Nullable WaitingPull requestFor(int size) {
    WaitingPulls waiting = consumer.waiting();
    for (WaitingPull pull = waiting.peek(); pull != null; pull = waiting.peek()) {
      if (pull.isExpired(nowNanos)) {
        consumer.send(pull.reply, PullStatus.timeout(pull));
        consumer.touchActivity(nowNanos);
      } else if (pull.remainingBytes > 0 && size > pull.remainingBytes) {
        consumer.send(pull.reply, PullStatus.tooBig(pull));
      } else if (isWanted(pull)) {
        if (pull.remainingBytes > 0) {
          pull.remainingBytes -= size;
          if (pull.remainingBytes == 0) {
            pull.remaining = 1;
          }
        }
        return pull;
      }
      waiting.removeHead();
    }
    return null;
  }

  /** Whether somebody listens on the request's reply; cannot change during a run. */
  private boolean isWanted(WaitingPull pull) {
    if (pull.wantedInRun == run) {
      return true;
    }
    boolean wanted = consumer.stream.bus().hasInterest(pull.reply, 0, pull.reply.length);
    pull.wantedInRun = wanted ? run : 0;
    return wanted;
  }
}
