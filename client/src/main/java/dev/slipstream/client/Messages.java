// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A consumer's messages without end, for threads that take them: as an iterator, a stream, or one
 * by one.
 *
 * <p>Messages are pulled ahead, within the window of the options. An end that was asked for (stop,
 * drain, limit) ends the iteration; any other throws {@link ConsumeEndedException} behind the last
 * message. Thread-safe: each message goes to one taker.
 */
public final class Messages implements Iterable<JsMessage>, AutoCloseable {
  private final Connection connection;
  private final LinkedTransferQueue<JsMessage> queue = new LinkedTransferQueue<>();
  private final PullSession session;
  private volatile Closed reason = new Closed.Stopped();

  Messages(Connection connection, Api api, String stream, String consumer, ConsumeOptions options) {
    this.connection = connection;
    session = new PullSession(connection, api, stream, consumer, options, new Taker());
  }

  void start() {
    session.start();
  }

  /**
   * The next message; waits for it.
   *
   * @throws ConsumeEndedException when there are no more, whatever the reason
   */
  public JsMessage take() throws InterruptedException {
    JsMessage message = took(queue.take());
    if (message == null) {
      throw new ConsumeEndedException(reason);
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
    return new Taking();
  }

  /** Messages as they come, in order. */
  public Stream<JsMessage> stream() {
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(iterator(), Spliterator.ORDERED | Spliterator.NONNULL),
        false);
  }

  /**
   * Ends it: messages that wait are handed back. When this returns the server has acknowledged that
   * it delivers no more, or 2 s have passed, or there is no connection.
   */
  public void stop() {
    session.stop(new Closed.Stopped());
  }

  /** Takes no more messages from the server; those that came can be taken, until the limit. */
  public CompletableFuture<Closed> drain(Duration limit) {
    return session.drain(limit);
  }

  /** Done when no message can be taken any more, with the reason. */
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

  private @Nullable JsMessage took(@Nullable JsMessage message) {
    if (message == null) {
      return null;
    }
    if (message == JsMessage.END) {
      queue.add(message); // for others that take
      session.complete(reason);
      return null;
    }
    session.released(message);
    return message;
  }

  private final class Taking implements Iterator<JsMessage> {
    private @Nullable JsMessage next;

    @Override
    public boolean hasNext() {
      if (next != null) {
        return true;
      }
      try {
        next = took(queue.take());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new RequestInterruptedException("waiting for a message");
      }
      if (next == null && !isOrderly(reason)) {
        throw new ConsumeEndedException(reason);
      }
      return next != null;
    }

    @Override
    public JsMessage next() {
      JsMessage message = hasNext() ? next : null;
      next = null;
      if (message == null) {
        throw new NoSuchElementException();
      }
      return message;
    }
  }

  private static boolean isOrderly(Closed reason) {
    return reason instanceof Closed.Stopped
        || reason instanceof Closed.Drained
        || reason instanceof Closed.LimitReached;
  }

  private final class Taker implements PullSession.Receiver {
    @Override
    public void onMessage(JsMessage message) {
      queue.add(message);
    }

    @Override
    public void onEnd(Closed why) {
      reason = why;
      queue.add(JsMessage.END);
      if (!(why instanceof Closed.Drained)) {
        connection.callbacks().add(() -> session.complete(why));
      }
    }

    @Override
    public @Nullable JsMessage takeBack() {
      JsMessage message = queue.poll();
      if (message == JsMessage.END) {
        queue.add(message);
        return null;
      }
      return message;
    }
  }
}
