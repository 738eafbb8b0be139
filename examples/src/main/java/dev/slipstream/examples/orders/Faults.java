// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.examples.orders;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Failures on purpose, to see supervisors at work. Owned by one step, which handles one order at a
 * time.
 */
final class Faults {
  /** An order has two places where a step may fail. */
  private static final int PLACES = 2;

  private final int oneIn;
  private final RandomGenerator random;

  /**
   * Failures by a chance of their own.
   *
   * @param oneIn in one of so many orders there is a failure; 0 for never
   */
  Faults(int oneIn, long seed) {
    this.oneIn = oneIn;
    this.random = new SplittableRandom(seed);
  }

  /** Fails, or more often does not. */
  void perhaps(String where) {
    if (oneIn > 0 && random.nextInt(oneIn * PLACES) == 0) {
      throw new IllegalStateException("on purpose, " + where);
    }
  }
}
