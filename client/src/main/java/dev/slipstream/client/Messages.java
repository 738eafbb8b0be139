// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.base.WaitingIterator;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A consumer's messages without end, for threads that take them: as an iterator, a stream, or one
 * by one.
 *
 * <p>Messages are pulled ahead, within the window of the options. An end that was asked for (stop,
 * drain, limit) ends the iteration; any other throws {@link ConsumeEndedException} behind the last
 * message. Thread-safe: each message goes to one taker.
 */
public abstract sealed class Messages implements Iterable<JsMessage>, AutoCloseable
    permits PulledMessages, OrderedMessages {
  private final LinkedTransferQueue<JsMessage> queue = new LinkedTransferQueue<>();

  Messages() {}

  /**
   * The next message; waits for it.
   *
   * @throws ConsumeEndedException when there are no more, whatever the reason
   */
  public JsMessage take() throws InterruptedException {
    JsMessage message = took(queue.take());
    if (message == null) {
      throw new ConsumeEndedException(reason());
    }
    return message;
  }

  /** The next message; null when none came in time, or when there are no more. */
  public @Nullable JsMessage poll(Duration limit) throws InterruptedException {
    return took(queue.poll(TimeUnit.NANOSECONDS.convert(limit), TimeUnit.NANOSECONDS));
  }

  /** The next message if one waits. */
  public @Nullable JsMessage poll() {
    return took(queue.poll());
  }

  /**
   * Messages as they come. {@code hasNext} waits; an interrupt ends it with {@link
   * RequestInterruptedException}.
   */
  @Override
  public Iterator<JsMessage> iterator() {
    return new WaitingIterator<>(this::takeUntilEnd);
  }

  /** Messages as they come, in order. */
  public Stream<JsMessage> stream() {
    return new WaitingIterator<>(this::takeUntilEnd).stream();
  }

  /**
   * Ends it: messages that wait are handed back. When this returns the server has acknowledged that
   * it delivers no more, or 2 s have passed, or there is no connection.
   */
  public void stop() {
    consumption().stop();
  }

  /** Takes no more messages from the server; those that came can be taken, until the limit. */
  public CompletableFuture<Closed> drain(Duration limit) {
    return consumption().drain(limit);
  }

  /** Done when no message can be taken any more, with the reason. */
  public CompletableFuture<Closed> closed() {
    return consumption().closed();
  }

  /** What it is doing now. */
  public ConsumptionState state() {
    return consumption().state();
  }

  /** As {@link #stop}. */
  @Override
  public void close() {
    stop();
  }

  /** What brings the messages. */
  abstract Consumption consumption();

  /** Puts a message, or {@link JsMessage#END}, where takers wait. */
  final void offer(JsMessage message) {
    queue.add(message);
  }

  /** Takes back what waits; null when nothing does. */
  final @Nullable JsMessage takeBack() {
    return queue.poll();
  }

  /** A message was taken. */
  abstract void onTaken(JsMessage message);

  /** All that came was taken. */
  abstract void onAllTaken();

  /** Why there are no more; for who has found the end. */
  abstract Closed reason();

  private @Nullable JsMessage took(@Nullable JsMessage message) {
    if (message == null) {
      return null;
    }
    if (message == JsMessage.END) {
      queue.add(message); // for others that take
      onAllTaken();
      return null;
    }
    onTaken(message);
    return message;
  }

  private @Nullable JsMessage takeUntilEnd() {
    JsMessage message = took(Await.next(queue::take, "waiting for a message"));
    if (message == null && !reason().isOrderly()) {
      throw new ConsumeEndedException(reason());
    }
    return message;
  }
}
