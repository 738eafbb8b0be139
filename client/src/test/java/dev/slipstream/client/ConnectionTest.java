// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.protocol.wire.Headers;
import dev.slipstream.testkit.SharedServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Connecting, publishing, subscribing and requesting, against a running server. */
@Timeout(60)
class ConnectionTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @RegisterExtension static final SharedServer server = new SharedServer(TestServer::started);

  private static Message next(SyncSubscription subscription) throws InterruptedException {
    return Objects.requireNonNull(subscription.poll(PATIENCE), "no message came");
  }

  @Test
  void aMessageReachesItsSubscriberWithHeadersAndPayload() throws Exception {
    try (NatsClient nc = NatsClient.connect(server.url())) {
      SyncSubscription subscription = nc.subscribeSync("greet.*");
      nc.publish("greet.one", Headers.of("A", "b"), "hello".getBytes(UTF_8));
      nc.publish("greet.two", null);
      Message first = next(subscription);
      assertThat(first.subject()).isEqualTo("greet.one");
      assertThat(first.text()).isEqualTo("hello");
      assertThat(first.header("A")).isEqualTo("b");
      assertThat(first.headers().first("A")).isEqualTo("b");
      assertThat(first.reply()).isNull();
      Message second = next(subscription);
      assertThat(second.payload()).isEmpty();
      assertThat(second.headers().isEmpty()).isTrue();
      assertThat(nc.server().version()).isNotEmpty();
    }
  }

  @Test
  void aSubjectBeyondAsciiTravelsInUtf8() throws Exception {
    try (NatsClient nc = NatsClient.connect(server.url())) {
      SyncSubscription subscription = nc.subscribeSync("stra\u00dfe.\u65e5\u672c");
      nc.publish("stra\u00dfe.\u65e5\u672c", "x".getBytes(UTF_8));
      assertThat(next(subscription).subject()).isEqualTo("stra\u00dfe.\u65e5\u672c");
    }
  }

  @Test
  void aPayloadMayBeChangedOnceItIsPublished() throws Exception {
    try (NatsClient nc = NatsClient.connect(server.url())) {
      SyncSubscription subscription = nc.subscribeSync("copied");
      byte[] payload = {1};
      nc.publish("copied", payload);
      payload[0] = 2;
      assertThat(next(subscription).payload()).containsExactly(1);
    }
  }

  @Test
  void subjectsThatWouldBreakTheProtocolAreRefused() {
    try (NatsClient nc = NatsClient.connect(server.url())) {
      for (String bad : List.of("", "a b", "a..b", ".a", "a.", "a\r\nPING", "a\tb")) {
        assertThatThrownBy(() -> nc.publish(bad, null))
            .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> nc.subscribeSync(bad))
            .isInstanceOf(IllegalArgumentException.class);
      }
      assertThatThrownBy(() -> nc.subscribeSync("a.>.b"))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void manyMessagesOfEverySizeArriveInOrder() throws Exception {
    try (NatsClient nc = NatsClient.connect(server.url())) {
      SyncSubscription subscription = nc.subscribeSync("sizes");
      int[] sizes = {0, 1, 100, 4096, 65_000, 70_000, 300_000, 1_000_000};
      for (int round = 0; round < 5; round++) {
        for (int size : sizes) {
          nc.publish("sizes", new byte[size]);
        }
      }
      for (int round = 0; round < 5; round++) {
        for (int size : sizes) {
          assertThat(next(subscription).payload()).hasSize(size);
        }
      }
    }
  }

  @Test
  void aMessageLargerThanTheServerTakesIsRefusedBeforeItIsSent() {
    try (NatsClient nc = NatsClient.connect(server.url())) {
      int limit = nc.server().maxPayload();
      assertThatThrownBy(() -> nc.publish("big", new byte[limit + 1]))
          .isInstanceOf(PayloadTooLargeException.class);
      nc.publish("big", new byte[limit]);
      nc.flush(PATIENCE);
    }
  }

  @Test
  void requestsAreAnsweredOneByOneAndTogether() throws Exception {
    try (NatsClient nc = NatsClient.connect(server.url())) {
      nc.subscribe("echo", m -> nc.respond(m, m.payload()));
      for (int i = 0; i < 50; i++) {
        assertThat(nc.request("echo", ("n" + i).getBytes(UTF_8)).text()).isEqualTo("n" + i);
      }
      List<CompletableFuture<Message>> many = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        many.add(nc.requestAsync("echo", ("m" + i).getBytes(UTF_8)));
      }
      for (int i = 0; i < 500; i++) {
        assertThat(many.get(i).get(10, TimeUnit.SECONDS).text()).isEqualTo("m" + i);
      }
    }
  }

  @Test
  void aRequestThatNobodyHearsFailsAtOnce() {
    try (NatsClient nc = NatsClient.connect(server.url())) {
      assertThatThrownBy(() -> nc.request("nobody.here", null))
          .isInstanceOfSatisfying(
              NoRespondersException.class, e -> assertThat(e.subject()).isEqualTo("nobody.here"));
    }
  }

  @Test
  void aRequestThatIsNotAnsweredTimesOut() {
    try (NatsClient nc = NatsClient.connect(server.url())) {
      nc.subscribe("silent", m -> {});
      long began = System.nanoTime();
      assertThatThrownBy(() -> nc.request("silent", null, Duration.ofMillis(150)))
          .isInstanceOfSatisfying(
              RequestTimeoutException.class,
              e -> assertThat(e.state()).isEqualTo(ClientState.CONNECTED));
      assertThat(Duration.ofNanos(System.nanoTime() - began))
          .isBetween(Duration.ofMillis(150), Duration.ofSeconds(5));
    }
  }

  @Test
  void aQueueGroupSharesItsMessages() throws Exception {
    try (NatsClient nc = NatsClient.connect(server.url())) {
      int messages = 200;
      CountDownLatch all = new CountDownLatch(messages);
      AtomicInteger one = new AtomicInteger();
      AtomicInteger two = new AtomicInteger();
      nc.subscribe("work", "group", m -> count(one, all));
      nc.subscribe("work", "group", m -> count(two, all));
      for (int i = 0; i < messages; i++) {
        nc.publish("work", null);
      }
      assertThat(all.await(10, TimeUnit.SECONDS)).isTrue();
      nc.flush(PATIENCE);
      assertThat(one.get() + two.get()).isEqualTo(messages);
      assertThat(one.get()).isPositive();
      assertThat(two.get()).isPositive();
    }
  }

  private static void count(AtomicInteger counter, CountDownLatch latch) {
    counter.incrementAndGet();
    latch.countDown();
  }

  @Test
  void aSubscriptionEndsAfterTheMessagesItWasLimitedTo() throws Exception {
    try (NatsClient nc = NatsClient.connect(server.url())) {
      SyncSubscription subscription = nc.subscribeSync("limited");
      subscription.unsubscribeAfter(3);
      for (int i = 0; i < 5; i++) {
        nc.publish("limited", null);
      }
      nc.flush(PATIENCE);
      for (int i = 0; i < 3; i++) {
        next(subscription);
      }
      assertThat(subscription.poll(PATIENCE)).isNull();
      assertThat(subscription.isActive()).isFalse();
    }
  }

  @Test
  void anUnsubscribedHandlerIsNotCalledAnyMore() throws Exception {
    try (NatsClient nc = NatsClient.connect(server.url())) {
      AtomicInteger calls = new AtomicInteger();
      Subscription subscription = nc.subscribe("once", m -> calls.incrementAndGet());
      SyncSubscription witness = nc.subscribeSync("once");
      subscription.unsubscribe();
      nc.publish("once", null);
      next(witness);
      assertThat(calls).hasValue(0);
      assertThat(subscription.isActive()).isFalse();
    }
  }

  @Test
  void aDrainedSubscriptionHandlesWhatHasCome() throws Exception {
    try (NatsClient nc = NatsClient.connect(server.url())) {
      AtomicInteger calls = new AtomicInteger();
      CountDownLatch go = new CountDownLatch(1);
      Subscription subscription =
          nc.subscribe(
              "drained",
              m -> {
                go.await();
                calls.incrementAndGet();
              });
      for (int i = 0; i < 100; i++) {
        nc.publish("drained", null);
      }
      CompletableFuture<Void> drained = subscription.drain(PATIENCE);
      nc.publish("drained", null);
      nc.flush(PATIENCE);
      assertThat(drained).isNotDone();
      go.countDown();
      drained.get(10, TimeUnit.SECONDS);
      assertThat(calls).hasValue(100);
    }
  }

  @Test
  void aSlowSubscriberLosesMessagesBeyondItsBoundAndIsToldOnce() throws Exception {
    Events<ClientEvent> events = new Events<>();
    try (NatsClient nc =
        NatsClient.connect(ClientOptions.builder().servers(server.url()).onEvent(events).build())) {
      CountDownLatch go = new CountDownLatch(1);
      CountDownLatch taken = new CountDownLatch(1);
      AtomicInteger calls = new AtomicInteger();
      Subscription subscription =
          nc.subscribe(
              SubscribeOptions.to("slow").maxPending(10, 1 << 20),
              m -> {
                calls.incrementAndGet();
                taken.countDown();
                go.await();
              });
      nc.publish("slow", null);
      assertThat(taken.await(10, TimeUnit.SECONDS)).isTrue();
      for (int i = 1; i < 100; i++) {
        nc.publish("slow", null);
      }
      nc.flush(PATIENCE);
      assertThat(subscription.pendingMessages()).isBetween(10L, 11L);
      assertThat(subscription.dropped()).isBetween(89L, 90L);
      assertThat(nc.stats().dropped()).isEqualTo(subscription.dropped());
      assertThat(events.await(ClientEvent.SlowConsumer.class).subject()).isEqualTo("slow");
      assertThat(events.saw(ClientEvent.SlowConsumer.class)).isFalse();
      go.countDown();
      subscription.drain(PATIENCE).get(10, TimeUnit.SECONDS);
      assertThat(calls.get() + subscription.dropped()).isEqualTo(100);
    }
  }

  @Test
  void aHandlerThatThrowsIsCalledForTheNextMessage() throws Exception {
    Events<ClientEvent> events = new Events<>();
    try (NatsClient nc =
        NatsClient.connect(ClientOptions.builder().servers(server.url()).onEvent(events).build())) {
      CountDownLatch second = new CountDownLatch(2);
      nc.subscribe(
          "throwing",
          m -> {
            second.countDown();
            throw new AssertionError("on purpose");
          });
      nc.publish("throwing", null);
      nc.publish("throwing", null);
      assertThat(second.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(events.await(ClientEvent.HandlerFailed.class).failure()).hasMessage("on purpose");
    }
  }

  @Test
  void withoutEchoOwnMessagesDoNotComeBack() throws Exception {
    ClientOptions silent = ClientOptions.builder().servers(server.url()).echo(false).build();
    try (NatsClient nc = NatsClient.connect(silent);
        NatsClient other = NatsClient.connect(server.url())) {
      SyncSubscription subscription = nc.subscribeSync("echoed");
      nc.flush(PATIENCE);
      nc.publish("echoed", "own".getBytes(UTF_8));
      nc.flush(PATIENCE);
      other.publish("echoed", "other".getBytes(UTF_8));
      assertThat(next(subscription).text()).isEqualTo("other");
    }
  }

  @Test
  void aTransportOfAnotherKindServesAsWell() throws Exception {
    ClientOptions options =
        ClientOptions.builder().transport(() -> new BlockingTransport(server.port())).build();
    try (NatsClient nc = NatsClient.connect(options)) {
      SyncSubscription subscription = nc.subscribeSync("foreign");
      for (int i = 0; i < 1000; i++) {
        nc.publish("foreign", Integer.toString(i).getBytes(UTF_8));
      }
      for (int i = 0; i < 1000; i++) {
        assertThat(next(subscription).text()).isEqualTo(Integer.toString(i));
      }
      nc.forceReconnect();
      nc.flush(PATIENCE);
      nc.publish("foreign", "again".getBytes(UTF_8));
      assertThat(next(subscription).text()).isEqualTo("again");
    }
  }

  @Test
  void countsAreKept() {
    try (NatsClient nc = NatsClient.connect(server.url())) {
      nc.subscribe("counted", m -> {});
      for (int i = 0; i < 10; i++) {
        nc.publish("counted", new byte[100]);
      }
      nc.flush(PATIENCE);
      ClientStats stats = nc.stats();
      assertThat(stats.messagesIn()).isEqualTo(10);
      assertThat(stats.bytesIn()).isGreaterThan(1000);
      assertThat(stats.bytesOut()).isGreaterThan(1000);
      assertThat(stats.messagesOut()).isGreaterThanOrEqualTo(10);
      assertThat(stats.queuedBytes()).isZero();
      assertThat(nc.rtt()).isLessThan(PATIENCE);
    }
  }

  @Test
  void codeChainedToAFutureRunsOffTheLoopAndMayBlock() throws Exception {
    try (NatsClient nc = NatsClient.connect(server.url())) {
      nc.subscribe("chain", m -> nc.respond(m, m.payload()));
      CompletableFuture<String> chained =
          nc.requestAsync("chain", "a".getBytes(UTF_8))
              .thenApply(reply -> nc.request("chain", reply.payload()).text());
      assertThat(chained.get(10, TimeUnit.SECONDS)).isEqualTo("a");
    }
  }
}
