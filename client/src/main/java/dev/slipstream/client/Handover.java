// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A queue from the loop to one thread that waits.
 *
 * <p>The loop wakes the thread only when it sleeps, once a turn, and takes no lock. Without a bound
 * of its own: who adds keeps count.
 */
final class Handover<T> {
  private final Queue<T> queue = new ConcurrentLinkedQueue<>();
  private volatile @Nullable Thread sleeper;

  private final OnceATurn waking;

  Handover(ClientLoop loop) {
    waking = new OnceATurn(loop, this::wake);
  }

  /**
   * Adds an item and wakes the thread at the end of the loop's turn, when what came with it is
   * there too; on the loop.
   */
  void add(T item) {
    queue.add(item);
    waking.plan();
  }

  private void wake() {
    Thread waiting = sleeper;
    if (waiting != null) {
      sleeper = null;
      LockSupport.unpark(waiting);
    }
  }

  /** The next item if there is one. */
  @Nullable T poll() {
    return queue.poll();
  }

  /**
   * The next item; null when none came within {@code limitNanos}.
   *
   * @throws InterruptedException when the thread is interrupted while it waits
   */
  @Nullable T poll(long limitNanos) throws InterruptedException {
    T item = queue.poll();
    if (item != null || limitNanos <= 0) {
      return item;
    }
    long began = System.nanoTime();
    try {
      while (true) {
        sleeper = Thread.currentThread();
        item = queue.poll();
        long left = limitNanos - (System.nanoTime() - began);
        if (item != null || left <= 0) {
          return item;
        }
        LockSupport.parkNanos(this, left);
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
    } finally {
      sleeper = null;
    }
  }

  /** The next item; waits for it; throws as {@link #poll(long)}. */
  T take() throws InterruptedException {
    T item = poll(Long.MAX_VALUE);
    while (item == null) {
      item = poll(Long.MAX_VALUE);
    }
    return item;
  }
}
