// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.testkit.Eventually;
import dev.slipstream.testkit.ServerProcess;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What metrics are told of a client's work. */
@SuppressWarnings("NullAway.Init")
@Timeout(120)
class ClientMetricsTest extends StreamFixture {
  private RecordedMetrics metrics;
  private NatsClient watched;

  @BeforeEach
  void connectWatched() {
    metrics = new RecordedMetrics();
    watched = NatsClient.connect(options(server.url()).build());
  }

  @AfterEach
  void closeWatched() {
    watched.close();
  }

  private ClientOptions.Builder options(String url) {
    return ClientOptions.builder().servers(url).metrics(metrics);
  }

  private PullConsumer watchedConsumer() {
    return watched.jetStream().bindConsumer(name, roomyConsumer().name());
  }

  private void await(BooleanSupplier condition) {
    Eventually.holds(PATIENCE, () -> metrics.lines + " " + metrics.origins, condition);
  }

  @Test
  void theLifeOfAConnectionIsTold() throws Exception {
    assertThat(metrics.events.await(ClientEvent.Connected.class).server())
        .contains(Integer.toString(server.port()));
    assertThat(metrics.client.get()).isSameAs(watched);
    watched.forceReconnect();
    metrics.events.await(ClientEvent.Disconnected.class);
    metrics.events.await(ClientEvent.Reconnected.class);
    watched.close();
    assertThat(metrics.lines).containsExactly("opened", "closed");
    assertThat(watched.stats().reconnects()).isEqualTo(1);
  }

  @Test
  void aClientThatNeverConnectsIsOpenedAndClosed() throws Exception {
    metrics.lines.clear();
    String nobody = "nats://127.0.0.1:" + ServerProcess.freePort();
    assertThatThrownBy(() -> NatsClient.connect(options(nobody).build()))
        .isInstanceOf(ConnectFailedException.class);
    metrics.events.await(ClientEvent.AttemptFailed.class);
    assertThat(metrics.lines).containsExactly("opened", "closed");
  }

  @Test
  void publishesAreTimedByStream() throws Exception {
    JetStream out =
        watched.jetStream(JetStreamOptions.defaults().publishRetries(0, Duration.ofMillis(1)));
    out.publish(name, null);
    out.publish(name, null, PublishOptions.none().messageId("x"));
    get(out.publishAsync(Outgoing.to(name), PublishOptions.none().messageId("x")));
    assertThatThrownBy(() -> out.publish("nobody." + name, null))
        .isInstanceOf(NoRespondersException.class);
    assertThat(out.publishAsync("nobody." + name, null))
        .failsWithin(PATIENCE)
        .withThrowableThat()
        .withCauseInstanceOf(NoRespondersException.class);
    assertThatThrownBy(
            () -> out.publish(name, null, PublishOptions.none().expectedLastSequence(77)))
        .isInstanceOf(WrongLastSequenceException.class);
    assertThat(metrics.lines)
        .containsExactly(
            "opened",
            "published " + name,
            "published " + name,
            "published " + name + " again",
            "publish failed NoRespondersException",
            "publish failed NoRespondersException",
            "publish failed WrongLastSequenceException");
  }

  @Test
  void requestsAreTimed() throws Exception {
    try (Subscription echo = nc.subscribe(name + ".echo", m -> nc.respond(m, m.payload()))) {
      nc.flush(PATIENCE);
      watched.request(name + ".echo", null);
      get(watched.requestAsync(name + ".echo", null));
      assertThatThrownBy(() -> watched.request("nobody." + name, null))
          .isInstanceOf(NoRespondersException.class);
      assertThat(watched.requestAsync("nobody." + name, null)).failsWithin(PATIENCE);
      assertThat(echo.isActive()).isTrue();
    }
    assertThat(metrics.lines)
        .containsExactly(
            "opened",
            "replied",
            "replied",
            "request failed NoRespondersException",
            "request failed NoRespondersException");
  }

