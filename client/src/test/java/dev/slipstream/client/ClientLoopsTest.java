// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.base.Clock;
import dev.slipstream.testkit.Eventually;
import dev.slipstream.testkit.ServerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@Timeout(60)
class ClientLoopsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final ClientLoops loops = ClientLoops.ofThreads(2);

  private ClientOptions.Builder options(ServerProcess server) {
    return ClientOptions.builder().servers(server.url()).loops(loops);
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("slipstream-clients-"))
        .count();
  }

  @Test
  void fiftyClientsLiveOnTwoThreadsAndTheLastOnesTakeThemAlong() throws Exception {
    try (ServerProcess server = TestServer.started()) {
      List<NatsClient> clients = new ArrayList<>();
      CountDownLatch heard = new CountDownLatch(50 * 50);
      for (int i = 0; i < 50; i++) {
        NatsClient nc = NatsClient.connect(options(server).build());
        nc.subscribe("all", m -> heard.countDown());
        nc.flush(PATIENCE);
        clients.add(nc);
      }
      assertThat(threads()).isEqualTo(2);
      clients.forEach(nc -> nc.publish("all", null));
      assertThat(heard.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      clients.subList(1, 50).forEach(NatsClient::close);
      assertThat(threads()).isEqualTo(1);
      clients.get(0).flush(PATIENCE);
      clients.get(0).close();
      assertThat(threads()).isZero();
      try (NatsClient later = NatsClient.connect(options(server).build())) {
        later.flush(PATIENCE);
        assertThat(threads()).isEqualTo(1);
      }
      assertThat(threads()).isZero();
    }
  }

  @Test
  void allComeBackAfterARestart() throws Exception {
    try (ServerProcess server = TestServer.started()) {
      List<NatsClient> clients = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        clients.add(
            NatsClient.connect(
                options(server)
                    .reconnectDelay(Duration.ofMillis(10), Duration.ofMillis(50))
                    .build()));
      }
      server.kill();
      server.start();
      for (NatsClient nc : clients) {
        Eventually.holds(PATIENCE, nc::stats, () -> nc.stats().reconnects() == 1);
        nc.flush(PATIENCE);
        nc.close();
      }
    }
  }

  @Test
  void aClientThatCannotConnectLeavesNothing() {
    ClientOptions nowhere =
        ClientOptions.builder().servers("nats://127.0.0.1:1").loops(loops).build();
    assertThatThrownBy(() -> NatsClient.connect(nowhere))
        .isInstanceOf(ConnectFailedException.class);
    Eventually.holds(PATIENCE, ClientLoopsTest::threads, () -> threads() == 0);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void theSocketOfAClosedClientIsGoneWhileOthersStay() throws Exception {
    try (ServerProcess server = TestServer.started();
        NatsClient stays = NatsClient.connect(options(server).build());
        NatsClient other = NatsClient.connect(options(server).build())) {
      Leftovers.assertNoSockets(
          () -> {
            for (int i = 0; i < 10; i++) {
              NatsClient.connect(options(server).build()).close();
            }
          });
      stays.flush(PATIENCE);
      other.flush(PATIENCE);
    }
  }

  @Test
  void theTimersOfAClientThatEndedAreForgotten() throws Exception {
    ClientLoops one = ClientLoops.ofThreads(1);
    ClientLoop first = one.join(Clock.system());
    ClientLoop second = one.join(Clock.system());
    CountDownLatch both = new CountDownLatch(2);
    CountDownLatch staying = new CountDownLatch(1);
    first.execute(
        () -> {
          first.schedule(TimeUnit.MILLISECONDS.toNanos(50), both::countDown);
          first.schedule(0, first::stop);
        });
    second.execute(() -> second.schedule(TimeUnit.MILLISECONDS.toNanos(100), staying::countDown));
    first.awaitEnd(PATIENCE);
    assertThat(first.offer(both::countDown)).isFalse();
    assertThat(staying.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(both.getCount()).isEqualTo(2);
    second.execute(second::stop);
    second.awaitEnd(PATIENCE);
  }

  @Test
  void clientsThatComeAndGoAtOnceLeaveNoThread() throws Exception {
    AtomicInteger ran = new AtomicInteger();
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      all.add(CompletableFuture.runAsync(() -> comeAndGo(ran)));
    }
    for (CompletableFuture<Void> each : all) {
      each.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
    assertThat(ran).hasValue(8 * 300);
    Eventually.holds(PATIENCE, ClientLoopsTest::threads, () -> threads() == 0);
  }

  private void comeAndGo(AtomicInteger ran) {
    for (int i = 0; i < 300; i++) {
      ClientLoop loop = loops.join(Clock.system());
      loop.execute(ran::incrementAndGet);
      loop.execute(loop::stop);
      loop.awaitEnd(PATIENCE);
    }
  }

  @Test
  void whatCannotBeSharedIsRefused() {
    assertThatThrownBy(() -> ClientLoops.ofThreads(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("threads: 0");
  }
}
