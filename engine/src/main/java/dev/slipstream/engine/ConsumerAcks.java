// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.json.GoDuration;
import dev.slipstream.protocol.json.JsonException;
import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.wire.AckBody;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What acknowledgements do to a consumer, and which messages must be delivered again because none
 * came.
 *
 * <p>An acknowledgement counts at once; one that asks for an answer gets it when it is durable.
 * Owner: the stream's loop. Source: ADR-15.
 */
final class ConsumerAcks {
  /** Bursts are treated together: a check comes this much after the first message is due. */
  private static final long CHECK_DELAY_NANOS = 1_000_000L;

  /** Pending messages that are looked at in a turn. */
  private static final int CHECKED_AT_ONCE = 4096;

  private static final String DELETED = "Unacknowledged message was deleted";

  private final Consumer consumer;
  private final ConsumerState state;

  /** When the next of those that the present look over all has passed is due. */
  private long nextDueEpochNanos = Long.MAX_VALUE;

  /** No pending message is due before this wall time; 0 when none is pending. */
  private long nextCheckEpochNanos;

  ConsumerAcks(Consumer consumer) {
    this.consumer = consumer;
    state = consumer.state;
  }

  /** Looks at all that is pending soon. */
  void start() {
    nextCheckEpochNanos = state.pending.isEmpty() || !isTimed() ? 0 : 1;
    if (nextCheckEpochNanos != 0) {
      consumer.armIn(0);
    }
  }

  /** Whether what is pending is delivered again after some time. */
  private boolean isTimed() {
    return consumer.config().ackPolicy() != AckPolicy.FLOW_CONTROL;
  }

  int redeliveriesWaiting() {
    return state.pending.redeliveriesWaiting();
  }

  /** An acknowledgement came. */
  void onAck(Ack ack, byte[] reply, byte[] body, int from, int to) {
    long seq = ack.streamSeq;
    AckBody kind = AckBody.of(body, from, to);
    boolean answer = seq != 0;
    switch (kind) {
      case ACK -> answer = settle(ack, true);
      case NEXT -> {
        settle(ack, true);
        consumer.onPull(reply, body, from + kind.length(), to);
        answer = false;
      }
      case NAK -> nak(ack, body, from + kind.length(), to);
      case PROGRESS -> progress(seq);
      case TERM -> {
        String reason =
            new String(
                    body, from + kind.length(), to - from - kind.length(), StandardCharsets.UTF_8)
                .strip();
        answer = settle(ack, false);
        consumer.stream.advisories().terminated(consumer, ack, reason);
      }
      case UNKNOWN -> {}
    }
    consumer.stateChanged();
    if (answer && reply.length > 0) {
      consumer.stream.log.whenDurable(
          consumer,
          () -> consumer.stream.send(reply, OutputBuffer.NO_BYTES, OutputBuffer.NO_BYTES));
    }
  }

  /** A receiver has got everything up to a message. */
  void onFlowControl(Ack last) {
    if (last.streamSeq > 0) {
      settle(last, false);
      consumer.stateChanged();
    }
  }

  /** Settles a message; false when the acknowledgement is for one that was never delivered. */
  private boolean settle(Ack ack, boolean sampled) {
    long seq = ack.streamSeq;
    if (seq >= state.nextStreamSeq() && seq > state.deliveredStreamSeq()) {
      return false;
    }
    boolean wasFull = consumer.atMaxAckPending();
    consumer.lastAckedEpochNanos = consumer.clock().epochNanos();
    AckPolicy policy = consumer.config().ackPolicy();
    if (policy == AckPolicy.ALL || policy == AckPolicy.FLOW_CONTROL) {
      if (ack.consumerSeq > state.floorConsumerSeq() && seq > state.floorStreamSeq()) {
        settleThrough(ack);
      }
    } else {
      if (sampled && !consumer.config().sampleFreq().isEmpty()) {
        sample(ack);
      }
      state.settled(seq);
      consumer.stream.interest.done(seq);
    }
    if (wasFull) {
      consumer.wake();
    }
    return true;
  }

  private void sample(Ack ack) {
    int row = state.pending.row(ack.streamSeq);
    if (row != PendingAcks.NONE) {
      long waited = consumer.clock().epochNanos() - state.pending.sentEpochNanos(row);
      consumer.stream.advisories().acknowledged(consumer, ack, Math.max(0, waited));
    }
  }

