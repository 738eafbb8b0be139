// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.testkit.Cable;
import dev.slipstream.testkit.Eventually;
import dev.slipstream.testkit.ServerProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that break anywhere, and servers that break the protocol. */
class BrokenServersTest {
  /** Beyond INFO, the answers to what a client says first, and some messages. */
  private static final int CUTS = 1500;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void aConsumptionGoesOnWhereverItsConnectionIsCut() throws Exception {
    AtomicLong cut = new AtomicLong();
    Set<Long> handled = ConcurrentHashMap.newKeySet();
    try (ServerProcess server = TestServer.started();
        NatsClient other = NatsClient.connect(server.url());
        Cable cable =
            new Cable(
                server.port(),
                () -> {
                  long now = cut.incrementAndGet();
                  return now > CUTS ? Long.MAX_VALUE : now;
                });
        NatsClient nc =
            NatsClient.connect(
                ClientOptions.builder()
                    .servers(cable.url())
                    .ignoreDiscovered(true)
                    .retryInitialConnect(true)
                    .reconnectDelay(Duration.ofMillis(1), Duration.ofMillis(2))
                    .build())) {
      JsStream stream =
          other.jetStream().createStream(StreamConfig.builder("CUT").subjects("cut").build());
      stream.createConsumer(
          Consumers.durable("c").ackWaitNanos(Duration.ofSeconds(1).toNanos()).build());
      nc.jetStream()
          .bindConsumer("CUT", "c")
          .consume(
              m -> {
                m.ack();
                handled.add(m.info().streamSequence());
              });
      Eventually.holds(
          PATIENCE,
          () -> "cuts: " + cut,
          () -> {
            other.publish("cut", null); // there is something to deliver, until the cut is reached
            return cut.get() > CUTS;
          });
      long last = other.jetStream().publish("cut", null).sequence();
      Eventually.holds(
          PATIENCE, () -> handled.size() + " of " + last, () -> handled.size() >= last);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HELLO\r\n",
        "INFO {\"server_id\r\n",
        "INFO {}\r\nMSG\r\n",
        "INFO {}\r\nMSG a 1 -5\r\n",
        "INFO {}\r\nMSG a 1 99999999999999999999\r\n",
        "INFO {}\r\nMSG a 1 2147483647\r\n",
        "INFO {}\r\nMSG a 1 3\r\nabcdef\r\n",
        "INFO {}\r\nHMSG a 1 20 10\r\n",
        "INFO {}\r\n\u0000\u0001\u0002\r\n",
      })
  void nonsenseEndsTheConnectionWithAClearError(String said) throws Exception {
    assertRefused(said.getBytes(ISO_8859_1), 1);
  }

  @Test
  void aLineWithoutAnEndIsNotCollectedForEver() throws Exception {
    assertRefused(("INFO {" + "x".repeat(64 * 1024)).getBytes(ISO_8859_1), 4096);
  }

  /** Says it so many times; the client has to go away, and to say why. */
  private static void assertRefused(byte[] said, int times) throws Exception {
    Events<ClientEvent> events = new Events<>();
    try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        NatsClient nc =
            NatsClient.connect(
                ClientOptions.builder()
                    .servers("nats://127.0.0.1:" + socket.getLocalPort())
                    .retryInitialConnect(true)
                    .connectTimeout(Duration.ofSeconds(30))
                    .onEvent(events)
                    .build());
        Socket client = socket.accept()) {
      try {
        for (int i = 0; i < times; i++) {
          client.getOutputStream().write(said);
        }
        // what it says first, and then its end
        client.setSoTimeout((int) PATIENCE.toMillis());
        while (client.getInputStream().read() >= 0) {}
      } catch (IOException gone) {
        // it has closed the connection while something was on the way
      }
      Throwable cause = events.await(ClientEvent.AttemptFailed.class).cause();
      assertThat(cause).hasMessageContaining("broke the protocol");
      assertThat(cause.getCause()).hasMessageMatching(".{10,}");
    }
  }
}
