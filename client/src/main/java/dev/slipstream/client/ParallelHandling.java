// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Handles messages of a consumption several at a time, each by itself.
 *
 * <p>What came and is neither handled nor taken back is counted, and one more until the end is
 * known, so that whoever brings the count to nothing is behind the last message.
 */
final class ParallelHandling implements PullSession.Receiver {
  private final BoundedThreads threads;
  private final Consumer<JsMessage> handler;
  private final Runnable allHandled;
  private final ConcurrentLinkedQueue<JsMessage> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger unfinished = new AtomicInteger(1);

  /**
   * @param handler handles a message and fails with nothing
   * @param allHandled runs behind the last message, on one of the threads
   */
  ParallelHandling(
      HandlerThreads threads, int parallelism, Consumer<JsMessage> handler, Runnable allHandled) {
    this.threads = new BoundedThreads(threads, parallelism);
    this.handler = handler;
    this.allHandled = allHandled;
  }

  @Override
  public void add(JsMessage message) {
    unfinished.incrementAndGet();
    waiting.add(message);
    threads.execute(this::handleNext);
  }

  @Override
  public void onEnd(Closed why) {
    finished();
  }

  @Override
  public @Nullable JsMessage takeBack() {
    JsMessage message = waiting.poll();
    if (message != null) {
      finished();
    }
    return message;
  }

  private void handleNext() {
    JsMessage message = waiting.poll();
    if (message == null) {
      return; // taken back
    }
    try {
      handler.accept(message);
    } finally {
      finished();
    }
  }

  private void finished() {
    if (unfinished.decrementAndGet() == 0) {
      threads.execute(allHandled);
    }
  }
}
