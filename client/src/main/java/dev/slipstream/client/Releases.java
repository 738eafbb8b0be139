// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What the handlers of a consumption have done with, on its way to the loop: counted by their
 * threads, and the loop is woken only when a pull may be due.
 *
 * <p>{@link #add} and {@link #countHandled} are for any thread, the rest for the loop.
 */
final class Releases {
  /** Messages and bytes released since the loop looked last. */
  private final PendingCount waiting = new PendingCount();

  private final AtomicLong handled = new AtomicLong();
  private volatile long wakeAtMessages = Long.MAX_VALUE;

  /** A message was released; whether the loop is to look now. */
  boolean add(int bytes) {
    if (waiting.add(bytes) < wakeAtMessages) {
      return false;
    }
    wakeAtMessages = Long.MAX_VALUE;
    return true;
  }

  /** A message was handled; how many were by now. */
  long countHandled() {
    return handled.incrementAndGet();
  }

  /** What was released since the last time, as {@link PendingCount#takeAll} says it. */
  long takeAll() {
    return waiting.takeAll();
  }

  /** From how many on the loop is to be woken; whether so many wait already. */
  boolean wakeAt(long messages) {
    wakeAtMessages = messages;
    return waiting.messages() >= messages;
  }
}
