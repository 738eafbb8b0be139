// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.testkit;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Waits for what nobody tells a test, such as a count at a server: looks, rests for a moment, and
 * looks again, for a bounded time.
 *
 * <p>The rest leaves the processor to what is waited for. What is told, by a latch, a future or an
 * event, is waited for there.
 */
public final class Eventually {
  private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private Eventually() {}

  /**
   * Returns when a condition holds.
   *
   * @param shown what a failure shows, as it is then
   * @throws AssertionError when it does not hold within the limit
   */
  public static void holds(Duration limit, Supplier<?> shown, BooleanSupplier condition) {
    long began = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (isOver(began, limit)) {
        throw new AssertionError("not within " + limit + ": " + shown.get());
      }
      rest();
    }
  }

  /**
   * What an attempt answers as soon as one fails with nothing.
   *
   * @throws Exception what the last attempt within the limit failed with
   */
  public static <T> T succeeds(Duration limit, Callable<T> attempt) throws Exception {
    long began = System.nanoTime();
    while (true) {
      try {
        return attempt.call();
      } catch (Exception | AssertionError notYet) {
        if (isOver(began, limit)) {
          throw notYet;
        }
      }
      rest();
    }
  }

  private static boolean isOver(long began, Duration limit) {
    return System.nanoTime() - began > limit.toNanos() || Thread.currentThread().isInterrupted();
  }

  private static void rest() {
    LockSupport.parkNanos(REST_NANOS);
  }
}
