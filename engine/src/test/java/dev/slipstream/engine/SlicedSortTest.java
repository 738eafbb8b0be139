// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Sorting a part at a time comes to what sorting at once does. */
class SlicedSortTest {

  private static long[] sorted(long[] values, int most) {
    SlicedSort sort = new SlicedSort(values.clone());
    int steps = 0;
    while (!sort.step(most)) {
      assertThat(++steps).isLessThan(1_000_000);
    }
    return sort.values();
  }

  @Test
  void sortsAnyValuesInAnySteps() {
    RandomGenerator random = new SplittableRandom(11);
    for (int round = 0; round < 500; round++) {
      long bound = 1 + (random.nextLong() >>> 1 + random.nextInt(62));
      long[] values = random.longs(random.nextInt(200), 0, bound).toArray();
      assertThat(sorted(values, 1 + random.nextInt(300)))
          .as("below %d", bound)
          .isSortedAccordingTo(Long::compare)
          .containsExactlyInAnyOrder(values);
    }
  }

  @Test
  void fewOrEqualValuesAreSorted() {
    assertThat(sorted(new long[0], 1)).isEmpty();
    assertThat(sorted(new long[] {7}, 1)).containsExactly(7);
    assertThat(sorted(new long[] {7, 7, 7}, 1)).containsExactly(7, 7, 7);
    assertThat(sorted(new long[] {Long.MAX_VALUE, 0, 1}, 1)).containsExactly(0, 1, Long.MAX_VALUE);
  }
}
