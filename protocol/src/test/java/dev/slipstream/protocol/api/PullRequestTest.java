// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PullRequestTest {

  private static PullRequest parsed(String body) {
    byte[] bytes = ("xx" + body + "yy").getBytes(UTF_8);
    return PullRequest.parse(bytes, 2, bytes.length - 4);
  }

  @ParameterizedTest
  @CsvSource(
      value = {
        "''|1",
        "' \t\r\n'|1",
        "10|10",
        "' +7 '|7",
        "-3|-3",
        "0|0",
        "abc|1",
        "1.5|1",
        "[]|1",
        "{}|0",
        "99999999999|2147483647",
        "99999999999999999999|1",
        "{\"batch\":25}|25",
        "' {\"batch\":3} '|3",
        "{\"batch\":2,\"unknown\":[1]}|2"
      },
      delimiter = '|')
  void bodyIsNothingANumberOrAnObject(String body, int batch) {
    assertThat(parsed(body).batch()).isEqualTo(batch);
  }

  @Test
  void everyFieldIsReadAndWritten() {
    String json =
        "{\"expires\":5000000000,\"batch\":10,\"max_bytes\":8589934592,\"no_wait\":true,"
            + "\"idle_heartbeat\":1000000000,\"group\":\"g\",\"min_pending\":5,"
            + "\"min_ack_pending\":6,\"id\":\"pin\",\"priority\":9}";
    PullRequest request = parsed(json);
    assertThat(request)
        .isEqualTo(
            PullRequest.builder(10)
                .expiresNanos(5_000_000_000L)
                .maxBytes(8L << 30)
                .noWait(true)
                .idleHeartbeatNanos(1_000_000_000L)
                .group("g")
                .minPending(5)
                .minAckPending(6)
                .id("pin")
                .priority(9)
                .build());
    assertThat(Golden.written(request::write)).isEqualTo(json);
    assertThat(Golden.written(PullRequest.builder(1).build()::write)).isEqualTo("{\"batch\":1}");
  }

  @Test
  void heartbeatMayBeHalfOfTheTimeAtMost() {
    assertThat(parsed("{\"expires\":10,\"idle_heartbeat\":5}").idleHeartbeatNanos()).isEqualTo(5);
    assertThat(parsed("{\"idle_heartbeat\":-5}").idleHeartbeatNanos()).isEqualTo(-5);
  }
}
