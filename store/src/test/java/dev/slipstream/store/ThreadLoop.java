// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.Clock;
import dev.slipstream.base.EventLoop;
import java.util.ArrayDeque;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A loop on a real thread; every command is a turn. */
final class ThreadLoop implements EventLoop, AutoCloseable {
  private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
  private final ArrayDeque<Runnable> turnEnd = new ArrayDeque<>();
  private volatile @Nullable Thread owner;

  private void turn(Runnable command) {
    owner = Thread.currentThread();
    command.run();
    for (Runnable task = turnEnd.poll(); task != null; task = turnEnd.poll()) {
      task.run();
    }
  }

  @Override
  public boolean offer(Runnable command) {
    execute(command);
    return true;
  }

  @Override
  public void execute(Runnable command) {
    try {
      executor.execute(() -> turn(command));
    } catch (RejectedExecutionException ended) {
      throw new IllegalStateException(ended);
    }
  }

  @Override
  public boolean inLoop() {
    return Thread.currentThread() == owner;
  }

  @Override
  public Timer schedule(long delayNanos, Runnable task) {
    ScheduledFuture<?> scheduled =
        executor.schedule(() -> turn(task), Math.max(0, delayNanos), TimeUnit.NANOSECONDS);
    return () -> scheduled.cancel(false);
  }

  @Override
  public void atTurnEnd(Runnable task) {
    turnEnd.add(task);
  }

  @Override
  public Clock clock() {
    return Clock.system();
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
