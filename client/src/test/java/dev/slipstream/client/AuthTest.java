// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.testkit.ServerProcess;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AuthTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @Test
  void aUserIsLetInByOptionsAndByUrl() {
    try (ServerProcess server = TestServer.started("--user", "ann", "--pass", "p@ss:word")) {
      String endpoint = "127.0.0.1:" + server.port();
      Auth auth = Auth.user("ann", "p@ss:word");
      connect(ClientOptions.builder().servers(endpoint).auth(auth).build());
      connect(ClientOptions.of("nats://ann:p%40ss%3Aword@" + endpoint));
      assertRefused(ClientOptions.of(endpoint));
      assertRefused(ClientOptions.of("nats://ann:wrong@" + endpoint));
    }
  }

  @Test
  void aTokenIsLetInByOptionsAndByUrl() {
    try (ServerProcess server = TestServer.started("--auth", "s3cret")) {
      String endpoint = "127.0.0.1:" + server.port();
      connect(ClientOptions.builder().servers(endpoint).auth(Auth.token("s3cret")).build());
      connect(ClientOptions.of("nats://s3cret@" + endpoint));
      assertRefused(ClientOptions.of("nats://other@" + endpoint));
    }
  }

  @Test
  void secretsAreNotShown() {
    assertThat(Auth.user("ann", "secret").toString()).doesNotContain("secret");
    assertThat(Auth.token("secret").toString()).doesNotContain("secret");
    assertThatThrownBy(() -> NatsClient.connect("nats://ann:secret@127.0.0.1:1"))
        .isInstanceOf(ConnectFailedException.class)
        .message()
        .doesNotContain("secret");
    assertThatThrownBy(() -> ClientOptions.of("nats://ann:secret@host:notaport"))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .doesNotContain("secret");
  }

  private static void connect(ClientOptions options) {
    try (NatsClient nc = NatsClient.connect(options)) {
      nc.flush(PATIENCE);
    }
  }

  private static void assertRefused(ClientOptions options) {
    assertThatThrownBy(() -> NatsClient.connect(options))
        .isInstanceOfSatisfying(
            ConnectFailedException.class,
            e -> assertThat(e.attempts().get(0).cause()).isInstanceOf(AuthException.class));
  }
}
