// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A consumer's messages on their way to a handler, one at a time and in order, without end.
 *
 * <p>It pulls so that its window is always full, again at once when the connection comes back or
 * the consumer's leader changes. It ends when it is stopped or drained, or for one of the reasons
 * in {@link Closed}. Thread-safe.
 */
public final class Consumption implements AutoCloseable {
  private static final Duration FIRST_NAK_DELAY = Duration.ofMillis(250);
  private static final int MOST_DOUBLINGS = 7;

  private final Connection connection;
  private final MessageHandler<? super JsMessage> handler;
  private final Lane<JsMessage> lane;
  private final PullSession session;

  Consumption(
      ConsumerLink link, ConsumeOptions options, MessageHandler<? super JsMessage> handler) {
    connection = link.connection();
    this.handler = handler;
    lane = new Lane<>(connection.threads(), this::handle);
    session = new PullSession(link, options, new Taker());
  }

  void start() {
    connection.drainables().add(this::drain, session.closed());
    session.start();
  }

  /**
   * Ends it: the handler is not called any more, except that a call under way goes on; messages
   * that wait are handed back. When this returns the server has acknowledged that it delivers no
   * more to it, or 2 s have passed, or there is no connection.
   */
  public void stop() {
    session.stop(new Closed.Stopped());
  }

  /**
   * Takes no more messages and lets the handler finish those that came; stops at the limit.
   *
   * @return done when it is closed
   */
  public CompletableFuture<Closed> drain(Duration limit) {
    return session.drain(limit);
  }

  /** Done when the handler is not called any more, with the reason. */
  public CompletableFuture<Closed> closed() {
    return session.closed().copy();
  }

  /** What it is doing now. */
  public ConsumptionState state() {
    return session.snapshot();
  }

  /** As {@link #stop}. */
  @Override
  public void close() {
    stop();
  }

  private void handle(JsMessage message) {
    if (message == JsMessage.END) {
      session.complete();
      return;
    }
    if (session.isStopped()) {
      if (session.options().releaseOnStop()) {
        message.nak();
      }
      return;
    }
    try {
      handler.onMessage(message);
    } catch (Exception | Error failure) {
      failed(message, failure);
    } finally {
      session.released(message);
    }
  }

  private void failed(JsMessage message, Throwable failure) {
    if (failure instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    session.tell(new PullEvent.HandlerFailed(message, failure));
    connection.emit(new ClientEvent.HandlerFailed(message.subject(), failure));
    switch (session.options().onError()) {
      case NAK -> message.nak(nakDelay(message));
      case TERM -> message.term();
      case LEAVE -> {}
      case STOP -> {
        message.nak();
        session.stop(new Closed.HandlerFailed(failure));
      }
    }
  }

  private static Duration nakDelay(JsMessage message) {
    long doublings = Math.min(message.info().delivered() - 1, MOST_DOUBLINGS);
    return FIRST_NAK_DELAY.multipliedBy(1L << doublings);
  }

  private final class Taker implements PullSession.Receiver {
    @Override
    public void add(JsMessage message) {
      lane.add(message);
    }

    @Override
    public void onEnd(Closed why) {
      lane.add(JsMessage.END);
    }

    @Override
    public @Nullable JsMessage takeBack() {
      return lane.takeBack();
    }
  }
}
