// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The messages of one {@link PullConsumer} on their way to a handler. Thread-safe. */
final class PullConsumption implements Consumption {
  private static final Duration FIRST_NAK_DELAY = Duration.ofMillis(250);
  private static final int MOST_DOUBLINGS = 7;

  private final Connection connection;
  private final MessageHandler<? super JsMessage> handler;
  private final Lane<JsMessage> lane;
  private final PullSession session;

  PullConsumption(
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

  @Override
  public void stop() {
    session.stop(new Closed.Stopped());
  }

  /** Ends it soon, without waiting for anything; what came goes to the handler before. */
  void endSoon() {
    session.endSoon(new Closed.Stopped());
  }

  @Override
  public CompletableFuture<Closed> drain(Duration limit) {
    return session.drain(limit);
  }

  @Override
  public CompletableFuture<Closed> closed() {
    return session.closed().copy();
  }

  @Override
  public ConsumptionState state() {
    return session.snapshot();
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
