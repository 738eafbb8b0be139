// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import java.util.ArrayDeque;

/**
 * Counts restarts within a period that slides: more than the maximum means that restarting does not
 * help.
 *
 * <p>Keeps at most one time a permitted restart. Owner: the loop of its supervisor.
 */
final class RestartIntensity {
  private final int max;
  private final long periodNanos;
  private final ArrayDeque<Long> times = new ArrayDeque<>();

  RestartIntensity(int max, long periodNanos) {
    this.max = max;
    this.periodNanos = periodNanos;
  }

  /** Counts a restart; false when it is one too many and must not be made. */
  boolean permits(long nowNanos) {
    while (!times.isEmpty() && nowNanos - times.getFirst() > periodNanos) {
      times.removeFirst();
    }
    if (times.size() >= max) {
      return false;
    }
    times.addLast(nowNanos);
    return true;
  }
}
