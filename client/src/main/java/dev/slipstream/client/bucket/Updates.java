// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.base.WaitingIterator;
import dev.slipstream.client.Closed;
import dev.slipstream.client.ConsumeEndedException;
import dev.slipstream.client.JsMessage;
import dev.slipstream.client.Messages;
import dev.slipstream.client.OrderedConsumer;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The changes of a bucket, for a thread that takes them one by one; among them, once, an empty
 * element when all that was there at the start has been taken.
 *
 * <p>It goes on after reconnects and restarts of servers, and brings each change once. Changes are
 * pulled ahead, within a window. An end that was asked for ends the iteration, any other throws
 * {@link ConsumeEndedException}. To be taken from by one thread at a time, and to be stopped by
 * any; an iterator goes on where the one before was left.
 *
 * @param <T> what tells of a change
 */
public final class Updates<T> implements Iterable<Optional<T>>, AutoCloseable {
  private final Messages messages;
  private final Iterator<JsMessage> source;
  private final Function<JsMessage, Optional<T>> reading;
  private final Backlog backlog;
  private final WaitingIterator<Optional<T>> elements = new WaitingIterator<>(this::take);
  private boolean markerDue;

  private Updates(Backlog backlog, Messages messages, Function<JsMessage, Optional<T>> reading) {
    this.backlog = backlog;
    this.messages = messages;
    this.reading = reading;
    source = messages.iterator();
    markerDue = backlog.isOver();
  }

  /**
   * Begins.
   *
   * @param reading what a message tells; empty for what is not to come
   */
  static <T> Updates<T> begin(OrderedConsumer ordered, Function<JsMessage, Optional<T>> reading) {
    return new Updates<>(new Backlog(ordered), ordered.messages(), reading);
  }

  /** Changes as they come. {@code hasNext} waits. */
  @Override
  public Iterator<Optional<T>> iterator() {
    return elements;
  }

  /** Changes as they come, in order; {@code takeWhile(Optional::isPresent)} is what is there. */
  public Stream<Optional<T>> stream() {
    return elements.stream();
  }

  /** Ends it; what waits is dropped. */
  public void stop() {
    messages.stop();
  }

  /** Done when there are no more, with the reason. */
  public CompletableFuture<Closed> closed() {
    return messages.closed();
  }

  /** As {@link #stop}. */
  @Override
  public void close() {
    stop();
  }

  /** Waits for the next element; null when there are no more. */
  private @Nullable Optional<T> take() {
    while (!markerDue && source.hasNext()) {
      JsMessage message = source.next();
      markerDue = backlog.endsWith(message);
      Optional<T> change = reading.apply(message);
      if (change.isPresent()) {
        return change;
      }
    }
    boolean marks = markerDue;
    markerDue = false;
    return marks ? Optional.empty() : null;
  }
}
