// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Makes the threads that workers run on; all of them are daemons. */
final class WorkerThreads {
  private static final String NAME = "slipstream-worker-";

  private WorkerThreads() {}

  /** Where callbacks run, which may block: virtual threads, or so many others at most. */
  static ExecutorService callbacks(int most) {
    ExecutorService virtual = virtual();
    return virtual == null ? platform(most) : virtual;
  }

  /** At most {@code most} threads, which end when they are idle for long. */
  static ExecutorService platform(int most) {
    AtomicInteger made = new AtomicInteger();
    return new ForkJoinPool(
        most,
        pool -> {
          ForkJoinWorkerThread thread =
              ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
          thread.setName(NAME + made.incrementAndGet());
          return thread;
        },
        null,
        true);
  }

  /** The one thread of supervisors, connections and timers, where nothing blocks. */
  static ScheduledExecutorService control() {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, NAME + "control");
              thread.setDaemon(true);
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return executor;
  }

  /** Threads of JDK 21 and later, by reflection, since this is compiled for 17; null without. */
  private static @Nullable ExecutorService virtual() {
    if (Runtime.version().feature() < 21) {
      return null;
    }
    try {
      Class<?> builderType = Class.forName("java.lang.Thread$Builder");
      Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
      builderType.getMethod("name", String.class, long.class).invoke(builder, NAME, 1L);
      Object factory = builderType.getMethod("factory").invoke(builder);
      return (ExecutorService)
          Executors.class
              .getMethod("newThreadPerTaskExecutor", ThreadFactory.class)
              .invoke(null, factory);
    } catch (ClassNotFoundException
        | NoSuchMethodException
        | IllegalAccessException
        | InvocationTargetException unavailable) {
      return null;
    }
  }
}
