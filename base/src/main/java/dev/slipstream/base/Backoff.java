// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.base;

import java.util.random.RandomGenerator;

/**
 * A series of growing delays with full jitter: the n-th delay is random between 0 and {@code
 * min(max, base * 2^n)}, so that many peers that failed together do not come back together.
 *
 * <p>Units: nanoseconds. Not thread-safe.
 */
public final class Backoff {
  private final long baseNanos;
  private final long maxNanos;
  private final RandomGenerator random;
  private int attempts;

  /** Starts a series; {@code 0 < baseNanos <= maxNanos}. */
  public Backoff(long baseNanos, long maxNanos, RandomGenerator random) {
    if (baseNanos <= 0 || maxNanos < baseNanos) {
      throw new IllegalArgumentException(
          "backoff needs 0 < base <= max, got " + baseNanos + " and " + maxNanos);
    }
    this.baseNanos = baseNanos;
    this.maxNanos = maxNanos;
    this.random = random;
  }

  /** The next delay of the series. */
  public long nextDelayNanos() {
    int shift = Math.min(attempts++, 62);
    long ceiling = baseNanos > maxNanos >> shift ? maxNanos : baseNanos << shift;
    return random.nextLong(ceiling + 1);
  }

  /** How many delays were taken since the start or the last {@link #reset}. */
  public int attempts() {
    return attempts;
  }

  /** Begins the series anew, after a success. */
  public void reset() {
    attempts = 0;
  }
}
