// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.server.config.ServerConfig;
import java.io.UncheckedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LameDuckTest {
  private static final String OLD = "CONNECT {\"verbose\":false}\n";
  private static final String NEW = "CONNECT {\"verbose\":false,\"protocol\":1}\n";

  private static SlipstreamServer start(long graceMillis, long durationMillis) {
    return SlipstreamServer.builder()
        .config(
            ServerConfig.builder()
                .host("127.0.0.1")
                .port(ServerConfig.RANDOM_PORT)
                .lameDuckGracePeriodNanos(TimeUnit.MILLISECONDS.toNanos(graceMillis))
                .lameDuckDurationNanos(TimeUnit.MILLISECONDS.toNanos(durationMillis))
                .build())
        .loops(2)
        .start();
  }

  @Test
  void clientsAreToldAndThenClosed() throws Exception {
    SlipstreamServer server = start(20, 100);
    WireClient first = new WireClient(server.port()).send(NEW).sync();
    WireClient second = new WireClient(server.port()).send(NEW).sync();
    WireClient old = new WireClient(server.port()).send(OLD).sync();
    assertThat(first.received()).doesNotContain("\"ldm\"");
    server.lameDuck();
    server.lameDuck();
    first.awaitEnd();
    second.awaitEnd();
    old.awaitEnd();
    server.awaitClosed();
    assertThat(first.received()).containsOnlyOnce("\"ldm\":true").doesNotContain("-ERR");
    assertThat(second.received()).containsOnlyOnce("\"ldm\":true");
    assertThat(old.received()).doesNotContain("\"ldm\"");
  }

  @Test
  void nobodyIsLetInDuringTheGracePeriodAndClientsStillReachEachOther() throws Exception {
    SlipstreamServer server = start(3_600_000, 3_700_000);
    int port = server.port();
    WireClient one = new WireClient(port).send(NEW + "SUB a 1\n").sync();
    WireClient two = new WireClient(port).send(NEW).sync();
    server.lameDuck();
    one.await("\"ldm\":true");
    Assertions.assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> new WireClient(port));
    two.send("PUB a 2\nhi\n").sync();
    one.await("MSG a 1 2\nhi\n");
    server.close();
    one.awaitEnd();
    two.awaitEnd();
  }

  @Test
  void jetStreamIsGoneBeforeTheClients() throws Exception {
    try (SlipstreamServer server =
            SlipstreamServer.builder().jetStream(true).temporaryStore().start();
        WireClient client = new WireClient(server.port())) {
      client
          .send("CONNECT {\"protocol\":1,\"headers\":true,\"no_responders\":true}\nSUB in 1\n")
          .sync();
      client.send("PUB $JS.API.INFO in 0\n\n").await("account_info_response");
      server.lameDuck();
      client.await("\"ldm\":true");
      client.send("PUB $JS.API.INFO in 0\n\n").await("NATS/1.0 503");
    }
  }

  @Test
  void withoutClientsItIsTheEnd() throws Exception {
    SlipstreamServer server = start(3_600_000, 3_700_000);
    CountDownLatch closed = new CountDownLatch(1);
    server.onClosed(closed::countDown);
    server.lameDuck();
    assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
    server.awaitClosed();
  }
}
