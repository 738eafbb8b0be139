// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.testkit.ServerProcess;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of a client when servers come and go. */
@Timeout(90)
class ReconnectTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static ClientOptions.Builder quick(ServerProcess... servers) {
    ClientOptions.Builder options =
        ClientOptions.builder()
            .reconnectDelay(Duration.ofMillis(20), Duration.ofMillis(200))
            .keepServerOrder(true);
    for (ServerProcess server : servers) {
      options.servers(server.url());
    }
    return options;
  }

  @Test
  void subscriptionsAndBufferedMessagesSurviveARestartOfTheServer() throws Exception {
    Events<ClientEvent> events = new Events<>();
    try (ServerProcess server = TestServer.started();
        NatsClient nc = NatsClient.connect(quick(server).onEvent(events).build())) {
      SyncSubscription subscription = nc.subscribeSync("kept");
      SyncSubscription limited = nc.subscribeSync("kept");
      limited.unsubscribeAfter(2);
      nc.publish("kept", "before".getBytes(UTF_8));
      nc.flush(PATIENCE);
      assertThat(Objects.requireNonNull(subscription.poll(PATIENCE)).text()).isEqualTo("before");
      server.kill();
      events.await(ClientEvent.Disconnected.class);
      assertThat(nc.state()).isEqualTo(ClientState.RECONNECTING);
      nc.publish("kept", "during".getBytes(UTF_8));
      server.start();
      events.await(ClientEvent.Reconnected.class);
      assertThat(Objects.requireNonNull(subscription.poll(PATIENCE)).text()).isEqualTo("during");
      assertThat(nc.state()).isEqualTo(ClientState.CONNECTED);
      assertThat(nc.stats().reconnects()).isEqualTo(1);
      nc.publish("kept", "after".getBytes(UTF_8));
      assertThat(Objects.requireNonNull(subscription.poll(PATIENCE)).text()).isEqualTo("after");
      assertThat(Objects.requireNonNull(limited.poll(PATIENCE)).text()).isEqualTo("before");
      assertThat(Objects.requireNonNull(limited.poll(PATIENCE)).text()).isEqualTo("during");
      assertThat(limited.poll(PATIENCE)).isNull();
    }
  }

  @Test
  void theBufferForTimesWithoutConnectionIsBounded() throws Exception {
    Events<ClientEvent> events = new Events<>();
    try (ServerProcess server = TestServer.started();
        NatsClient nc =
            NatsClient.connect(quick(server).bufferBytes(64 * 1024).onEvent(events).build())) {
      server.kill();
      events.await(ClientEvent.Disconnected.class);
      int[] sent = {0};
      assertThatThrownBy(
              () -> {
                for (; sent[0] < 1000; sent[0]++) {
                  nc.publish("bounded", new byte[1000]);
                }
              })
          .isInstanceOf(QueueFullException.class);
      assertThat(sent[0]).isBetween(50, 64);
      server.start();
      events.await(ClientEvent.Reconnected.class);
      nc.flush(PATIENCE);
      assertThat(nc.stats().queuedBytes()).isZero();
      assertThat(nc.stats().messagesOut()).isGreaterThanOrEqualTo(sent[0]);
      nc.publish("bounded", new byte[1000]);
      nc.flush(PATIENCE);
    }
  }

  @Test
  void aFullBufferMayLetSendersWait() throws Exception {
    Events<ClientEvent> events = new Events<>();
    try (ServerProcess server = TestServer.started();
        NatsClient nc = NatsClient.connect(smallBuffer(server, BufferFull.WAIT, events).build());
        SyncSubscription all = nc.subscribeSync("waiting")) {
      server.kill();
      events.await(ClientEvent.Disconnected.class);
      CompletableFuture<Void> sender = CompletableFuture.runAsync(() -> send200(nc));
      assertThatThrownBy(() -> sender.get(300, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      assertThat(nc.stats().queuedBytes()).isBetween(60_000L, 65_536L);
      server.start();
      events.await(ClientEvent.Reconnected.class);
      sender.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      for (int i = 0; i < 200; i++) {
        assertThat(number(Objects.requireNonNull(all.poll(PATIENCE)))).isEqualTo(i);
      }
    }
  }

  @Test
  void whoWaitsForTheBufferLearnsOfTheEnd() throws Exception {
    Events<ClientEvent> events = new Events<>();
    try (ServerProcess server = TestServer.started();
        NatsClient nc =
            NatsClient.connect(
                smallBuffer(server, BufferFull.WAIT, events)
                    .closeTimeout(Duration.ofMillis(100))
                    .build())) {
      server.kill();
      events.await(ClientEvent.Disconnected.class);
      CompletableFuture<Void> sender = CompletableFuture.runAsync(() -> send200(nc));
      assertThatThrownBy(() -> sender.get(200, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      nc.close();
      assertThatThrownBy(() -> sender.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .hasCauseInstanceOf(ConnectionClosedException.class);
    }
  }

  @Test
  void aFullBufferMayDropTheOldest() throws Exception {
    Events<ClientEvent> events = new Events<>();
    try (ServerProcess server = TestServer.started();
        NatsClient nc =
            NatsClient.connect(smallBuffer(server, BufferFull.DROP_OLDEST, events).build());
        SyncSubscription all = nc.subscribeSync("newest")) {
      server.kill();
      events.await(ClientEvent.Disconnected.class);
      CompletableFuture<Message> first = nc.requestAsync("nobody", payload(0));
      for (int i = 0; i < 1000; i++) {
        nc.publish("newest", payload(i));
      }
      assertThatThrownBy(() -> first.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .hasCauseInstanceOf(QueueFullException.class);
      assertThat(events.await(ClientEvent.MessagesDropped.class).limitBytes()).isEqualTo(65_536);
      long dropped = nc.stats().droppedOut();
      assertThat(dropped).isBetween(930L, 960L);
      server.start();
      events.await(ClientEvent.Reconnected.class);
      for (int i = (int) dropped - 1; i < 1000; i++) { // one of the dropped was the request
        assertThat(number(Objects.requireNonNull(all.poll(PATIENCE)))).isEqualTo(i);
      }
      assertThat(nc.stats().droppedOut()).isEqualTo(dropped);
    }
  }

  private static ClientOptions.Builder smallBuffer(
      ServerProcess server, BufferFull policy, Events<ClientEvent> events) {
    return quick(server).bufferBytes(64 * 1024).whenBufferFull(policy).onEvent(events);
  }

  private static void send200(NatsClient nc) {
    for (int i = 0; i < 200; i++) {
      nc.publish("waiting", payload(i));
    }
  }

  private static byte[] payload(int number) {
    return ByteBuffer.allocate(1000).putInt(number).array();
  }

  private static int number(Message message) {
    return ByteBuffer.wrap(message.payload()).getInt();
  }

  @Test
  void theNextServerOfTheListTakesOver() throws Exception {
    Events<ClientEvent> events = new Events<>();
    try (ServerProcess one = TestServer.started();
        ServerProcess two = TestServer.started();
        NatsClient nc = NatsClient.connect(quick(one, two).onEvent(events).build())) {
      assertThat(events.await(ClientEvent.Connected.class).server()).endsWith(":" + one.port());
      one.kill();
      assertThat(events.await(ClientEvent.Reconnected.class).server()).endsWith(":" + two.port());
      nc.flush(PATIENCE);
    }
  }

  @Test
  void serversThatDoNotAnswerArePassedOver() throws Exception {
    try (ServerProcess server = TestServer.started();
        ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String list =
          "nats://127.0.0.1:" + ServerProcess.freePort() + ",127.0.0.1:" + deaf.getLocalPort();
      ClientOptions options =
          ClientOptions.builder()
              .servers(list, server.url())
              .keepServerOrder(true)
              .connectTimeout(Duration.ofSeconds(1))
              .build();
      try (NatsClient nc = NatsClient.connect(options)) {
        nc.flush(PATIENCE);
      }
    }
  }

  @Test
  void whereNoServerIsThereTheAttemptsAreReported() {
    String url = "nats://127.0.0.1:" + ServerProcess.freePort();
    assertThatThrownBy(() -> NatsClient.connect(url, "127.0.0.1:" + ServerProcess.freePort()))
        .isInstanceOfSatisfying(
            ConnectFailedException.class, e -> assertThat(e.attempts()).hasSize(2));
  }

  @Test
  void theFirstConnectMayBeRetriedInTheBackground() throws Exception {
    Events<ClientEvent> events = new Events<>();
    try (ServerProcess server = TestServer.builder().reserve();
        NatsClient nc =
            NatsClient.connect(quick(server).retryInitialConnect(true).onEvent(events).build())) {
      assertThat(nc.state()).isEqualTo(ClientState.CONNECTING);
      SyncSubscription subscription = nc.subscribeSync("early");
      nc.publish("early", "bird".getBytes(UTF_8));
      events.await(ClientEvent.AttemptFailed.class);
      server.start();
      events.await(ClientEvent.Connected.class);
      assertThat(Objects.requireNonNull(subscription.poll(PATIENCE)).text()).isEqualTo("bird");
    }
  }

  @Test
  void withoutReconnectALostConnectionClosesTheClient() throws Exception {
    Events<ClientEvent> events = new Events<>();
    try (ServerProcess server = TestServer.started();
        NatsClient nc =
            NatsClient.connect(quick(server).reconnect(false).onEvent(events).build())) {
      SyncSubscription subscription = nc.subscribeSync("gone");
      server.kill();
      events.await(ClientEvent.Closed.class);
      assertThat(nc.state()).isEqualTo(ClientState.CLOSED);
      assertThat(subscription.poll(PATIENCE)).isNull();
      assertThatThrownBy(() -> nc.publish("gone", null))
          .isInstanceOf(ConnectionClosedException.class);
      assertThatThrownBy(() -> nc.request("gone", null))
          .isInstanceOf(ConnectionClosedException.class);
    }
  }

  @Test
  void aForcedReconnectKeepsSubscriptions() throws Exception {
    Events<ClientEvent> events = new Events<>();
    try (ServerProcess server = TestServer.started();
        NatsClient nc = NatsClient.connect(quick(server).onEvent(events).build())) {
      SyncSubscription subscription = nc.subscribeSync("forced");
      nc.flush(PATIENCE);
      nc.forceReconnect();
      events.await(ClientEvent.Reconnected.class);
      nc.publish("forced", null);
      assertThat(subscription.poll(PATIENCE)).isNotNull();
    }
  }

  @Test
  void aServerThatStopsAnsweringIsLeft() throws Exception {
    Events<ClientEvent> events = new Events<>();
    try (ServerProcess frozen = TestServer.started();
        ServerProcess other = TestServer.started();
        NatsClient nc =
            NatsClient.connect(
                quick(frozen, other).ping(Duration.ofMillis(200), 2).onEvent(events).build())) {
      frozen.signal("STOP");
      try {
        ClientEvent.Disconnected lost = events.await(ClientEvent.Disconnected.class);
        assertThat(lost.cause()).hasMessageContaining("pings");
        assertThat(events.await(ClientEvent.Reconnected.class).server())
            .endsWith(":" + other.port());
        nc.flush(PATIENCE);
      } finally {
        frozen.signal("CONT");
      }
    }
  }

  @Test
  void theAnnouncedEndOfAServerIsAnEvent() throws Exception {
    Events<ClientEvent> events = new Events<>();
    try (ServerProcess server = TestServer.started();
        NatsClient nc = NatsClient.connect(quick(server).onEvent(events).build())) {
      server.signal("USR2");
      events.await(ClientEvent.LameDuck.class);
      assertThat(nc.state()).isEqualTo(ClientState.CONNECTED);
    }
  }

  @Test
  void theServersOfAClusterAreDiscovered() throws Exception {
    int routes = ServerProcess.freePort();
    int otherRoutes = ServerProcess.freePort();
    Events<ClientEvent> events = new Events<>();
    try (ServerProcess one = TestServer.started(cluster(routes, otherRoutes));
        ServerProcess two = TestServer.started(cluster(otherRoutes, routes));
        NatsClient nc = NatsClient.connect(quick(one).onEvent(events).build())) {
      String other = ":" + two.port();
      List<String> found = events.await(ClientEvent.ServersDiscovered.class).servers();
      assertThat(found).anyMatch(server -> server.endsWith(other));
      one.kill();
      assertThat(events.await(ClientEvent.Reconnected.class).server()).endsWith(other);
      nc.flush(PATIENCE);
    }
  }

  private static String[] cluster(int own, int other) {
    return new String[] {
      "--cluster_name", "test",
      "--server_name", "n" + own,
      "--cluster", "nats://127.0.0.1:" + own,
      "--routes", "nats://127.0.0.1:" + other
    };
  }
}
