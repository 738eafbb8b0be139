// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Blocks the calling thread until a future is done or a queue has something, and throws what the
 * future failed with; an interrupt is thrown as {@link RequestInterruptedException}.
 */
final class Await {

  private Await() {}

  /** The value; the future is expected to time out by itself. */
  static <T> T value(CompletableFuture<T> future, String what) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      throw interrupted(what);
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  /** Waits at most {@code limit}; whether the future was done in time. */
  static boolean done(CompletableFuture<?> future, Duration limit, String what) {
    try {
      future.get(TimeUnit.NANOSECONDS.convert(limit), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      throw interrupted(what);
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  /** Takes something and waits for it. */
  interface Taking<T> {
    T take() throws InterruptedException;
  }

  /** The next element of a queue; waits for it. */
  static <T> T next(Taking<T> queue, String what) {
    try {
      return queue.take();
    } catch (InterruptedException e) {
      throw interrupted(what);
    }
  }

  /** What to throw for an interrupt that was caught; sets the thread's flag again. */
  static RequestInterruptedException interrupted(String what) {
    Thread.currentThread().interrupt();
    return new RequestInterruptedException(what);
  }

  private static RuntimeException failure(ExecutionException e) {
    Throwable cause = e.getCause();
    if (cause instanceof NatsException expected) {
      // thrown on another thread: the trace of the caller is what helps
      expected.addSuppressed(new NatsException("awaited here"));
      return expected;
    }
    return cause instanceof RuntimeException other ? other : new NatsException("failed", cause);
  }
}
