// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NuidTest {
  @Test
  void idsAreAllOfOneLengthAndAllDifferent() {
    Nuid ids = new Nuid(new SplittableRandom(1));
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 100_000; i++) {
      String id = ids.next();
      assertThat(id).hasSize(22);
      assertThat(seen.add(id)).isTrue();
    }
    assertThat(new Nuid(new SplittableRandom(2)).next()).isNotIn(seen);
  }
}
