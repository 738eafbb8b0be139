// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a consumer on their way to one subscriber of {@link Flow}: the server is asked
 * for what the subscriber has requested, and for no more.
 *
 * <p>Signals come one at a time, on threads of the client; {@link #request} and {@link #cancel} may
 * be called by any thread.
 */
final class MessageFlow implements Flow.Subscription {
  private final Connection connection;
  private final Flow.Subscriber<? super JsMessage> subscriber;
  private final MessageHandler<? super JsMessage> next;
  private final PullSession session;

  /** What may still be requested; the rest of {@link ConsumeOptions.Builder#stopAfter}. */
  private final AtomicLong requestable;

  private volatile boolean cancelled;
  private volatile @Nullable Throwable failure;

  MessageFlow(
      ConsumerLink link,
      ConsumeOptions options,
      @Nullable KeepAlive keepAlive,
      Flow.Subscriber<? super JsMessage> subscriber) {
    connection = link.connection();
    this.subscriber = subscriber;
    next = DeliveryWatch.around(link.watch(), subscriber::onNext);
    requestable = new AtomicLong(options.stopAfter());
    PullLimits limits = options.limits().deliveringAtMost(0);
    SerialHandling signals =
        new SerialHandling(connection.loop(), connection.threads(), this::signal, this::signalEnd);
    session = new PullSession(link, options, limits, keepAlive, signals);
  }

  void start() {
    subscriber.onSubscribe(this);
    try {
      session.startDrainable();
    } catch (ConnectionClosedException over) {
      subscriber.onError(over);
    }
  }

  @Override
  public void request(long messages) {
    if (messages < 1) {
      fail(new IllegalArgumentException("not a number of messages: " + messages));
      return;
    }
    long before = requestable.getAndUpdate(left -> left - Math.min(left, messages));
    long granted = Math.min(before, messages);
    if (granted > 0) {
      session.demand(granted);
    }
  }

  @Override
  public void cancel() {
    cancelled = true;
    session.stopSoon();
  }

  private void fail(Throwable cause) {
    if (failure == null) {
      failure = cause;
    }
    session.stopSoon();
  }

  private void signal(JsMessage message) {
    if (cancelled || failure != null || session.isStopped()) {
      session.refused(message);
      return;
    }
    try {
      next.onMessage(message);
    } catch (Exception | Error broken) {
      connection.emit(new ClientEvent.HandlerFailed(message.subject(), broken));
      fail(broken);
    } finally {
      session.released(message);
    }
  }

  private void signalEnd() {
    Closed why = session.reason();
    Throwable known = failure;
    session.complete();
    if (cancelled) {
      return;
    }
    if (known != null) {
      subscriber.onError(known);
    } else if (why.isOrderly()) {
      subscriber.onComplete();
    } else {
      subscriber.onError(new ConsumeEndedException(why));
    }
  }
}
