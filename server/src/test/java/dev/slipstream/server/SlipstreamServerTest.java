// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.slipstream.protocol.api.ServerInfo;
import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.server.config.ServerConfig;
import dev.slipstream.server.config.ServerConfigBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlipstreamServerTest {
  private static final String QUIET = "CONNECT {\"verbose\":false,\"pedantic\":false}\n";

  @Test
  void serverSaysWhereItIsAndWhoItIs() {
    try (SlipstreamServer server = SlipstreamServer.builder().start();
        WireClient client = new WireClient(server.port())) {
      assertThat(server.url()).isEqualTo("nats://127.0.0.1:" + server.port());
      assertThat(server.serverId()).hasSize(56).matches("N[A-Z2-7]{55}");
      assertThat(server.serverName()).isEqualTo(server.serverId());
      client.await("INFO ").await("\n");
      String json = client.received().substring(5);
      ServerInfo info = ServerInfo.read(JsonReader.of(json.getBytes(StandardCharsets.UTF_8)));
      assertThat(info.serverId()).isEqualTo(server.serverId());
      assertThat(info.version()).isEqualTo("2.15.2");
      assertThat(info.port()).isEqualTo(server.port());
      assertThat(info.host()).isEqualTo("127.0.0.1");
      assertThat(info.gitCommit()).isNotEmpty();
      assertThat(info.jetstream()).isFalse();
      assertThat(info.clientIp()).isEqualTo("127.0.0.1");
    }
  }

  @Test
  void portInUseIsOneLineForTheUser() throws IOException {
    try (ServerSocket taken = new ServerSocket(0)) {
      ServerConfig config =
          ServerConfig.builder().host("127.0.0.1").port(taken.getLocalPort()).build();
      assertThatExceptionOfType(ServerStartException.class)
          .isThrownBy(() -> SlipstreamServer.start(config))
          .withMessage("cannot listen on 127.0.0.1:%s: the port is in use", taken.getLocalPort());
    }
  }

  @Test
  void hostThatDoesNotExistIsOneLineForTheUser() {
    assertThatExceptionOfType(ServerStartException.class)
        .isThrownBy(() -> SlipstreamServer.builder().host("no.such.host.invalid").start())
        .withMessage("cannot listen on no.such.host.invalid:0: unknown host");
    assertThatExceptionOfType(ServerStartException.class)
        .isThrownBy(() -> SlipstreamServer.builder().host("192.0.2.1").start())
        .withMessage("cannot listen on 192.0.2.1:0: this machine has no such address");
  }

  @Test
  void accountsThatArePromisedMoreThanThereIsEndTheStart() {
    ServerConfigBuilder builder = ServerConfig.builder();
    builder.readText(
        """
        host: 127.0.0.1, port: -1
        jetstream { max_mem: 1000, max_file: 1000 }
        accounts {
          A { users: [{user: a, password: a}], jetstream { max_file: 600 } }
          B { users: [{user: b, password: b}], jetstream { max_file: 600 } }
        }
        """);
    assertThatExceptionOfType(ServerStartException.class)
        .isThrownBy(() -> SlipstreamServer.start(builder.build()))
        .withMessage(
            "Can't start JetStream: Error enabling jetstream on configured accounts: "
                + "insufficient storage resources available (10047)");
  }

  @Test
  void settingsBesideAConfigurationAreRefused() {
    ServerConfig config = ServerConfig.builder().build();
    assertThatIllegalStateException()
        .isThrownBy(() -> SlipstreamServer.builder().config(config).port(-1).start());
  }

  @Test
  void closeIsHarmlessTwiceAndEndsConnections() {
    SlipstreamServer server = SlipstreamServer.builder().loops(2).start();
    WireClient client = new WireClient(server.port()).send(QUIET + "SUB a 1\nPUB a 1\nx\n").sync();
    server.close();
    client.awaitEnd();
    assertThat(client.received()).doesNotContain("-ERR").contains("MSG a 1 1\r\nx");
    server.close();
    assertThat(server.connections()).isZero();
    assertThatIllegalStateException().isThrownBy(server::connectInProcess);
  }

  @Test
  void portIsFreeAgainAtOnce() {
    SlipstreamServer first = SlipstreamServer.builder().start();
    int port = first.port();
    WireClient client = new WireClient(port).sync();
    first.close();
    client.awaitEnd().close();
    try (SlipstreamServer second = SlipstreamServer.builder().port(port).start()) {
      new WireClient(second.port()).sync().close();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void twoThousandVisitsLeaveNoConnectionAndNoThread(boolean nativeTransport)
      throws InterruptedException {
    Set<Thread> before = threads();
    SlipstreamServer server =
        SlipstreamServer.builder().loops(2).nativeTransport(nativeTransport).start();
    WireClient witness = new WireClient(server.port()).send(QUIET + "SUB > 1\n").sync();
    for (Thread thread : threads()) {
      if (thread.getName().equals(NettyTransport.LOADER_THREAD)) {
        thread.join(TimeUnit.SECONDS.toMillis(10));
      }
    }
    Set<Thread> during = threads();
    for (int i = 0; i < 2_000; i++) {
      WireClient visitor = new WireClient(server.port());
      switch (i % 4) {
        case 0 -> visitor.send(QUIET + "SUB a." + i + " 1\nPUB b 1\nx\n").sync();
        case 1 -> visitor.send("PUB").send("");
        case 2 -> visitor.send("NONSENSE\n").awaitEnd();
        default -> {}
      }
      visitor.close();
    }
    witness.sync();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (server.connections() > 1 && System.nanoTime() < deadline) {
      witness.sync();
    }
    assertThat(server.connections()).isEqualTo(1);
    assertThat(witness.received().split("MSG b 1 1\r\nx").length - 1).isEqualTo(500);
    assertThat(threads()).isEqualTo(during);
    server.close();
    witness.awaitEnd();
    Set<Thread> after = threads();
    after.removeAll(before);
    for (Thread left : after) {
      left.join(TimeUnit.SECONDS.toMillis(10));
    }
    assertThat(after).noneMatch(Thread::isAlive);
  }

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("slipstream-"))
        .collect(Collectors.toSet());
  }

  @Test
  void clientThatReadsNothingIsClosedAndOthersGoOn() throws Exception {
    ServerConfig config =
        ServerConfig.builder()
            .host("127.0.0.1")
            .port(ServerConfig.RANDOM_PORT)
            .maxPendingBytes(2 << 20)
            .build();
    try (SlipstreamServer server = SlipstreamServer.builder().config(config).loops(2).start();
        WireClient slow = new WireClient(server.port());
        WireClient publisher = new WireClient(server.port())) {
      slow.send(QUIET + "SUB big 1\n").sync();
      publisher.send(QUIET).sync();
      String message = "PUB big 1000000\n" + "x".repeat(1_000_000) + "\n";
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (server.connections() == 2 && System.nanoTime() < deadline) {
        publisher.send(message).sync();
      }
      assertThat(server.connections()).isEqualTo(1);
      publisher.sync();
    }
  }

  @Test
  void aMessageThatIsTooLargeIsAnsweredAndThenReset() throws Exception {
    ServerConfig config =
        ServerConfig.builder()
            .host("127.0.0.1")
            .port(ServerConfig.RANDOM_PORT)
            .maxPayload(1000)
            .build();
    try (SlipstreamServer server = SlipstreamServer.start(config);
        Socket client = new Socket("127.0.0.1", server.port())) {
      client.setSoTimeout(10_000);
      String sent = "CONNECT {}\r\nPUB a 1001\r\n" + "x".repeat(1001) + "\r\n";
      client.getOutputStream().write(sent.getBytes(StandardCharsets.US_ASCII));
      ByteArrayOutputStream received = new ByteArrayOutputStream();
      assertThatExceptionOfType(SocketException.class)
          .isThrownBy(
              () -> {
                for (int next; (next = client.getInputStream().read()) >= 0; ) {
                  received.write(next);
                }
              });
      assertThat(received.toString(StandardCharsets.US_ASCII))
          .endsWith("-ERR 'Maximum Payload Violation'\r\n");
    }
  }

  @Test
  void aSocketThatListensAlreadyIsTakenOver() throws Exception {
    ServerConfig config;
    try (ServerSocket free = new ServerSocket(0)) {
      config = ServerConfig.builder().host("127.0.0.1").port(free.getLocalPort()).build();
    }
    for (boolean nativeTransport : new boolean[] {true, false}) {
      ListeningSocket socket = ListeningSocket.open(config);
      assertThat(socket).isNotNull();
      assertThat(ListeningSocket.open(config)).as("the port is taken").isNull();
      try (Socket early = new Socket("127.0.0.1", config.port());
          SlipstreamServer server =
              SlipstreamServer.builder()
                  .config(config)
                  .socket(socket)
                  .loops(2)
                  .nativeTransport(nativeTransport)
                  .start()) {
        early.setSoTimeout(10_000);
        assertThat(early.getInputStream().read()).isEqualTo('I');
        assertThat(server.port()).isEqualTo(config.port());
        new WireClient(server.port()).sync().close();
      }
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> new Socket("127.0.0.1", config.port()).close());
    }
  }

  @Test
  void jetStreamServiceLivesWithTheServer() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    JetStreamService service =
        new JetStreamService() {
          @Override
          public void start(
              java.util.List<dev.slipstream.base.EventLoop> loops,
              java.util.Map<String, dev.slipstream.engine.MessageBus> buses) {
            assertThat(buses).containsKeys("$G", "$SYS");
            CountDownLatch inPlace = new CountDownLatch(1);
            loops
                .get(1)
                .execute(
                    () ->
                        buses
                            .get("$G")
                            .listen(
                                "$JS.API.>".getBytes(StandardCharsets.US_ASCII),
                                message -> {
                                  byte[] reply =
                                      message.reply().getBytes(StandardCharsets.US_ASCII);
                                  buses
                                      .get("$G")
                                      .send(
                                          reply,
                                          new dev.slipstream.protocol.wire.MessageFrame()
                                              .set(reply, new byte[0], new byte[] {'!'}),
                                          null);
                                  return true;
                                },
                                inPlace::countDown));
            await(inPlace);
            started.countDown();
          }

          @Override
          public void stop() {
            stopped.countDown();
          }
        };
    SlipstreamServerBuilder builder =
        SlipstreamServer.builder()
            .loops(2)
            .jetStream(true)
            .temporaryStore()
            .jetStreamService((config, identity) -> service);
    try (SlipstreamServer server = builder.start();
        WireClient client = new WireClient(server.port())) {
      await(started);
      client.send(QUIET + "SUB in 1\nPUB $JS.API.INFO in 0\n\n").await("MSG in 1 1\n!\n").sync();
      assertThat(client.received()).contains("\"jetstream\":true");
    }
    await(stopped);
  }

  @Test
  void jetStreamAnswersAndItsTemporaryStoreGoesWithTheServer() {
    try (SlipstreamServer server =
            SlipstreamServer.builder().jetStream(true).temporaryStore().start();
        WireClient client = new WireClient(server.port())) {
      client.send(QUIET + "SUB in 1\nPUB $JS.API.INFO in 0\n\n").await("account_info_response");
    }
  }

  @Test
  void clientsAreToldTheAdvertisedAddress() {
    ServerConfig config =
        ServerConfig.builder()
            .host("127.0.0.1")
            .port(ServerConfig.RANDOM_PORT)
            .clientAdvertise("nats.example.com:4333")
            .build();
    try (SlipstreamServer server = SlipstreamServer.start(config);
        WireClient client = new WireClient(server.port())) {
      client.await("\"host\":\"nats.example.com\",\"port\":4333");
      assertThat(server.port()).isNotEqualTo(4333);
    }
    assertThat(HostAndPort.parse("[::1]:5", 7)).isEqualTo(new HostAndPort("::1", 5));
    assertThat(HostAndPort.parse("[::1]", 7)).isEqualTo(new HostAndPort("::1", 7));
    assertThat(HostAndPort.parse("::1", 7)).isEqualTo(new HostAndPort("::1", 7));
    assertThat(HostAndPort.parse("h", 7)).isEqualTo(new HostAndPort("h", 7));
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }
}
