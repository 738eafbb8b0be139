// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.base.VirtualThreads;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes the threads that workers run on; all of them are daemons. */
final class WorkerThreads {
  private static final String NAME = "slipstream-worker-";

  private WorkerThreads() {}

  /** Where callbacks run, which may block: virtual threads, or so many others at most. */
  static ExecutorService callbacks(int most) {
    ExecutorService virtual = VirtualThreads.executor(NAME);
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

  /** Runs something that waits for what the caller must not wait for, on a thread of its own. */
  static void run(String what, Runnable task) {
    later(what, task).start();
  }

  /** A thread that runs something when it is started. */
  static Thread later(String what, Runnable task) {
    Thread thread = new Thread(task, NAME + what);
    thread.setDaemon(true);
    return thread;
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
}
