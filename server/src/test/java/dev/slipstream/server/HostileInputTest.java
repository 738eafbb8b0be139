// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.testkit.Seeds;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Whatever one client sends, it is told or closed, and others do not notice. */
class HostileInputTest {
  private static final String[] WORDS = {
    "CONNECT {}",
    "CONNECT {\"verbose\":false,\"headers\":true,\"no_responders\":true}",
    "CONNECT {",
    "SUB a 1",
    "SUB a.* q 1",
    "SUB > 2",
    "SUB a..b 3",
    "UNSUB 1",
    "UNSUB 1 2",
    "UNSUB",
    "PING",
    "PONG",
    "PUB a 2",
    "PUB a in 2",
    "PUB a 0",
    "HPUB a 12 14",
    "HPUB a in 12 12",
    "hi",
    "",
    "NATS/1.0",
    "+OK",
    "-ERR 'x'",
    "INFO {}",
    "MSG a 1 2",
    "FOO",
    "PUB",
    "PUB a -1",
    "PUB a 99999999",
    "\u0000\u00ff",
    "PUB $JS.ACK.x 0",
    "PUB a $JS.ACK.x 0",
    "PUB $SYS.REQ.USER.INFO in 0"
  };

  @Test
  void randomOperationsNeverBreakTheServer() {
    Seeds.forEach(
        2_000,
        (seed, random) -> {
          SimulatedServer server = new SimulatedServer(seed, 1 + random.nextInt(2), "");
          SimulatedClient witness =
              server.client(0).send("CONNECT {\"verbose\":false}\nSUB quiet 1\n");
          SimulatedClient hostile = server.client(0);
          for (int i = 0; i < 30 && !hostile.isClosed(); i++) {
            hostile.queue(mangled(random).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
            if (random.nextInt(4) == 0) {
              server.simulation().runReady();
            }
          }
          server.simulation().runReady();
          assertThat(witness.send("PUB quiet 2\nok\nPING\n").received())
              .isEqualTo("MSG quiet 1 2\nok\nPONG\n");
          hostile.hangUp();
          assertThat(server.context().connections()).isEqualTo(1);
        });
  }

  private static String mangled(RandomGenerator random) {
    StringBuilder text = new StringBuilder();
    for (int n = 1 + random.nextInt(6); n > 0; n--) {
      text.append(WORDS[random.nextInt(WORDS.length)]).append("\r\n");
    }
    if (random.nextInt(3) == 0) {
      text.setCharAt(random.nextInt(text.length()), (char) random.nextInt(256));
    }
    if (random.nextInt(3) == 0) {
      text.setLength(random.nextInt(text.length()));
    }
    return text.toString();
  }

  @Test
  void strangerIsClosedAfterAControlLineAndNotLater() {
    SimulatedServer server = new SimulatedServer(1, 1, "authorization { token: x }");
    SimulatedClient stranger = server.client(0);
    stranger.send("CONNECT {\"name\":\"");
    int sent = 0;
    while (!stranger.isClosed()) {
      assertThat(sent).isLessThan(5_000);
      stranger.send("x".repeat(100));
      sent += 100;
    }
    assertThat(stranger.received()).isEqualTo("-ERR 'maximum control line exceeded'\n");
  }

  @Test
  void strangerMayNotEvenBeginAMessage() {
    SimulatedServer server = new SimulatedServer(1, 1, "authorization { token: x }");
    SimulatedClient stranger = server.client(0).send("P");
    assertThat(stranger.received()).isEqualTo("-ERR 'Authorization Violation'\n");
    assertThat(stranger.isClosed()).isTrue();
  }

  @Test
  void hundredThousandSubscriptionsComeAndGo() {
    SimulatedServer server = new SimulatedServer(1, 2, "");
    SimulatedClient client = server.client(0).send("CONNECT {\"verbose\":false}\n");
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 100_000; i++) {
      many.append("SUB same ").append(i).append('\n');
    }
    client.send(many.toString());
    SimulatedClient publisher =
        server.client(1).send("CONNECT {\"verbose\":false}\nPUB same 1\nx\n");
    assertThat(client.received().lines().filter("x"::equals).count()).isEqualTo(100_000);
    client.hangUp();
    assertThat(publisher.send("PUB same 1\nx\nPING\n").received()).isEqualTo("PONG\n");
    server.on(1, () -> assertThat(server.router().subscribers(server.loop(1))).isZero());
    server.simulation().runReady();
  }
}
