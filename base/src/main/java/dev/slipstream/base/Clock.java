// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.base;

import java.time.Instant;

/**
 * The source of time: a monotonic reading for durations and deadlines, a wall reading for stamps.
 *
 * <p>Units: nanoseconds. Thread-safe. The only place that asks the operating system for time is
 * {@link #system()}; everything else is handed a clock.
 */
public interface Clock {

  /** Monotonic nanoseconds since an arbitrary origin; only differences mean something. */
  long nanos();

  /** Nanoseconds since 1970-01-01T00:00:00Z. May step; never use it for a deadline. */
  long epochNanos();

  /** The clock of this machine. */
  static Clock system() {
    return SystemClock.INSTANCE;
  }

  /** {@code epochNanos} as an instant. */
  static Instant instant(long epochNanos) {
    return Instant.ofEpochSecond(
        Math.floorDiv(epochNanos, 1_000_000_000L), Math.floorMod(epochNanos, 1_000_000_000L));
  }

  /** An instant as nanoseconds since the epoch, clamped to the range of a long (1677 to 2262). */
  static long epochNanos(Instant instant) {
    try {
      return Math.addExact(
          Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano());
    } catch (ArithmeticException outOfRange) {
      return instant.getEpochSecond() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }
}
