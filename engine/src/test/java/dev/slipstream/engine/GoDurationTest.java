// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class GoDurationTest {

  @Test
  void durationsAreWrittenAsTheWireHasThem() {
    assertThat(GoDuration.format(0)).isEqualTo("0s");
    assertThat(GoDuration.format(5)).isEqualTo("5ns");
    assertThat(GoDuration.format(1_500)).isEqualTo("1.5µs");
    assertThat(GoDuration.format(250_000_000)).isEqualTo("250ms");
    assertThat(GoDuration.format(1_000_000_000L)).isEqualTo("1s");
    assertThat(GoDuration.format(90_500_000_000L)).isEqualTo("1m30.5s");
    assertThat(GoDuration.format(3_600_000_000_000L)).isEqualTo("1h0m0s");
    assertThat(GoDuration.format(-2_000_000L)).isEqualTo("-2ms");
  }

  @Test
  void durationsAreReadBack() {
    for (long nanos : new long[] {0, 5, 1_500, 250_000_000, 90_500_000_000L, -2_000_000}) {
      assertThat(GoDuration.parse(GoDuration.format(nanos))).isEqualTo(nanos);
    }
    assertThat(GoDuration.parse("1h2m3.5s")).isEqualTo(3_723_500_000_000L);
    for (String bad : new String[] {"", "5", "s", "1x", "--1s", "1.2.3s"}) {
      assertThatThrownBy(() -> GoDuration.parse(bad))
          .as(bad)
          .isInstanceOf(NumberFormatException.class);
    }
  }
}
