// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.engine.MessageBus;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.MessageFrame;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What listeners of the server can ask of the message bus. */
class RouterTest {
  private static final byte[] INNER = Subject.bytes("inner");

  @Test
  void whoPublishedIsKnownToEveryListenerAlsoBehindOneThatPublishes() {
    SimulatedServer server = new SimulatedServer(1, 1, "");
    Router router = server.router();
    List<String> publishers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      listen(
          server,
          "outer",
          message -> {
            router.send(INNER, new MessageFrame().set(INNER, new byte[0], new byte[1]), null);
            return publishers.add(new String(router.publisher(), UTF_8));
          });
    }
    listen(server, "inner", message -> publishers.add(new String(router.publisher(), UTF_8)));
    server.client(0).send("CONNECT {\"verbose\":false,\"name\":\"it\"}\nPUB outer 1\nx\n").poll();
    server.simulation().runReady();
    assertThat(publishers).hasSize(4);
    assertThat(publishers.get(0)).isEmpty();
    assertThat(publishers.get(1)).contains("\"name\":\"it\"");
    assertThat(publishers.get(2)).isEmpty();
    assertThat(publishers.get(3)).isEqualTo(publishers.get(1));
  }

  private static void listen(SimulatedServer server, String filter, MessageBus.Listener listener) {
    server.on(0, () -> server.router().listen(Subject.bytes(filter), listener, () -> {}));
    server.simulation().runReady();
  }
}
