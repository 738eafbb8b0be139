// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.base.WaitingIterator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one fetch, as they come: to be iterated once, while they arrive.
 *
 * <p>The iteration ends when the fetch does; {@link #end} says why. A fetch that failed throws its
 * cause behind the last message. Closing it early hands back what was not taken. For one thread.
 */
public final class FetchResult implements Iterable<JsMessage>, AutoCloseable {
  private final Handover<JsMessage> queue;
  private final CompletableFuture<End> end = new CompletableFuture<>();
  private final Connection connection;
  private final @Nullable DeliveryWatch watch;
  private final FetchSession session;
  private boolean exhausted;

  FetchResult(ConsumerLink link, Fetch fetch) {
    connection = link.connection();
    queue = new Handover<>(connection.loop());
    watch = link.watch();
    session = new FetchSession(link, fetch, queue, end);
  }

  void start() {
    connection.onLoop(session::begin);
  }

  /** The next message; null when none came in time, or when there are no more. */
  public @Nullable JsMessage poll(Duration limit) throws InterruptedException {
    if (exhausted) {
      return null;
    }
    return took(queue.poll(TimeUnit.NANOSECONDS.convert(limit)));
  }

  /** Messages as they come; {@code hasNext} waits. */
  @Override
  public Iterator<JsMessage> iterator() {
    return new WaitingIterator<>(this::takeOrThrow);
  }

  /** Messages as they come. */
  public Stream<JsMessage> stream() {
    return new WaitingIterator<>(this::takeOrThrow).stream();
  }

  /** All messages; waits for the end. Throws the cause of a failed fetch only without messages. */
  public List<JsMessage> toList() {
    List<JsMessage> all = new ArrayList<>();
    for (JsMessage message = take(); message != null; message = take()) {
      all.add(message);
    }
    if (all.isEmpty()) {
      throwFailure();
    }
    return all;
  }

  /** Why there are no more messages; waits for the end. */
  public End end() {
    return Await.value(end, "a fetch");
  }

  /** Ends the fetch; messages that were not taken are handed back. */
  @Override
  public void close() {
    exhausted = true;
    connection.loop().offer(session::cancel);
    for (JsMessage each = queue.poll(); each != null; each = queue.poll()) {
      if (each != JsMessage.END) {
        each.handBack();
      }
    }
  }

  private @Nullable JsMessage took(@Nullable JsMessage message) {
    if (message == JsMessage.END) {
      exhausted = true;
      return null;
    }
    if (message != null && watch != null) {
      watch.taken(message);
    }
    return message;
  }

  private @Nullable JsMessage take() {
    return exhausted ? null : took(Await.next(queue::take, "a fetch"));
  }

  private @Nullable JsMessage takeOrThrow() {
    JsMessage message = take();
    if (message == null && end.isDone()) {
      throwFailure();
    }
    return message;
  }

  private void throwFailure() {
    if (end() instanceof End.Failed failed) {
      throw failed.cause();
    }
  }
}
