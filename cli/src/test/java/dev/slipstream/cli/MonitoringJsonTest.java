// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MonitoringJsonTest {

  @ParameterizedTest
  @CsvSource({"0, 0s", "59, 59s", "60, 1m0s", "3600, 1h0m0s", "90061, 1d1h1m1s"})
  void uptimeBeginsWithTheLargestUnit(long seconds, String text) {
    assertThat(MonitoringJson.uptime(seconds)).isEqualTo(text);
  }
}
