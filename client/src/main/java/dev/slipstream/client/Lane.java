// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands items to a handler one at a time, in order, on threads of an executor: what the loop gives
 * to code of the application.
 *
 * <p>Takes a thread only while there is something to handle. Without a bound of its own: who adds
 * keeps count.
 */
final class Lane<T> implements Runnable {
  private static final System.Logger LOG = System.getLogger(Lane.class.getName());

  private final Executor executor;
  private final Consumer<? super T> handler;
  private final ConcurrentLinkedQueue<T> queue = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private volatile @Nullable Thread runner;

  /** Non-null where the loop adds. */
  private final @Nullable OnceATurn beginning;

  /** A lane that any thread adds to. */
  Lane(Executor executor, Consumer<? super T> handler) {
    this.executor = executor;
    this.handler = handler;
    beginning = null;
  }

  /**
   * A lane that the loop adds to, and that begins at the end of its turn: a thread that is woken
   * for the first of many items would overtake the loop, sleep, and be woken again.
   */
  Lane(ClientLoop loop, Executor executor, Consumer<? super T> handler) {
    this.executor = executor;
    this.handler = handler;
    beginning = new OnceATurn(loop, this::begin);
  }

  /** Adds an item. */
  void add(T item) {
    queue.add(item);
    if (beginning == null) {
      begin();
    } else {
      beginning.plan();
    }
  }

  private void begin() {
    if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
      try {
        executor.execute(this);
      } catch (RejectedExecutionException closed) {
        queue.clear();
      }
    }
  }

  /** Takes back an item that waits; any thread. */
  @Nullable T takeBack() {
    return queue.poll();
  }

  /** Whether the calling thread is inside the handler. */
  boolean isRunningHere() {
    return runner == Thread.currentThread();
  }

  @Override
  public void run() {
    runner = Thread.currentThread();
    do {
      for (T item = queue.poll(); item != null; item = queue.poll()) {
        handle(item);
      }
      runner = null;
      scheduled.set(false);
      if (queue.isEmpty() || !scheduled.compareAndSet(false, true)) {
        return;
      }
      runner = Thread.currentThread();
    } while (true);
  }

  private void handle(T item) {
    try {
      handler.accept(item);
    } catch (RuntimeException | Error failure) {
      LOG.log(System.Logger.Level.ERROR, "a handler failed", failure);
    }
  }
}
