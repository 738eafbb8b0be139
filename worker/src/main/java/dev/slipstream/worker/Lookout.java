// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.base.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Lets one mailbox at a time look for its next command for a moment, instead of giving its thread
 * back and having one woken again: what a worker with one message at a time waits for is a round
 * trip to the server away.
 *
 * <p>Who looks is who had commands in so quick a succession before, so that one whose messages are
 * far apart costs nothing. Thread-safe.
 */
final class Lookout {
  /** Longer than a round trip to a server nearby, which takes 50 to 100 µs. */
  private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(150);

  private final Clock clock;
  private final AtomicBoolean taken = new AtomicBoolean();

  Lookout(Clock clock) {
    this.clock = clock;
  }

  long now() {
    return clock.nanos();
  }

  /** Whether what begins now follows so soon on what ended then that looking pays. */
  boolean isSoonAfter(long endedNanos) {
    return clock.nanos() - endedNanos < LOOK_NANOS;
  }

  /** Looks until there is something; false when there is nothing for too long, or others look. */
  boolean finds(BooleanSupplier something) {
    if (!taken.compareAndSet(false, true)) {
      return false;
    }
    try {
      long began = clock.nanos();
      while (!something.getAsBoolean()) {
        if (clock.nanos() - began >= LOOK_NANOS) {
          return false;
        }
        Thread.onSpinWait();
      }
      return true;
    } finally {
      taken.set(false);
    }
  }
}
