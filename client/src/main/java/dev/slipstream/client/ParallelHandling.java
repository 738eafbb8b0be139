// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Handles messages of a consumption several at a time, each by itself. */
final class ParallelHandling implements PullSession.Receiver {
  private final BoundedThreads threads;
  private final Consumer<JsMessage> handler;
  private final ConcurrentLinkedQueue<JsMessage> waiting = new ConcurrentLinkedQueue<>();
  private final Unfinished unfinished;

  /**
   * @param handler handles a message and fails with nothing
   * @param allHandled runs behind the last message, on one of the threads
   */
  ParallelHandling(
      Executor threads, int parallelism, Consumer<JsMessage> handler, Runnable allHandled) {
    this.threads = new BoundedThreads(threads, parallelism);
    unfinished = new Unfinished(threads, allHandled);
    this.handler = handler;
  }

  @Override
  public void add(JsMessage message) {
    unfinished.begin();
    waiting.add(message);
    threads.execute(this::handleNext);
  }

  @Override
  public void onEnd(Closed why) {
    unfinished.finish();
  }

  @Override
  public @Nullable JsMessage takeBack() {
    JsMessage message = waiting.poll();
    if (message != null) {
      unfinished.finish();
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
      unfinished.finish();
    }
  }
}
