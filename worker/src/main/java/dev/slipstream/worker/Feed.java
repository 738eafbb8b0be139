// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.client.ConsumeOptions;
import dev.slipstream.client.Consumption;
import dev.slipstream.client.JsMessage;
import dev.slipstream.client.PullConsumer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a consumer on their way to a worker, from one connection to its loss, or those of
 * a {@link MessageSource}.
 *
 * <p>Messages are handled on the executor of the options; a thread is taken only while there is a
 * message. {@link #close} is for any thread.
 */
final class Feed {
  private final Predicate<JsMessage> handler;
  private final CompletableFuture<Object> closed = new CompletableFuture<>();
  private volatile boolean closing;
  private volatile boolean handled;
  private volatile @Nullable Runnable stop;

  /**
   * @param handler handles a message and settles it; false when no other is to be handled
   */
  Feed(Predicate<JsMessage> handler) {
    this.handler = handler;
  }

  /** Begins to pull. */
  void open(PullConsumer consumer, ConsumeOptions options) {
    Consumption begun = begun(() -> consume(consumer, options));
    begun.closed().thenAccept(closed::complete);
    stopBy(() -> begun.drain(Duration.ZERO));
  }

  /** Begins an intake, whose consumptions are begun by {@link #consume}. */
  void open(Supplier<MessageSource.Intake> intake) {
    MessageSource.Intake begun = begun(intake);
    begun.closed().thenAccept(closed::complete);
    stopBy(begun::stop);
  }

  /** Begins a consumption of this feed. */
  Consumption consume(PullConsumer consumer, ConsumeOptions options) {
    return consumer.consume(options, this::onMessage);
  }

  private <T> T begun(Supplier<T> beginning) {
    try {
      return beginning.get();
    } catch (RuntimeException | Error failure) {
      closed.complete(failure);
      throw failure;
    }
  }

  private void stopBy(Runnable way) {
    stop = way;
    if (closing) {
      way.run();
    }
  }

  /** Done when the handler is not called any more. */
  CompletableFuture<Object> closed() {
    return closed;
  }

  /** Whether this was asked to close, here and not by the server. */
  boolean isClosing() {
    return closing;
  }

  /** Whether a message has come. */
  boolean hasHandled() {
    return handled;
  }

  /** Asks to close; a message that comes after this is handed back. */
  void close() {
    closing = true;
    Runnable way = stop;
    if (way != null) {
      way.run();
    }
  }

  private void onMessage(JsMessage message) {
    if (closing) {
      message.nak();
      return;
    }
    handled = true;
    if (!handler.test(message)) {
      closing = true;
    }
  }
}
