// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Calls a handler for each message of a consumption, and does with its failures what the options
 * say. Runs on the handler's threads.
 */
final class HandlerCalls {
  private static final Duration FIRST_NAK_DELAY = Duration.ofMillis(250);
  private static final int MOST_DOUBLINGS = 7;

  private final Connection connection;
  private final MessageHandler<? super JsMessage> handler;
  private final PullSession session;

  private HandlerCalls(
      ConsumerLink link,
      ConsumeOptions options,
      @Nullable KeepAlive keepAlive,
      MessageHandler<? super JsMessage> handler) {
    connection = link.connection();
    this.handler = handler;
    session = new PullSession(link, options, keepAlive, handling(options));
  }

  /** A consumption that has not begun, for a handler. */
  static PullSession session(
      ConsumerLink link,
      ConsumeOptions options,
      @Nullable KeepAlive keepAlive,
      MessageHandler<? super JsMessage> handler) {
    return new HandlerCalls(link, options, keepAlive, handler).session;
  }

  private PullSession.Receiver handling(ConsumeOptions options) {
    Executor given = options.executor();
    Executor threads = given == null ? connection.threads() : connection.threads().on(given);
    Function<? super JsMessage, ?> key = options.orderedBy();
    if (options.parallelism() == 1) {
      return new SerialHandling(connection.loop(), threads, this::handle, this::allHandled);
    }
    if (key == null) {
      return new ParallelHandling(threads, options.parallelism(), this::handle, this::allHandled);
    }
    return new KeyedHandling(
        connection.loop(),
        threads,
        options.parallelism(),
        key,
        this::handle,
        this::keyFailed,
        this::allHandled);
  }

  private void handle(JsMessage message) {
    if (session.isStopped()) {
      session.refused(message);
      return;
    }
    message.beginTurn();
    try {
      handler.onMessage(message);
    } catch (Exception | Error failure) {
      failed(message, failure);
    } finally {
      session.released(message);
    }
  }

  private void keyFailed(JsMessage message, Throwable failure) {
    try {
      failed(message, failure);
    } finally {
      session.released(message);
    }
  }

  private void allHandled() {
    session.complete();
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
}
