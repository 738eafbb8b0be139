// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BackoffTest {

  @Test
  void delaysStayUnderTheGrowingCeilingAndUnderTheMaximum() {
    Backoff backoff = new Backoff(100, 1_000, new SplittableRandom(7));
    for (int attempt = 0; attempt < 200; attempt++) {
      long ceiling = attempt < 4 ? 100L << attempt : 1_000;
      assertThat(backoff.nextDelayNanos()).isBetween(0L, ceiling);
    }
    assertThat(backoff.attempts()).isEqualTo(200);
  }

  @Test
  void resetBeginsTheSeriesAnew() {
    Backoff backoff = new Backoff(10, 1L << 40, new SplittableRandom(7));
    for (int attempt = 0; attempt < 30; attempt++) {
      backoff.nextDelayNanos();
    }
    backoff.reset();
    assertThat(backoff.nextDelayNanos()).isLessThanOrEqualTo(10);
  }

  @Test
  void aBaseAboveTheMaximumIsRefused() {
    assertThatThrownBy(() -> new Backoff(5, 4, new SplittableRandom(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("5 and 4");
  }
}
