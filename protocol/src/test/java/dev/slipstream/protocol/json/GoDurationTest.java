// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoDurationTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "5s, 5000000000",
    "2m, 120000000000",
    "1h30m, 5400000000000",
    "250ms, 250000000",
    "1.5s, 1500000000",
    "-1.5h, -5400000000000",
    "+3us, 3000",
    "3µs, 3000",
    ".5s, 500000000",
    "1.s, 1000000000",
    "2562047h47m16.854775807s, 9223372036854775807",
    "-9223372036854775808ns, -9223372036854775808"
  })
  void durationIsParsed(String text, long nanos) {
    assertThat(GoDuration.parse(text)).isEqualTo(nanos);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|time: invalid duration \"\"",
        "abc|time: invalid duration \"abc\"",
        ".s|time: invalid duration \".s\"",
        "10|time: missing unit in duration \"10\"",
        "5x|time: unknown unit \"x\" in duration \"5x\"",
        "5 s|time: unknown unit \" s\" in duration \"5 s\"",
        "2562048h|time: invalid duration \"2562048h\""
      })
  void malformedDurationIsRefusedInGoWords(String text, String message) {
    assertThatThrownBy(() -> GoDuration.parse(text)).hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0s",
    "1, 1ns",
    "85829, 85.829µs",
    "1500000, 1.5ms",
    "1000000000, 1s",
    "120000000000, 2m0s",
    "5400000000000, 1h30m0s",
    "3600000000000, 1h0m0s",
    "-1500000000, -1.5s",
    "9223372036854775807, 2562047h47m16.854775807s"
  })
  void durationIsPrintedAsGoPrintsIt(long nanos, String text) {
    assertThat(GoDuration.format(nanos)).isEqualTo(text);
  }
}
