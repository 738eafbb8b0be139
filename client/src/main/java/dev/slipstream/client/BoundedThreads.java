// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs tasks on another executor's threads, in the order in which they come and at most so many at
 * a time.
 *
 * <p>Takes a thread only while there is a task for it. Without a bound of its own for tasks that
 * wait: who adds keeps count. Any thread.
 */
final class BoundedThreads implements Executor {
  private final Executor executor;
  private final int most;
  private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger running = new AtomicInteger();

  BoundedThreads(Executor executor, int most) {
    this.executor = executor;
    this.most = most;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    if (!takePlace()) {
      return;
    }
    try {
      executor.execute(this::run);
    } catch (RejectedExecutionException closed) {
      tasks.clear(); // as a lane's: nobody handles anything any more
    }
  }

  private boolean takePlace() {
    int now = running.get();
    while (now < most) {
      if (running.compareAndSet(now, now + 1)) {
        return true;
      }
      now = running.get();
    }
    return false;
  }

  private void run() {
    do {
      for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
        task.run();
      }
      running.decrementAndGet();
    } while (!tasks.isEmpty() && takePlace());
  }
}
