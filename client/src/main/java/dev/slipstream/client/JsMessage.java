// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.wire.AckBody;
import dev.slipstream.protocol.wire.AckSubject;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * A message that a consumer delivered, to be settled once: acked, naked or termed.
 *
 * <p>Any thread may settle it, at any time; of several that race one wins and sends one frame.
 * While the connection is down what is sent waits for the next one, within the client's bound of
 * buffered bytes.
 */
public final class JsMessage extends Message {
  private static final byte[] ACK = AckBody.ACK.bytes();
  private static final byte[] NAK = AckBody.NAK.bytes();
  private static final byte[] TERM = AckBody.TERM.bytes();
  private static final byte[] PROGRESS = AckBody.PROGRESS.bytes();

  private static final AtomicReferenceFieldUpdater<JsMessage, AckState> STATE =
      AtomicReferenceFieldUpdater.newUpdater(JsMessage.class, AckState.class, "state");
  private static final AtomicIntegerFieldUpdater<JsMessage> TURN =
      AtomicIntegerFieldUpdater.newUpdater(JsMessage.class, "turn");

  /** Values of {@link #turn}: in the handler of a consumption; its ack waits for the handler. */
  private static final int IN_HANDLER = 1;

  private static final int ACK_WAITS = 2;

  /** Stands behind the last message of a queue; is never handed out. */
  static final JsMessage END = new JsMessage();

  private final @Nullable ConsumerLink link;
  private volatile AckState state = AckState.PENDING;
  private volatile boolean handled;

  /** Where it is in a consumption; 0 before and behind its handler. */
  private volatile int turn;

  /** Who is told of its settlement; set before the application gets it. */
  private List<Guarded<Interceptor.Handling>> handlings = List.of();

  JsMessage(MessageFrame frame, ConsumerLink link) {
    super(frame);
    this.link = link;
  }

  private JsMessage() {
    super(new MessageFrame());
    this.link = null;
  }

  /**
   * Where it comes from.
   *
   * @throws IllegalStateException when its reply subject does not tell
   */
  public MessageInfo info() {
    AckSubject subject = AckSubject.parse(line(), replyFrom(), line().length);
    if (subject == null) {
      throw new IllegalStateException("not the reply subject of a consumer: " + reply());
    }
    return MessageInfo.of(subject);
  }

  /** How often it was delivered, this time included; 1 if its reply subject does not tell. */
  long deliveries() {
    AckSubject subject = AckSubject.parse(line(), replyFrom(), line().length);
    return subject == null ? 1 : subject.delivered();
  }

  void setHandlings(List<Guarded<Interceptor.Handling>> watching) {
    handlings = watching;
  }

  List<Guarded<Interceptor.Handling>> handlings() {
    return handlings;
  }

  /** Nobody works on it any more, whether it is settled or not. */
  void setHandled() {
    handled = true;
  }

  boolean isHandled() {
    return handled;
  }

  /** What was said about it. */
  public AckState ackState() {
    return state;
  }

  /**
   * Says that it is done.
   *
   * @return whether this call settled it: false when it was settled before, or when nothing can be
   *     sent because the client is closed or its buffer full
   */
  public boolean ack() {
    return settle(AckState.ACKED, ACK);
  }

  /**
   * Says that it is done, and lets the consumption ask for the next one in the same frame: in the
   * handler of a {@link PullConsumer#consume} the ack goes out when the handler returns, with the
   * next pull if one is due then. Anywhere else it is an {@link #ack}.
   *
   * <p>One frame instead of two pays where each message is asked for by itself ({@code
   * maxMessages(1)}).
   */
  public boolean ackNext() {
    if (!STATE.compareAndSet(this, AckState.PENDING, AckState.ACKED)) {
      return false;
    }
    if (!TURN.compareAndSet(this, IN_HANDLER, ACK_WAITS) && !send(ACK)) {
      state = AckState.PENDING;
      return false;
    }
    tellSettled(AckState.ACKED);
    return true;
  }

  /** The handler of a consumption begins. */
  void beginTurn() {
    TURN.lazySet(this, IN_HANDLER);
  }

  /** The handler has returned; whether an {@link #ackNext} waits for that and is to be sent now. */
  boolean endTurn() {
    return TURN.getAndSet(this, 0) == ACK_WAITS;
  }

