// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.base.VirtualThreads;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Where code of the application runs: virtual threads if the JDK has them, otherwise daemon threads
 * that come and go.
 *
 * <p>A {@link Lane} takes at most one thread, so there are never more than subscriptions and
 * consumptions. An executor that the application brings is used as it is and not shut down.
 */
final class HandlerThreads implements Executor {
  private static final long IDLE_SECONDS = 10;

  private static final ThreadLocal<HandlerThreads> HERE = new ThreadLocal<>();

  private final Executor executor;
  private final @Nullable ExecutorService owned;

  private HandlerThreads(Executor executor, @Nullable ExecutorService owned) {
    this.executor = executor;
    this.owned = owned;
  }

  static HandlerThreads of(String namePrefix, @Nullable Executor given) {
    if (given != null) {
      return new HandlerThreads(given, null);
    }
    ExecutorService own = VirtualThreads.executor(namePrefix);
    if (own == null) {
      own = platform(namePrefix);
    }
    return new HandlerThreads(own, own);
  }

  @Override
  public void execute(Runnable task) {
    executor.execute(inside(task));
  }

  /** The same on the threads of another executor, for which {@link #isHere} holds too. */
  Executor on(Executor other) {
    return task -> other.execute(inside(task));
  }

  private Runnable inside(Runnable task) {
    return () -> {
      HERE.set(this);
      try {
        task.run();
      } finally {
        HERE.remove();
      }
    };
  }

  /** Whether the calling thread runs a task of this. */
  boolean isHere() {
    return HERE.get() == this;
  }

  /** Takes no more tasks; those that run or wait go on. */
  void beginShutdown() {
    if (owned != null) {
      owned.shutdown();
    }
  }

  /** Takes no more tasks and waits for those that run; interrupts them when time is up. */
  void shutdown(Duration limit) {
    beginShutdown();
    if (owned == null) {
      return;
    }
    try {
      if (!owned.awaitTermination(limit.toNanos(), TimeUnit.NANOSECONDS)) {
        owned.shutdownNow();
      }
    } catch (InterruptedException e) {
      owned.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private static ExecutorService platform(String namePrefix) {
    AtomicInteger made = new AtomicInteger();
    ThreadFactory factory =
        task -> {
          Thread thread = new Thread(task, namePrefix + made.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        };
    return new ThreadPoolExecutor(
        0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), factory);
  }
}
