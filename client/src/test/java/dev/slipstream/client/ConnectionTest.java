// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.protocol.wire.Headers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConnectionTest {
  private static final Duration SECONDS = Duration.ofSeconds(10);
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.started();
  }

  @AfterAll
  static void stop() {
    if (server != null) server.close();
  }

  @Test
  void aMessageReachesItsSubscriber() throws Exception {
    try (NatsClient nc = NatsClient.connect(server.url())) {
      SyncSubscription sub = nc.subscribeSync("greet.*");
      nc.publish("greet.one", Headers.of("A", "b"), "hello".getBytes(StandardCharsets.UTF_8));
      Message message = Objects.requireNonNull(sub.poll(SECONDS));
      assertThat(message.subject()).isEqualTo("greet.one");
      assertThat(message.text()).isEqualTo("hello");
      assertThat(message.header("A")).isEqualTo("b");
      assertThat(nc.server().version()).isNotEmpty();
    }
  }

  @Test
  void requestIsAnswered() {
    try (NatsClient nc = NatsClient.connect(server.url())) {
      nc.subscribe("echo", m -> nc.respond(m, m.payload()));
      for (int i = 0; i < 100; i++) {
        assertThat(nc.request("echo", ("n" + i).getBytes(StandardCharsets.UTF_8)).text())
            .isEqualTo("n" + i);
      }
    }
  }
}
