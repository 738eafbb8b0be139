// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static dev.slipstream.client.WebSocketServer.options;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.wire.Transport;
import dev.slipstream.testkit.ServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** WebSockets, against the public server. */
@Timeout(90)
@SuppressWarnings("NullAway.Init")
class WebSocketTest {
  private static final Duration PATIENCE = WebSocketServer.PATIENCE;

  @TempDir static Path directory;

  private static Certificates.Pair own;

  @BeforeAll
  static void makeCertificates() throws Exception {
    own = Certificates.make(directory, "own", "dns:localhost,ip:127.0.0.1");
  }

  private static void echoes(NatsClient nc, int bytes) throws InterruptedException {
    byte[] payload = new byte[bytes];
    new SplittableRandom(bytes).nextBytes(payload);
    try (SyncSubscription subscription = nc.subscribeSync("echo")) {
      nc.publish("echo", payload);
      assertThat(Objects.requireNonNull(subscription.poll(PATIENCE)).payload()).isEqualTo(payload);
    }
  }

  // ---- what a connection is used for

  @Test
  void messagesOfAllSizesPassBothWays() throws Exception {
    try (WebSocketServer server = WebSocketServer.with("no_tls: true, compression: true", "")) {
      exchange(server.plainly());
    }
    try (WebSocketServer server = WebSocketServer.secure(own, "")) {
      exchange(server.securely(own));
    }
  }

  private static void exchange(ClientOptions.Builder options) throws InterruptedException {
    try (NatsClient nc = NatsClient.connect(options.build())) {
      for (int bytes : new int[] {0, 1, 100, 16 * 1024, 65_500, 65_536, 1 << 20, 4_000_000}) {
        echoes(nc, bytes);
      }
      try (SyncSubscription subscription = nc.subscribeSync("many")) {
        byte[] payload = new byte[1 << 20];
        for (int i = 0; i < 30; i++) {
          nc.publish("many", payload);
        }
        for (int i = 0; i < 30; i++) {
          assertThat(Objects.requireNonNull(subscription.poll(PATIENCE)).payload())
              .hasSize(1 << 20);
        }
      }
    }
  }

  @Test
  void requestsAreAnsweredAndPullConsumersConsume() throws Exception {
    int messages = 5000;
    try (WebSocketServer server = WebSocketServer.plain();
        NatsClient nc = NatsClient.connect(server.plainly().build())) {
      nc.subscribe("ask", m -> nc.respond(m, m.payload()));
      for (int i = 0; i < 100; i++) {
        assertThat(nc.request("ask", ("n" + i).getBytes(UTF_8)).text()).isEqualTo("n" + i);
      }
      JetStream js = nc.jetStream();
      JsStream stream = js.createStream(StreamConfig.builder("S").subjects("s.>").build());
      PullConsumer consumer = stream.createConsumer(Consumers.durable("c").build());
      for (int i = 0; i < messages; i++) {
        js.publishAsync("s." + i, null);
      }
      js.awaitPublished(PATIENCE);
      List<Long> seen = new CopyOnWriteArrayList<>();
      CountDownLatch all = new CountDownLatch(messages);
      Consumption consumption =
          consumer.consume(
              m -> {
                seen.add(m.info().streamSequence());
                m.ack();
                all.countDown();
              });
      assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
      consumption.stop();
      assertThat(seen).hasSize(messages).isSorted().doesNotHaveDuplicates();
      nc.flush(PATIENCE);
      assertThat(consumer.info().ackFloor().streamSeq()).isEqualTo(messages);
    }
  }

  /** Counts what is sent in one piece, which is a frame here, on a transport with a thread. */
  private static Transport counting(Transport inner, AtomicInteger sent) {
    return new Transport() {
      @Override
      public void start(Receiver receiver) {
        inner.start(receiver);
      }

      @Override
      public boolean send(byte[] bytes, int from, int to) {
        sent.incrementAndGet();
        return inner.send(bytes, from, to);
      }

      @Override
      public long pendingBytes() {
        return inner.pendingBytes();
      }

      @Override
      public void close() {
        inner.close();
      }
    };
  }