  /** The ack that waited for its handler cannot be sent any more. */
  void refuseAck() {
    state = AckState.PENDING;
  }

  /** Asks for it to be delivered again, at once; as {@link #ack} otherwise. */
  public boolean nak() {
    return settle(AckState.NAKED, NAK);
  }

  /** Asks for it to be delivered again after {@code delay}; as {@link #ack} otherwise. */
  public boolean nak(Duration delay) {
    String body = "-NAK {\"delay\":" + TimeUnit.NANOSECONDS.convert(delay) + "}";
    return settle(AckState.NAKED, body.getBytes(StandardCharsets.US_ASCII));
  }

  /** Asks for it never to be delivered again; as {@link #ack} otherwise. */
  public boolean term() {
    return settle(AckState.TERMED, TERM);
  }

  /** As {@link #term()}, with a reason that the server reports in its advisory. */
  public boolean term(String reason) {
    return settle(AckState.TERMED, ("+TERM " + reason).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Says that it is being worked on: the consumer's ack wait begins anew.
   *
   * @return whether that was sent: false when the message was settled before
   */
  public boolean inProgress() {
    boolean sent = state == AckState.PENDING && send(PROGRESS);
    if (sent) {
      tellInProgress();
    }
    return sent;
  }

  void tellInProgress() {
    DeliveryWatch watch = watch();
    if (watch != null) {
      watch.inProgress();
    }
  }

  /**
   * Says that it is done and waits for the server's word that it knows.
   *
   * @throws IllegalStateException when it was settled before
   * @throws RequestTimeoutException when no word comes; it may be tried again then
   */
  public void ackConfirmed(Duration timeout) {
    FutureCall call = confirmCall(timeout, null);
    Await.value(call.future(), "a confirmed ack");
    tellSettled(AckState.ACKED);
  }

  /** As {@link #ackConfirmed}, without waiting. */
  public CompletableFuture<Void> ackConfirmedAsync(Duration timeout) {
    Lane<Runnable> callbacks = link == null ? null : link.connection().callbacks();
    return confirmCall(timeout, callbacks)
        .future()
        .thenAccept(reply -> tellSettled(AckState.ACKED));
  }

  private FutureCall confirmCall(Duration timeout, @Nullable Lane<Runnable> callbacks) {
    String reply = reply();
    if (reply == null
        || link == null
        || !STATE.compareAndSet(this, AckState.PENDING, AckState.ACKED)) {
      throw new IllegalStateException("the message was settled before: " + state);
    }
    FutureCall call =
        new FutureCall(reply, timeout, callbacks) {
          @Override
          void onFailure(NatsException failure) {
            state = AckState.PENDING;
            super.onFailure(failure);
          }
        };
    try {
      Connection connection = link.connection();
      connection.send(connection.requests().frame(call, OutputBuffer.NO_BYTES, ACK));
    } catch (RuntimeException | Error e) {
      state = AckState.PENDING;
      throw e;
    }
    return call;
  }

  /** Hands it back, because nobody is going to handle it; as {@link #nak()} otherwise. */
  boolean handBack() {
    boolean sent = change(AckState.NAKED, NAK);
    DeliveryWatch watch = watch();
    if (sent && watch != null) {
      watch.handedBack();
    }
    return sent;
  }

  private boolean settle(AckState as, byte[] body) {
    boolean sent = change(as, body);
    if (sent) {
      tellSettled(as);
    }
    return sent;
  }

  private boolean change(AckState as, byte[] body) {
    if (!STATE.compareAndSet(this, AckState.PENDING, as)) {
      return false;
    }
    if (!send(body)) {
      state = AckState.PENDING;
      return false;
    }
    return true;
  }

  private void tellSettled(AckState as) {
    DeliveryWatch watch = watch();
    if (watch != null) {
      watch.settled(this, as);
    }
  }

  private @Nullable DeliveryWatch watch() {
    return link == null ? null : link.watch();
  }

  private boolean send(byte[] body) {
    int end = line().length;
    if (link == null || replyFrom() == end) {
      return false;
    }
    try {
      Connection connection = link.connection();
      connection.send(new Frame(connection, Frame.publish(line(), replyFrom(), end, body)));
      return true;
    } catch (ConnectionClosedException | QueueFullException | RequestInterruptedException e) {
      return false;
    }
  }
}
