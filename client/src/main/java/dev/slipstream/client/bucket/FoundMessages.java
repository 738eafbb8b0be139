// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.client.ConsumeEndedException;
import dev.slipstream.client.Consumption;
import dev.slipstream.client.JetStreamException;
import dev.slipstream.client.JsMessage;
import dev.slipstream.client.MessageHandler;
import dev.slipstream.client.NatsException;
import dev.slipstream.client.OrderedConsumer;
import dev.slipstream.client.RequestInterruptedException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** What an ordered consumer finds when it is made, for a thread that waits until all has come. */
final class FoundMessages {
  private final CompletableFuture<Void> all = new CompletableFuture<>();
  private final AtomicLong arrived = new AtomicLong();
  private final Backlog backlog;
  private final MessageHandler<JsMessage> handler;

  private FoundMessages(Backlog backlog, MessageHandler<JsMessage> handler) {
    this.backlog = backlog;
    this.handler = handler;
  }

  /**
   * Hands on each message, on a thread of the client, and waits for the last one.
   *
   * @param silence how long nothing may come
   * @throws ConsumeEndedException when the consumption ended before
   * @throws JetStreamException when nothing came for too long, or the handler failed
   */
  static void forEach(
      OrderedConsumer ordered, Duration silence, MessageHandler<JsMessage> handler) {
    Backlog backlog = new Backlog(ordered);
    if (backlog.isOver()) {
      return;
    }
    FoundMessages found = new FoundMessages(backlog, handler);
    try (Consumption consumption = ordered.consume(found::onMessage)) {
      found.await(consumption, silence);
    }
  }

  private void onMessage(JsMessage message) {
    if (all.isDone()) {
      return; // it came later, or behind a failure
    }
    try {
      handler.onMessage(message);
    } catch (Exception failure) {
      all.completeExceptionally(failure);
      return;
    }
    arrived.incrementAndGet();
    if (backlog.endsWith(message)) {
      all.complete(null);
    }
  }

  private void await(Consumption consumption, Duration silence) {
    consumption
        .closed()
        .thenAccept(why -> all.completeExceptionally(new ConsumeEndedException(why)));
    for (long before = -1; before != arrived.get(); ) {
      before = arrived.get();
      if (isDone(silence)) {
        return;
      }
    }
    throw new JetStreamException("the server has sent nothing for " + silence);
  }

  private boolean isDone(Duration silence) {
    try {
      all.get(TimeUnit.NANOSECONDS.convert(silence), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException notYet) {
      return false;
    } catch (ExecutionException failed) {
      throw failed.getCause() instanceof NatsException known
          ? known
          : new JetStreamException("what came cannot be used", failed.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new RequestInterruptedException("reading a bucket");
    }
  }
}