  @Test
  void aConsumptionIsCountedFromThePullToTheSettlement() throws Exception {
    publish(3, 10);
    CountDownLatch four = new CountDownLatch(4);
    Consumption consumption =
        watchedConsumer()
            .consume(
                m -> {
                  four.countDown();
                  MessageInfo info = m.info();
                  if (info.streamSequence() == 1 && info.delivered() == 1) {
                    throw new IllegalStateException("on purpose");
                  }
                  if (info.streamSequence() == 2) {
                    m.inProgress();
                    m.term();
                  } else {
                    m.ack();
                  }
                });
    assertThat(four.await(10, TimeUnit.SECONDS)).isTrue();
    RecordedMetrics.Deliveries told = metrics.only();
    await(() -> told.count("settled ACKED") == 2);
    assertThat(told.running).containsExactly(consumption);
    assertThat(told.running.get(0).state().delivered()).isEqualTo(4);
    consumption.stop();
    get(consumption.closed());
    await(() -> told.count("ended Stopped") == 1);
    assertThat(told.running).isEmpty();
    assertThat(told.count("began")).isEqualTo(1);
    assertThat(told.count("pulled 500")).isEqualTo(1);
    assertThat(told.count("delivered 1")).isEqualTo(3);
    assertThat(told.count("delivered 2")).isEqualTo(1);
    assertThat(told.count("handled")).isEqualTo(3);
    assertThat(told.count("handled on purpose")).isEqualTo(1);
    assertThat(told.count("in progress")).isEqualTo(1);
    assertThat(told.count("settled NAKED")).isEqualTo(1);
    assertThat(told.count("settled TERMED")).isEqualTo(1);
    assertThat(told.lines).hasSize(16);
  }

  @Test
  void aFetchIsCountedAndSoIsWhatItsEndSays() throws Exception {
    publish(2, 10);
    PullConsumer consumer = watchedConsumer();
    consumer.fetch(Fetch.noWait(5)).forEach(m -> m.ackConfirmed(PATIENCE));
    consumer.fetch(Fetch.of(1).within(Duration.ofMillis(200))).toList();
    assertThat(metrics.only().lines)
        .containsExactlyInAnyOrder(
            "pulled 5",
            "delivered 1",
            "delivered 1",
            "pull ended 404",
            "settled ACKED",
            "settled ACKED",
            "pulled 1",
            "pull ended 408");
  }

  @Test
  void whatIsHandedBackIsNotCountedAsSettled() throws Exception {
    publish(3, 10);
    RecordedMetrics.Deliveries told;
    try (FetchResult result = watchedConsumer().fetch(Fetch.of(3))) {
      told = metrics.only();
      await(() -> told.count("delivered 1") == 3);
      assertThat(result.iterator().next().nak()).isTrue();
    }
    assertThat(told.count("handed back")).isEqualTo(2);
    assertThat(told.count("settled NAKED")).isEqualTo(1);
    metrics.origins.clear();
    CountDownLatch goOn = new CountDownLatch(1);
    CountDownLatch handling = new CountDownLatch(1);
    Consumption consumption =
        watchedConsumer()
            .consume(
                m -> {
                  handling.countDown();
                  goOn.await();
                });
    awaitBuffered(consumption, 3);
    assertThat(handling.await(10, TimeUnit.SECONDS)).isTrue();
    consumption.stop();
    goOn.countDown();
    get(consumption.closed());
    assertThat(metrics.only().count("handed back")).isEqualTo(2);
    assertThat(metrics.only().count("handled")).isEqualTo(1);
  }

  @Test
  void messagesThatAreKeptAliveCount() throws Exception {
    publish(1, 10);
    PullConsumer consumer =
        watched.jetStream().consumer(name, consumer(Duration.ofMillis(600)).name());
    CountDownLatch goOn = new CountDownLatch(1);
    Consumption consumption =
        consumer.consume(
            ConsumeOptions.builder().keepAlive(Duration.ofMinutes(1)).build(), m -> goOn.await());
    await(() -> metrics.only().count("in progress") >= 2);
    goOn.countDown();
    consumption.stop();
  }

  @Test
  void missedHeartbeatsAreTold() throws Exception {
    try (ServerProcess own = TestServer.started();
        NatsClient other = NatsClient.connect(options(own.url()).build())) {
      JsStream events =
          other.jetStream().createStream(StreamConfig.builder("SILENT").subjects("silent").build());
      PullConsumer consumer = events.createConsumer(Consumers.durable("c").build());
      ConsumeOptions options =
          ConsumeOptions.builder()
              .expires(Duration.ofSeconds(1))
              .heartbeat(Duration.ofMillis(500))
              .build();
      Consumption consumption = consumer.consume(options, JsMessage::ack);
      RecordedMetrics.Deliveries told = metrics.only();
      await(() -> told.count("pulled 500") > 0);
      own.signal("STOP");
      try {
        await(() -> told.count("missed 1") > 0);
      } finally {
        own.signal("CONT");
      }
      consumption.stop();
    }
  }

