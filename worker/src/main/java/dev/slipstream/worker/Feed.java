// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.client.Closed;
import dev.slipstream.client.ConsumeOptions;
import dev.slipstream.client.Consumption;
import dev.slipstream.client.JsMessage;
import dev.slipstream.client.PullConsumer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a consumer on their way to a worker, from one connection to its loss.
 *
 * <p>Messages are handled on the executor of the options; a thread is taken only while there is a
 * message. {@link #close} is for any thread.
 */
final class Feed {
  private final Predicate<JsMessage> handler;
  private final CompletableFuture<Closed> closed = new CompletableFuture<>();
  private volatile boolean closing;
  private volatile boolean handled;
  private volatile @Nullable Consumption consumption;

  /**
   * @param handler handles a message and settles it; false when no other is to be handled
   */
  Feed(Predicate<JsMessage> handler) {
    this.handler = handler;
  }

  /** Begins to pull. */
  void open(PullConsumer consumer, ConsumeOptions options) {
    Consumption begun;
    try {
      begun = consumer.consume(options, this::onMessage);
    } catch (RuntimeException | Error failure) {
      closed.complete(new Closed.Stopped());
      throw failure;
    }
    consumption = begun;
    begun.closed().thenAccept(closed::complete);
    if (closing) {
      begun.drain(Duration.ZERO);
    }
  }

  /** Done when the handler is not called any more. */
  CompletableFuture<Closed> closed() {
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
    Consumption present = consumption;
    if (present != null) {
      present.drain(Duration.ZERO);
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
