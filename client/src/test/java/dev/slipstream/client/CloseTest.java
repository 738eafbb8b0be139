// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.testkit.ServerProcess;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@Timeout(60)
class CloseTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @Test
  void noThreadIsLeftAfterClose() throws Exception {
    try (ServerProcess server = TestServer.started()) {
      Leftovers.assertNoThreads(() -> useAndClose(server));
    }
  }

  @Test
  void allThreadsAreDaemonsWithTheClientsName() throws Exception {
    try (ServerProcess server = TestServer.started();
        NatsClient nc =
            NatsClient.connect(
                ClientOptions.builder().servers(server.url()).name("orders").build())) {
      CompletableFuture<String> handler = new CompletableFuture<>();
      nc.subscribe("names", m -> handler.complete(Thread.currentThread().getName()));
      nc.publish("names", null);
      assertThat(handler.get(10, TimeUnit.SECONDS)).startsWith("slipstream-orders-handler-");
      Stream<Thread> own =
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> thread.getName().startsWith("slipstream-orders"));
      assertThat(own).isNotEmpty().allMatch(Thread::isDaemon);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void noSocketIsLeftAfterClose() throws Exception {
    try (ServerProcess server = TestServer.started()) {
      Leftovers.assertNoSockets(() -> useAndClose(server));
    }
  }

  private static void useAndClose(ServerProcess server) throws Exception {
    CountDownLatch handled = new CountDownLatch(10);
    try (NatsClient nc = NatsClient.connect(server.url())) {
      nc.subscribe("used", m -> handled.countDown());
      nc.requestAsync("nobody", null);
      for (int i = 0; i < 10; i++) {
        nc.publish("used", null);
      }
      assertThat(handled.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void closeLetsHandlersFinishAndSendsWhatIsQueued() throws Exception {
    try (ServerProcess server = TestServer.started();
        NatsClient witness = NatsClient.connect(server.url())) {
      SyncSubscription last = witness.subscribeSync("last");
      witness.flush(PATIENCE);
      AtomicInteger handled = new AtomicInteger();
      CountDownLatch begun = new CountDownLatch(1);
      CountDownLatch go = new CountDownLatch(1);
      NatsClient nc = NatsClient.connect(server.url());
      nc.subscribe(
          "finish",
          m -> {
            begun.countDown();
            go.await();
            handled.incrementAndGet();
            nc.publish("last", null);
          });
      nc.publish("finish", null);
      nc.publish("finish", null);
      assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
      nc.flush(PATIENCE);
      CompletableFuture<Void> closed = CompletableFuture.runAsync(nc::close);
      go.countDown();
      closed.get(20, TimeUnit.SECONDS);
      assertThat(handled).hasValue(2);
      assertThat(last.poll(PATIENCE)).isNotNull();
      assertThat(last.poll(PATIENCE)).isNotNull();
      assertThat(nc.state()).isEqualTo(ClientState.CLOSED);
    }
  }

  @Test
  void aHandlerMayCloseItsOwnClient() throws Exception {
    try (ServerProcess server = TestServer.started()) {
      NatsClient nc = NatsClient.connect(server.url());
      CompletableFuture<Duration> took = new CompletableFuture<>();
      nc.subscribe(
          "suicide",
          m -> {
            long began = System.nanoTime();
            nc.close();
            took.complete(Duration.ofNanos(System.nanoTime() - began));
          });
      nc.publish("suicide", null);
      assertThat(took.get(20, TimeUnit.SECONDS)).isLessThan(Duration.ofSeconds(2));
    }
  }

  @Test
  void closingTwiceDoesNoHarm() {
    try (ServerProcess server = TestServer.started()) {
      NatsClient nc = NatsClient.connect(server.url());
      nc.close();
      nc.close();
      assertThat(nc.state()).isEqualTo(ClientState.CLOSED);
      assertThat(nc.drain(PATIENCE)).isNotNull();
    }
  }

  @Test
  void aDrainedClientIsClosed() throws Exception {
    try (ServerProcess server = TestServer.started()) {
      Leftovers.assertNoMessages(NatsClient.connect(server.url()));
    }
  }

  @Test
  void closeGivesUpOnAHandlerThatHangs() throws Exception {
    try (ServerProcess server = TestServer.started()) {
      NatsClient nc =
          NatsClient.connect(
              ClientOptions.builder()
                  .servers(server.url())
                  .closeTimeout(Duration.ofMillis(200))
                  .build());
      CountDownLatch begun = new CountDownLatch(1);
      CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
      nc.subscribe(
          "hang",
          m -> {
            begun.countDown();
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              interrupted.complete(true);
            }
          });
      nc.publish("hang", null);
      assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
      nc.close();
      assertThat(interrupted.get(10, TimeUnit.SECONDS)).isTrue();
      assertThat(nc.state()).isEqualTo(ClientState.CLOSED);
    }
  }
}
