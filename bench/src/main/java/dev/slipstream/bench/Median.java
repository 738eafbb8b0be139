// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench;

import java.util.Arrays;

/** The middle one of some figures. */
public final class Median {
  private Median() {}

  /** The median; of an even number of figures the higher of the two in the middle. */
  public static double of(double[] figures) {
    double[] sorted = figures.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
