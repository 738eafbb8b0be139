// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.client.Closed;
import dev.slipstream.client.ConsumeOptions;
import dev.slipstream.client.Consumption;
import dev.slipstream.client.JsMessage;
import dev.slipstream.client.PullConsumer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a consumer on their way to a worker: one is asked for, handled and settled before
 * the next is asked for.
 *
 * <p>Messages are handled where the client runs handlers, one at a time; a thread is taken only
 * while there is a message. {@link #close} and {@link #interrupt} are for any thread.
 */
final class Feed {
  private static final ConsumeOptions ONE_BY_ONE =
      ConsumeOptions.builder()
          .maxMessages(1)
          .maxBytes(0)
          .onError(ConsumeOptions.OnError.LEAVE)
          .build();

  private final Handler handler;
  private final InterruptGate gate = new InterruptGate();
  private final CompletableFuture<Closed> closed = new CompletableFuture<>();
  private volatile boolean closing;
  private volatile boolean handled;
  private volatile @Nullable Consumption consumption;

  /** Handles a message and settles it. */
  interface Handler {
    /**
     * Handles.
     *
     * @return false when no other message is to be handled
     */
    boolean handle(JsMessage message);
  }

  Feed(Handler handler) {
    this.handler = handler;
  }

  /** Begins to pull. */
  void open(PullConsumer consumer) {
    Consumption begun;
    try {
      begun = consumer.consume(ONE_BY_ONE, this::onMessage);
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

  /** Interrupts the handler. */
  void interrupt() {
    gate.interrupt();
  }

  /** Whether the handler is what calls. */
  boolean isHere() {
    return gate.isHere();
  }

  private void onMessage(JsMessage message) {
    if (closing) {
      message.nak();
      return;
    }
    handled = true;
    gate.enter();
    try {
      if (!handler.handle(message)) {
        closing = true;
      }
    } finally {
      gate.exit();
    }
  }
}
