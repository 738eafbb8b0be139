// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class LogLineTest {

  private static final Instant NOW = Instant.parse("2026-08-21T14:50:11.003456789Z");

  @Test
  void lineHasTheFormOfThePublicServer() {
    LogLine plain = new LogLine(17, true, ZoneOffset.UTC, false);
    assertThat(plain.format(NOW, LogLevel.INFO, "Server is ready"))
        .isEqualTo("[17] 2026/08/21 14:50:11.003456 [INF] Server is ready\n");
    assertThat(plain.format(NOW, LogLevel.FATAL, "x")).contains(" [FTL] x");
    assertThat(plain.format(NOW, LogLevel.TRACE, "x")).contains(" [TRC] x");
  }

  @Test
  void timeIsLocalOrLeftOut() {
    LogLine local = new LogLine(17, true, ZoneId.of("Asia/Tokyo"), false);
    assertThat(local.format(NOW, LogLevel.WARN, "x"))
        .isEqualTo("[17] 2026/08/21 23:50:11.003456 [WRN] x\n");
    assertThat(new LogLine(17, false, ZoneOffset.UTC, false).format(NOW, LogLevel.ERROR, "x"))
        .isEqualTo("[17] [ERR] x\n");
  }

  @Test
  void terminalGetsColours() {
    assertThat(new LogLine(17, false, ZoneOffset.UTC, true).format(NOW, LogLevel.DEBUG, "x"))
        .isEqualTo("[17] [\u001b[36mDBG\u001b[0m] x\n");
  }

  @Test
  void messageCannotForgeALine() {
    LogLine plain = new LogLine(17, false, ZoneOffset.UTC, false);
    assertThat(plain.format(NOW, LogLevel.INFO, "a\n[18] [INF] b\r\u001b[2J\u007f\u0085é\tx"))
        .isEqualTo("[17] [INF] a\\n[18] [INF] b\\r\\x1b[2J\\x7f\\x85é\tx\n");
  }

  @Test
  void lengthIsBounded() {
    LogLine plain = new LogLine(17, false, ZoneOffset.UTC, false);
    assertThat(plain.format(NOW, LogLevel.INFO, "x".repeat(1_000_000)))
        .hasSizeLessThan(40_000)
        .endsWith("...\n");
  }
}
