// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.base.Clock;
import dev.slipstream.protocol.json.Rfc3339;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
  private static final long NOW = Clock.epochNanos(Rfc3339.parse("2026-03-01T12:34:56.789Z"));

  @Test
  void isDueWhenThePublicServerIs() throws Exception {
    SoftAssertions softly = new SoftAssertions();
    int checked = 0;
    for (String line : vectors()) {
      String[] fields = line.split("\t", -1);
      softly
          .assertThat(
              next(fields[0], fields[1], Long.parseLong(fields[2]), Long.parseLong(fields[3])))
          .as(line)
          .isEqualTo(fields[4]);
      checked++;
    }
    softly.assertAll();
    assertThat(checked).isGreaterThan(800);
  }

  private static List<String> vectors() throws Exception {
    try (InputStream in = ScheduleTest.class.getResourceAsStream("vectors.txt")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().filter(line -> !line.startsWith("# ")).toList();
    }
  }

  private static String next(String pattern, String zone, long after, long now) {
    ZoneId id = zone.isEmpty() ? null : TimeZones.of(zone);
    if (id == null && !zone.isEmpty()) {
      return "zone";
    }
    try {
      Schedule schedule = Schedule.parse(pattern, id);
      OptionalLong next = schedule.next(after, now);
      return next.isEmpty() ? "invalid" : schedule.format(next.getAsLong());
    } catch (ScheduleException invalid) {
      return "invalid";
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*\t*\u000b*\f*\u00a0*\u3000*",
        "\r\n* * * * * *\u0085",
        "*\u2007*\u2028*\u2029*\u205f*\u1680*"
      })
  void everyWhiteSpaceOfUnicodeSeparatesFields(String pattern) throws Exception {
    assertThat(Schedule.parse(pattern, null).next(NOW))
        .hasValue(Clock.epochNanos(Rfc3339.parse("2026-03-01T12:34:57Z")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"*\u200b* * * * *", "*\u001c*\u001d*\u001e*\u001f* *"})
  void whatIsNoWhiteSpaceThereIsNoneHere(String pattern) {
    assertThatThrownBy(() -> Schedule.parse(pattern, null)).isInstanceOf(ScheduleException.class);
  }

  @Test
  void reasonOfARefusalIsSaid() {
    assertThatThrownBy(() -> Schedule.parse("* * *", null)).hasMessageContaining("six fields");
    assertThatThrownBy(() -> Schedule.parse("* * 24 * * *", null)).hasMessageContaining("0 to 23");
    assertThatThrownBy(() -> Schedule.parse("* * x * * *", null)).hasMessageContaining("number: x");
    assertThatThrownBy(() -> Schedule.parse("@every 1ms", null)).hasMessageContaining("a second");
    assertThatThrownBy(() -> Schedule.parse("@every 5s", ZoneId.of("Europe/Berlin")))
        .hasMessageContaining("time zone");
    assertThatThrownBy(() -> Schedule.parse("@at noon", null)).hasMessageContaining("parsing time");
  }

  @Test
  void zeroTimeIsNoSchedule() throws Exception {
    assertThat(Schedule.parse("@at 0001-01-01T00:00:00Z", null).isNone()).isTrue();
    assertThat(Schedule.parse("@at 0001-01-01T01:00:00+01:00", null).isNone()).isTrue();
    assertThat(Schedule.parse("@at 0001-01-01T00:00:00.1Z", null).isNone()).isFalse();
  }

  @Test
  void timesThatNoLongHoldsAreAtItsEnds() throws Exception {
    assertThat(Schedule.parse("@at 9999-12-31T23:59:59Z", null).next(NOW)).hasValue(Long.MAX_VALUE);
    assertThat(Schedule.parse("@at 0100-12-31T23:59:59Z", null).next(NOW)).hasValue(Long.MIN_VALUE);
    assertThat(Schedule.parse("@every 2540400h", null).next(NOW, NOW)).hasValue(Long.MAX_VALUE);
    assertThat(Schedule.parse("@every 1s", null).next(Long.MAX_VALUE, NOW)).isPresent();
    assertThat(Schedule.parse("@every 1s", null).next(Long.MIN_VALUE, NOW)).isPresent();
  }

  @Test
  void listsOfNothingAreNeverDue() throws Exception {
    for (String pattern : List.of(", * * * * *", "* , * * * *", "* * , * * *", "* * * * , *")) {
      assertThat(Schedule.parse(pattern, null).next(NOW)).as(pattern).isEmpty();
    }
  }

  @Test
  void dayThatAZoneLeftOutIsPassedOver() throws Exception {
    // Samoa had no 30th of December; the public server looks for it without end
    long before = Clock.epochNanos(Rfc3339.parse("2011-12-28T01:13:20Z"));
    Schedule weekly = Schedule.parse("@weekly", ZoneId.of("Pacific/Apia"));
    assertThat(weekly.format(weekly.next(before).orElseThrow()))
        .isEqualTo("2012-01-01T00:00:00+14:00");
  }

  @Test
  void onlySomeRepeat() throws Exception {
    assertThat(Schedule.parse("@at 2026-03-01T13:00:00Z", null).repeats()).isFalse();
    assertThat(Schedule.parse("@every 1h", null).repeats()).isTrue();
    assertThat(Schedule.parse("@hourly", null).repeats()).isTrue();
  }
}