  @Test
  void manySmallMessagesGoInFewFrames() throws Exception {
    int messages = 10_000;
    AtomicInteger sent = new AtomicInteger();
    CountDownLatch published = new CountDownLatch(1);
    try (WebSocketServer server = WebSocketServer.plain();
        NatsClient witness = NatsClient.connect(server.plainly().build());
        SyncSubscription heard = witness.subscribeSync("small.>")) {
      witness.flush(PATIENCE);
      ClientOptions.Builder options =
          server
              .plainly()
              .retryInitialConnect(true)
              .transport(
                  () -> {
                    awaitQuietly(published);
                    return counting(new BlockingTransport(server.port()), sent);
                  });
      try (NatsClient nc = NatsClient.connect(options.build())) {
        for (int i = 0; i < messages; i++) {
          nc.publish("small." + i, null);
        }
        published.countDown();
        for (int i = 0; i < messages; i++) {
          assertThat(Objects.requireNonNull(heard.poll(PATIENCE)).subject())
              .isEqualTo("small." + i);
        }
      }
      // some 250 KiB in batches of 64 KiB, the upgrade, the introduction, pings and the end
      assertThat(sent.get()).isBetween(5, 20);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  // ---- losing and finding servers

  @Test
  void aLostConnectionIsMadeAgainWithHeadersOfItsOwn() throws Exception {
    Events<ClientEvent> events = new Events<>();
    AtomicInteger asked = new AtomicInteger();
    try (WebSocketServer server = WebSocketServer.plain();
        NatsClient nc =
            NatsClient.connect(
                server
                    .plainly()
                    .webSocketHeaders(() -> Map.of("X-Attempt", "" + asked.incrementAndGet()))
                    .onEvent(events)
                    .build());
        SyncSubscription kept = nc.subscribeSync("kept")) {
      echoes(nc, 1000);
      assertThat(asked).hasValue(1);
      server.process().kill();
      events.await(ClientEvent.Disconnected.class);
      nc.publish("kept", "while away".getBytes(UTF_8));
      server.process().start();
      events.await(ClientEvent.Reconnected.class);
      assertThat(Objects.requireNonNull(kept.poll(PATIENCE)).text()).isEqualTo("while away");
      echoes(nc, 1 << 20);
      assertThat(asked.get()).isGreaterThan(1);
    }
  }

  @Test
  void aServerThatStopsSaysSo() throws Exception {
    Events<ClientEvent> events = new Events<>();
    try (WebSocketServer server = WebSocketServer.plain();
        NatsClient nc = NatsClient.connect(server.plainly().onEvent(events).build())) {
      server.process().stop();
      assertThat(events.await(ClientEvent.Disconnected.class).cause())
          .isInstanceOf(ConnectionLostException.class)
          .hasMessageContaining("the server closed the WebSocket: 1001");
      server.process().start();
      events.await(ClientEvent.Reconnected.class);
      echoes(nc, 1000);
    }
  }

  @Test
  void theServersOfAClusterAreDiscoveredByTheirWebSockets() throws Exception {
    int routes = ServerProcess.freePort();
    int otherRoutes = ServerProcess.freePort();
    Events<ClientEvent> events = new Events<>();
    try (WebSocketServer one = inCluster(routes, otherRoutes);
        WebSocketServer two = inCluster(otherRoutes, routes);
        NatsClient nc =
            NatsClient.connect(
                options("ws://" + one.endpoint() + "/some/path").onEvent(events).build())) {
      List<String> found = events.await(ClientEvent.ServersDiscovered.class).servers();
      assertThat(found).anyMatch(server -> server.endsWith(":" + two.port()));
      assertThat(found).noneMatch(server -> server.endsWith(":" + two.process().port()));
      one.process().kill();
      assertThat(events.await(ClientEvent.Reconnected.class).server()).endsWith(":" + two.port());
      echoes(nc, 1000);
    }
  }

  private static WebSocketServer inCluster(int routes, int otherRoutes) {
    return WebSocketServer.with(
        "no_tls: true",
        """
        server_name: n%d
        cluster { name: test, listen: '127.0.0.1:%d', routes: ['nats://127.0.0.1:%d'] }
        """
            .formatted(routes, routes, otherRoutes));
  }

  // ---- the end

  @Test
  void aDrainedClientIsClosed() throws Exception {
    try (WebSocketServer server = WebSocketServer.plain()) {
      Leftovers.assertNoMessages(NatsClient.connect(server.plainly().build()));
    }
  }

  @Test
  void noThreadIsLeftAfterClose() throws Exception {
    try (WebSocketServer plain = WebSocketServer.plain();
        WebSocketServer secure = WebSocketServer.secure(own, "")) {
      Leftovers.assertNoThreads(() -> useAndClose(plain.plainly()));
      Leftovers.assertNoThreads(() -> useAndClose(secure.securely(own)));
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void noSocketIsLeftAfterClose() throws Exception {
    try (WebSocketServer plain = WebSocketServer.plain();
        WebSocketServer secure = WebSocketServer.secure(own, "")) {
      Leftovers.assertNoSockets(() -> useAndClose(plain.plainly()));
      Leftovers.assertNoSockets(() -> useAndClose(secure.securely(own)));
      Leftovers.assertNoSockets(() -> failToConnect(secure.port()));
    }
  }

  private static void useAndClose(ClientOptions.Builder options) throws Exception {
    CountDownLatch handled = new CountDownLatch(10);
    try (NatsClient nc = NatsClient.connect(options.webSocketHeaders(Map::of).build())) {
      nc.subscribe("used", m -> handled.countDown());
      nc.requestAsync("nobody", null);
      for (int i = 0; i < 10; i++) {
        nc.publish("used", null);
      }
      assertThat(handled.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static void failToConnect(int port) {
    assertThatThrownBy(() -> NatsClient.connect("ws://127.0.0.1:" + port))
        .isInstanceOf(ConnectFailedException.class);
  }
}