  private void settleThrough(Ack ack) {
    state.settledThrough(ack.streamSeq, ack.consumerSeq, consumer.stream.interest::done);
  }

  private void nak(Ack ack, byte[] body, int from, int to) {
    int row = state.pending.row(ack.streamSeq);
    if (ack.consumerSeq <= state.floorConsumerSeq()
        || ack.consumerSeq > state.nextConsumerSeq()
        || row == PendingAcks.NONE) {
      return;
    }
    consumer.stream.advisories().naked(consumer, ack);
    String argument = new String(body, from, to - from, StandardCharsets.UTF_8).strip();
    if (!argument.isEmpty()) {
      try {
        delay(row, delayNanos(argument));
        return;
      } catch (JsonException | NumberFormatException notADelay) {
        // a delay that is none makes it a plain nak
      }
    }
    state.pending.redeliver(row);
    consumer.wake();
  }

  private static long delayNanos(String argument) {
    if (!argument.startsWith("{")) {
      return GoDuration.parse(argument);
    }
    byte[] bytes = argument.getBytes(StandardCharsets.UTF_8);
    long[] delay = {0};
    JsonReader.of(bytes, 0, bytes.length)
        .object(
            (field, in) -> {
              if (!field.equals("delay")) {
                return false;
              }
              delay[0] = in.longValue();
              return true;
            });
    return delay[0];
  }

  /** The message counts as sent so long ago that its ack wait ends in {@code delayNanos}. */
  private void delay(int row, long delayNanos) {
    state.pending.dropRedelivery(row);
    long now = consumer.clock().epochNanos();
    state.touched(state.pending.streamSeq(row), now - waitNanos(row) + delayNanos);
    checkAt(now + Math.max(0, delayNanos));
  }

  private void progress(long seq) {
    state.touched(seq, consumer.clock().epochNanos());
  }

  /** A message was delivered and is pending. */
  void onDelivered() {
    if (nextCheckEpochNanos == 0 && isTimed()) {
      checkAt(consumer.lastDeliveredEpochNanos + shortestWaitNanos());
    }
  }

  /** A message found no receiver at the last moment: it is to be delivered again at once. */
  void notDelivered(long seq) {
    int row = state.pending.row(seq);
    if (row != PendingAcks.NONE) {
      state.pending.redeliver(row);
    }
  }

  /** All that is pending is to be delivered again at once, elsewhere. */
  void redeliverPending() {
    PendingAcks pending = state.pending;
    for (int row = pending.first(); row != PendingAcks.NONE; row = pending.next(row)) {
      pending.redeliver(row);
    }
  }

  /** Nothing is pending any more. */
  void reset() {
    nextCheckEpochNanos = 0;
  }

  /** Nanoseconds until {@link #checkPending} has something to do; the maximum when never. */
  long dueInNanos() {
    return nextCheckEpochNanos == 0
        ? Long.MAX_VALUE
        : nextCheckEpochNanos + CHECK_DELAY_NANOS - consumer.clock().epochNanos();
  }

  /** Queues for redelivery what is pending for longer than its ack wait. */
  void checkPending() {
    long now = consumer.clock().epochNanos();
    if (nextCheckEpochNanos == 0 || now < nextCheckEpochNanos) {
      return;
    }
    PendingAcks pending = state.pending;
    int row = pending.marked();
    if (row == PendingAcks.NONE) {
      row = pending.first();
      nextDueEpochNanos = Long.MAX_VALUE;
    }
    long next = nextDueEpochNanos;
    for (int left = CHECKED_AT_ONCE; row != PendingAcks.NONE && left > 0; left--) {
      int checked = row;
      row = pending.next(row);
      if (pending.isToBeRedelivered(checked)) {
        continue;
      }
      long dueAt = pending.sentEpochNanos(checked) + waitNanos(checked);
      if (dueAt > now) {
        next = Math.min(next, dueAt);
      } else if (isExhausted(Math.max(1, pending.redelivered(checked)))) {
        exhaust(checked);
      } else {
        pending.redeliver(checked);
        next = Math.min(next, now + waitNanos(checked));
      }
    }
    pending.mark(row);
    consumer.stateChanged();
    nextDueEpochNanos = Math.min(next, nextDueEpochNanos);
    if (pending.marked() != PendingAcks.NONE) {
      nextCheckEpochNanos = now; // goes on where it is
      return;
    }
    next = nextDueEpochNanos;
    nextCheckEpochNanos = next == Long.MAX_VALUE ? 0 : next;
    if (!state.pending.isEmpty() && nextCheckEpochNanos == 0) {
      nextCheckEpochNanos = now + shortestWaitNanos();
    }
  }

