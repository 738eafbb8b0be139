// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.store.StoredMessage;
import org.jspecify.annotations.Nullable;

/**
 * The receivers of a push consumer: whoever is subscribed to exactly its deliver subject, and to
 * its deliver group when it has one. While there are some they are sent messages as they come, as
 * far as flow control and rate limit let, and heartbeats when none comes. Owner: the stream's loop.
 * Source: ADR-9 for heartbeats, the public server for the rest.
 */
final class PushTarget implements DeliveryTarget {
  private static final byte[] FLOW_CONTROL_REQUEST = PullStatus.flowControlRequest();
  private static final long DEFAULT_BURST_BYTES = 1 << 20;

  private final Consumer consumer;
  private final byte[] deliverSubject;
  private final byte[] deliverGroup;
  private final long heartbeatNanos;
  private final @Nullable FlowControlWindow window;

  /** Whether answers to flow control acknowledge. */
  private final boolean acknowledged;

  private final long bitsPerSecond;
  private @Nullable RateLimit rate;
  private MessageBus.@Nullable Registration subscriptions;
  private boolean bound;

  // monotonic
  private long nowNanos;
  private long unboundSinceNanos;
  private long heartbeatAtNanos;
  private long mayGoOnAtNanos;
  private boolean waitsForRate;

  PushTarget(Consumer consumer, ConsumerConfig config) {
    this.consumer = consumer;
    deliverSubject = Subject.bytes(config.deliverSubject());
    deliverGroup = Subject.bytes(config.deliverGroup());
    heartbeatNanos = config.idleHeartbeatNanos();
    window = config.flowControl() ? new FlowControlWindow() : null;
    acknowledged = config.ackPolicy() == AckPolicy.FLOW_CONTROL;
    bitsPerSecond = config.rateLimitBps();
  }

  @Override
  public void start() {
    nowNanos = consumer.clock().nanos();
    unboundSinceNanos = nowNanos;
    if (bitsPerSecond > 0) {
      int most = consumer.stream.config().maxMsgSize();
      rate = new RateLimit(bitsPerSecond, most > 0 ? most : DEFAULT_BURST_BYTES, nowNanos);
    }
    subscriptions = consumer.stream.bus().watch(deliverSubject, this::subscriptionsChanged);
    subscriptionsChanged();
  }

  private void subscriptionsChanged() {
    boolean now = consumer.stream.bus().isSubscribed(deliverSubject, deliverGroup);
    if (now == bound) {
      return;
    }
    bound = now;
    long at = consumer.clock().nanos();
    unboundSinceNanos = at;
    heartbeatAtNanos = at + heartbeatNanos;
    if (bound) {
      consumer.wake();
    }
    consumer.arm();
  }

  @Override
  public boolean isOpen() {
    FlowControlWindow control = window;
    return bound && (control == null || !control.isClosed());
  }

  @Override
  public void beginRun(long runNanos) {
    nowNanos = runNanos;
    waitsForRate = false;
  }

  @Override
  public byte @Nullable [] next(int bytes) {
    RateLimit limit = rate;
    long wait = limit == null ? 0 : limit.waitNanos(bytes, nowNanos);
    waitsForRate = wait > 0;
    mayGoOnAtNanos = nowNanos + wait;
    return waitsForRate ? null : deliverSubject;
  }

  @Override
  public MessageBus.Delivery send(
      byte[] to, MessageFrame frame, StoredMessage message, long numPending, Runnable whenDrained) {
    return consumer.stream.bus().send(to, frame, whenDrained);
  }

  @Override
  public void sent(long seq, int bytes, MessageBus.Delivery outcome) {
    heartbeatAtNanos = nowNanos + heartbeatNanos;
    RateLimit limit = rate;
    if (limit != null) {
      limit.sent(bytes);
    }
    FlowControlWindow control = window;
    if (control == null) {
      return;
    }
    boolean half = control.sent(bytes);
    boolean full = acknowledged && control.asked().isEmpty() && consumer.atMaxAckPending();
    if (half || full) {
      ask(control);
    }
  }

  private void ask(FlowControlWindow control) {
    String token = Names.token(consumer.stream.random());
    String subject = "$JS.FC." + consumer.stream.name + "." + consumer.name + "." + token;
    control.ask(subject);
    consumer.stream.send(
        deliverSubject, Subject.bytes(subject), FLOW_CONTROL_REQUEST, OutputBuffer.NO_BYTES);
  }

  /** The receiver answered a flow control request; false when it is not the one awaited. */
  boolean onFlowControl(String subject) {
    FlowControlWindow control = window;
    if (control == null || !control.answered(subject)) {
      return false;
    }
    consumer.wake();
    return true;
  }

  @Override
  public void look(boolean endOfStream) {
    long now = consumer.clock().nanos();
    if (bound && heartbeatNanos > 0 && now - heartbeatAtNanos >= 0) {
      FlowControlWindow control = window;
      consumer.send(deliverSubject, consumer.idleHeartbeat(control == null ? "" : control.asked()));
      heartbeatAtNanos = now + heartbeatNanos;
      boolean pending = acknowledged && !consumer.state.pending.isEmpty();
      if (control != null && pending && control.asked().isEmpty()) {
        ask(control); // so that the last ones are acknowledged, too
      }
    }
  }

  @Override
  public long dueInNanos(long now) {
    long due = bound && heartbeatNanos > 0 ? heartbeatAtNanos - now : Long.MAX_VALUE;
    return waitsForRate ? Math.min(due, mayGoOnAtNanos - now) : due;
  }

  @Override
  public long idleSinceNanos(long now) {
    return bound ? now : unboundSinceNanos;
  }

  @Override
  public int waiting() {
    return 0;
  }

  @Override
  public boolean isBound() {
    return bound;
  }

  @Override
  public void close(byte[] farewell) {
    bound = false;
    MessageBus.Registration watched = subscriptions;
    if (watched != null) {
      watched.cancel();
    }
  }

  @Override
  public void shutDown() {
    // who is subscribed hears of the end of the server by the end of the connection
  }
}