  @Test
  void aSubscriptionIsCountedWithWhatItDrops() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    CountDownLatch handled = new CountDownLatch(3);
    Subscription subscription =
        watched.subscribe(
            SubscribeOptions.to(name + ".core.*").inQueue("q").maxPending(2, 1 << 20),
            m -> {
              goOn.await();
              handled.countDown();
              throw new IllegalStateException("on purpose");
            });
    watched.flush(PATIENCE);
    nc.publish(name + ".core.a", null);
    RecordedMetrics.Deliveries told = metrics.origins.get(new Origin("", "q", name + ".core.*"));
    assertThat(told).isNotNull();
    await(() -> told.count("delivered 1") == 1 && subscription.pendingMessages() == 0);
    for (int i = 0; i < 5; i++) {
      nc.publish(name + ".core.a", null);
    }
    await(() -> told.count("dropped") == 3);
    goOn.countDown();
    assertThat(handled.await(10, TimeUnit.SECONDS)).isTrue();
    await(() -> told.count("handled on purpose") == 3);
    assertThat(told.count("delivered 1")).isEqualTo(3);
    assertThat(metrics.events.await(ClientEvent.SlowConsumer.class).subject())
        .isEqualTo(name + ".core.*");
  }

  @Test
  void namesThatWereMadeUpAreNotPartOfAnOrigin() throws Exception {
    publish(2, 10);
    CountDownLatch two = new CountDownLatch(2);
    JsStream own = watched.jetStream().stream(name);
    Consumption consumption = own.orderedConsumer().consume(m -> two.countDown());
    assertThat(two.await(10, TimeUnit.SECONDS)).isTrue();
    consumption.stop();
    get(consumption.closed());
    own.createConsumer(Consumers.ephemeral().build()).fetch(2).forEach(JsMessage::ack);
    RecordedMetrics.Deliveries told = metrics.origins.get(new Origin(name, "", ""));
    assertThat(told).isSameAs(metrics.only());
    assertThat(told.count("delivered 1")).isEqualTo(4);
    assertThat(told.count("handled")).isEqualTo(2);
    assertThat(told.count("began")).isEqualTo(1);
    own.createConsumer(Consumers.durable("named").build());
    own.consumer("named");
    assertThat(metrics.origins)
        .containsOnlyKeys(new Origin(name, "", ""), new Origin(name, "named", ""));
  }

  @Test
  void metricsThatFailHarmNobodyAndAreToldOfOnce() throws Exception {
    AtomicInteger told = new AtomicInteger();
    CompletableFuture<ClientEvent.ObserverFailed> first = new CompletableFuture<>();
    ClientOptions options =
        ClientOptions.builder()
            .servers(server.url())
            .metrics(new FailingMetrics())
            .onEvent(
                event -> {
                  if (event instanceof ClientEvent.ObserverFailed failed) {
                    told.incrementAndGet();
                    first.complete(failed);
                  }
                })
            .build();
    try (NatsClient failing = NatsClient.connect(options)) {
      JetStream out = failing.jetStream();
      assertThat(out.publish(name, null).sequence()).isEqualTo(1);
      assertThat(get(out.publishAsync(name, null)).sequence()).isEqualTo(2);
      assertThatThrownBy(() -> failing.request("nobody." + name, null))
          .isInstanceOf(NoRespondersException.class);
      CountDownLatch two = new CountDownLatch(2);
      Consumption consumption =
          out.consumer(name, roomyConsumer().name())
              .consume(
                  m -> {
                    m.ack();
                    two.countDown();
                  });
      assertThat(two.await(10, TimeUnit.SECONDS)).isTrue();
      consumption.stop();
      assertThat(get(consumption.closed())).isEqualTo(new Closed.Stopped());
      failing.forceReconnect();
      failing.flush(PATIENCE);
    }
    assertThat(get(first).observer()).isEqualTo(FailingMetrics.class.getName());
    assertThat(get(first).failure()).hasMessage("opened");
    assertThat(told).hasValue(1);
  }

  /** Throws wherever it is called. */
  private static final class FailingMetrics implements ClientMetrics {
    private static IllegalStateException failure(String where) {
      return new IllegalStateException(where);
    }

    @Override
    public void opened(NatsClient client) {
      throw failure("opened");
    }

    @Override
    public void closed(NatsClient client) {
      throw failure("closed");
    }

    @Override
    public void event(ClientEvent event) {
      throw failure("event");
    }

    @Override
    public void published(PublishAck ack, long nanos) {
      throw failure("published");
    }

    @Override
    public void requestFailed(Throwable failure, long nanos) {
      throw new AssertionError("an error too");
    }

    @Override
    public DeliveryMetrics deliveries(Origin origin) {
      return new DeliveryMetrics() {
        @Override
        public void delivered(int bytes, long deliveries) {
          throw failure("delivered");
        }

        @Override
        public void handled(long nanos, @Nullable Throwable thrown) {
          throw failure("handled");
        }

        @Override
        public void settled(AckState how) {
          throw failure("settled");
        }

        @Override
        public void pulled(int messages, long bytes) {
          throw failure("pulled");
        }

        @Override
        public void ended(Consumption consumption, Closed why) {
          throw failure("ended");
        }
      };
    }
  }
}
