// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Rfc3339Test {

  @ParameterizedTest
  @CsvSource({
    "2024-05-06T07:08:09Z, 2024-05-06T07:08:09Z",
    "2024-05-06T07:08:09.000000001Z, 2024-05-06T07:08:09.000000001Z",
    "2024-05-06T07:08:09.100Z, 2024-05-06T07:08:09.1Z",
    "0001-01-01T00:00:00Z, 0001-01-01T00:00:00Z",
    "2024-05-06T23:08:09+24:00, 2024-05-05T23:08:09Z",
    "2024-05-06T7:08:09-00:30, 2024-05-06T07:38:09Z",
    "'2024-05-06T07:08:09,5Z', 2024-05-06T07:08:09.5Z",
    "2024-05-06T07:08:09.1234567899Z, 2024-05-06T07:08:09.123456789Z",
  })
  void timesAreReadAndWrittenLikeGo(String text, String canonical) {
    assertThat(Rfc3339.format(Rfc3339.parse(text))).isEqualTo(canonical);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          2020                      | parsing time "2020" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "-"
          2020-13-01T00:00:00Z      | parsing time "2020-13-01T00:00:00Z": month out of range
          2020-02-30T00:00:00Z      | parsing time "2020-02-30T00:00:00Z": day out of range
          2020-01-01T24:00:00+01:00 | parsing time "2020-01-01T24:00:00+01:00": hour out of range
          2020-01-01T00:00:00       | parsing time "2020-01-01T00:00:00" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "Z07:00"
          2020-01-01T00:00:00Zx     | parsing time "2020-01-01T00:00:00Zx": extra text: "x"
          2020-01-01T00:00:00+25:00 | parsing time "2020-01-01T00:00:00+25:00": time zone offset hour out of range
          é                         | parsing time "\\xc3\\xa9" as "2006-01-02T15:04:05Z07:00": cannot parse "\\xc3\\xa9" as "2006"
          """)
  void faultsAreToldInGosWords(String text, String message) {
    assertThatThrownBy(() -> Rfc3339.parse(text))
        .isInstanceOf(JsonException.class)
        .hasMessage(message.replace("\\\\", "\\"));
  }

  @Test
  void everyTimeComesBackAsItWas() {
    SplittableRandom random = new SplittableRandom(11);
    for (int i = 0; i < 10_000; i++) {
      long second = random.nextLong(-62135596800L, 253402300800L);
      int nanos = random.nextBoolean() ? 0 : random.nextInt(1_000_000_000);
      Instant time = Instant.ofEpochSecond(second, nanos);
      assertThat(Rfc3339.parse(Rfc3339.format(time))).isEqualTo(time);
    }
  }

  @Test
  void yearsOfMoreThanFourDigitsAreDrawnIn() {
    assertThat(Rfc3339.format(Instant.MAX)).isEqualTo("9999-12-31T23:59:59.999999999Z");
    assertThat(Rfc3339.format(Instant.MIN)).isEqualTo("0000-01-01T00:00:00Z");
  }
}
