// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.testkit;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Runs a property for many seeds, and makes a failure say which one it was and how to repeat it.
 *
 * <p>The system property {@code slipstream.seed} runs that one seed alone; {@code slipstream.seeds}
 * sets how many there are.
 */
public final class Seeds {

  private Seeds() {}

  /** A property of one seed. */
  @FunctionalInterface
  public interface Property {
    /** Throws when the property does not hold. */
    void check(long seed, RandomGenerator random) throws Exception;
  }

  /** Checks {@code property} for the seeds 1 to {@code count}. */
  public static void forEach(int count, Property property) {
    Long only = Long.getLong("slipstream.seed");
    long first = only == null ? 1 : only;
    long last = only == null ? Integer.getInteger("slipstream.seeds", count) : only;
    for (long seed = first; seed <= last; seed++) {
      try {
        property.check(seed, new SplittableRandom(seed));
      } catch (Exception | AssertionError | StackOverflowError failure) {
        throw new AssertionError(
            "seed " + seed + " fails; repeat it with -Dslipstream.seed=" + seed + ": " + failure,
            failure);
      }
    }
  }
}