  /** The message to be delivered again next, or 0; it stays until {@link #dropRedelivery}. */
  long nextRedelivery() {
    PendingAcks pending = state.pending;
    for (int row = pending.nextRedelivery();
        row != PendingAcks.NONE;
        row = pending.nextRedelivery()) {
      long seq = pending.streamSeq(row);
      if (!consumer.stream.store.has(seq)) {
        state.settled(seq);
      } else if (isExhausted(state.unsettled.deliveryCountAt(row))) {
        exhaust(row);
      } else {
        return seq;
      }
    }
    return 0;
  }

  void dropRedelivery(long seq) {
    int row = state.pending.row(seq);
    if (row != PendingAcks.NONE) {
      state.pending.dropRedelivery(row);
    }
  }

  /** A message left the stream before it was acknowledged. */
  void onRemoved(long seq) {
    int row = state.pending.row(seq);
    if (row == PendingAcks.NONE) {
      state.settled(seq);
      return;
    }
    long consumerSeq = state.pending.consumerSeq(row);
    int deliveries = state.unsettled.deliveryCountAt(row);
    boolean wasFull = consumer.atMaxAckPending();
    state.settled(seq);
    consumer.stateChanged();
    consumer.stream.advisories().terminated(consumer, seq, consumerSeq, deliveries, DELETED);
    if (wasFull) {
      consumer.wake();
    }
  }

  /** Everything up to {@code seq} left the stream. */
  void onPurgedThrough(long seq) {
    state.purgedThrough(seq);
    consumer.stateChanged();
  }

  /** Everything up to {@code seq} was too old. */
  void onExpiredThrough(long seq) {
    PendingAcks pending = state.pending;
    for (int row = pending.first();
        row != PendingAcks.NONE && pending.streamSeq(row) <= seq;
        row = pending.first()) {
      onRemoved(pending.streamSeq(row));
    }
    state.exhaustedLeftThrough(seq);
  }

  /** Whether some pending message could still be acknowledged in time, with {@code graceNanos}. */
  boolean mayStillBeWorkedOn(long graceNanos) {
    long now = consumer.clock().epochNanos();
    PendingAcks pending = state.pending;
    for (int row = pending.first(); row != PendingAcks.NONE; row = pending.next(row)) {
      if (pending.sentEpochNanos(row) + waitNanos(row) + graceNanos > now) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether a message with so many deliveries gets no more. At the end of its ack wait a message is
   * judged by its redeliveries alone, so that one with deliveries used up waits in the queue until
   * somebody asks for it; that is when the public server notices, too.
   */
  private boolean isExhausted(int deliveries) {
    int most = consumer.config().maxDeliver();
    return most > 0 && deliveries >= most;
  }

  private void exhaust(int row) {
    long seq = state.pending.streamSeq(row);
    int deliveries = state.unsettled.deliveryCountAt(row);
    boolean wasFull = consumer.atMaxAckPending();
    state.exhausted(seq);
    consumer.stream.advisories().maxDeliveries(consumer, seq, deliveries);
    if (wasFull) {
      consumer.wake();
    }
  }

  private void checkAt(long epochNanos) {
    nextDueEpochNanos = Math.min(nextDueEpochNanos, epochNanos);
    if (nextCheckEpochNanos == 0 || epochNanos < nextCheckEpochNanos) {
      nextCheckEpochNanos = epochNanos;
      consumer.armIn(Math.max(0, dueInNanos()));
    }
  }

  private long waitNanos(int row) {
    List<Long> backoff = consumer.config().backoffNanos();
    if (backoff.isEmpty()) {
      return consumer.config().ackWaitNanos();
    }
    return backoff.get(Math.min(state.pending.redelivered(row), backoff.size() - 1));
  }

  private long shortestWaitNanos() {
    return consumer.config().backoffNanos().stream()
        .mapToLong(Long::longValue)
        .min()
        .orElse(consumer.config().ackWaitNanos());
  }
}
