// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The pools beside the loops: daemons that end when they have nothing to do for a while. */
final class Threads {
  private static final long IDLE_SECONDS = 5;

  private Threads() {}

  /** At most {@code threads} threads; refuses what is more than {@code waiting} tasks. */
  static ExecutorService bounded(String name, int threads, int waiting) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(waiting),
            daemons(name));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /** As many threads as there are tasks at a time. */
  static ExecutorService cached(String name) {
    return new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE,
        IDLE_SECONDS,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        daemons(name));
  }

  private static ThreadFactory daemons(String name) {
    AtomicInteger made = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + "-" + made.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }
}
