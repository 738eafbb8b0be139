// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs passes over what there is to do, one after the other, and sleeps when a pass found nothing:
 * on a thread of its own once started, else stepped by the owner.
 *
 * <p>{@link #wake} may be called by any thread and never waits.
 */
final class PassThread {
  private final String name;
  private final BooleanSupplier pass;
  private final LongSupplier idleNanos;
  private final Runnable onWork;
  private volatile boolean started;
  private volatile boolean stopping;
  private volatile @Nullable Thread sleeping;
  private @Nullable Thread thread;

  /**
   * A runner that is not started.
   *
   * @param pass does one piece of work; false when there was none
   * @param idleNanos how long to sleep at most before the next pass
   * @param onWork called by {@link #wake} while there is no thread
   */
  PassThread(String name, BooleanSupplier pass, LongSupplier idleNanos, Runnable onWork) {
    this.name = name;
    this.pass = pass;
    this.idleNanos = idleNanos;
    this.onWork = onWork;
  }

  void start(ThreadFactory threads) {
    started = true;
    Thread made = threads.newThread(this::run);
    made.setName(name);
    thread = made;
    made.start();
  }

  /** There may be something to do. */
  void wake() {
    if (!started) {
      onWork.run();
      return;
    }
    Thread asleep = sleeping;
    if (asleep != null) {
      sleeping = null;
      LockSupport.unpark(asleep);
    }
  }

  private void run() {
    Thread self = Thread.currentThread();
    while (!stopping) {
      if (pass.getAsBoolean()) {
        continue;
      }
      // whoever adds work now sees that we sleep; what was added before is found by this pass
      sleeping = self;
      if (!stopping && !pass.getAsBoolean()) {
        LockSupport.parkNanos(this, idleNanos.getAsLong());
      }
      sleeping = null;
    }
  }

  boolean isStarted() {
    return started;
  }

  /** Ends the thread when its pass is over, and waits for that. */
  void stop() {
    stopping = true;
    Thread running = thread;
    if (running == null) {
      return;
    }
    LockSupport.unpark(running);
    boolean interrupted = false;
    while (running.isAlive()) {
      try {
        running.join();
      } catch (InterruptedException waitAllTheSame) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
