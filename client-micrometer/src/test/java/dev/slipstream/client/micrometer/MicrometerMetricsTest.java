// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.slipstream.client.ClientOptions;
import dev.slipstream.client.ConsumeOptions;
import dev.slipstream.client.Consumers;
import dev.slipstream.client.Consumption;
import dev.slipstream.client.Fetch;
import dev.slipstream.client.JetStream;
import dev.slipstream.client.JetStreamOptions;
import dev.slipstream.client.JsMessage;
import dev.slipstream.client.JsStream;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.NoRespondersException;
import dev.slipstream.client.Outgoing;
import dev.slipstream.client.PublishOptions;
import dev.slipstream.client.SubscribeOptions;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.testkit.Eventually;
import dev.slipstream.testkit.ServerProcess;
import dev.slipstream.testkit.SharedServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The meters of clients that work against a running server. */
@SuppressWarnings("NullAway.Init")
@Timeout(60)
class MicrometerMetricsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @RegisterExtension private static final SharedServer server = new SharedServer();

  private final MeterRegistry registry = new SimpleMeterRegistry();
  private final MicrometerMetrics metrics = new MicrometerMetrics(registry, Tags.of("app", "test"));
  private NatsClient nc;
  private JetStream js;
  private JsStream stream;
  private String name;

  @BeforeEach
  void connect(TestInfo test) {
    nc = connect(metrics);
    js = nc.jetStream(JetStreamOptions.defaults().publishRetries(0, Duration.ofMillis(1)));
    name = test.getTestMethod().orElseThrow().getName();
    stream = js.createStream(StreamConfig.builder(name).subjects(name).build());
  }

  @AfterEach
  void close() {
    nc.close();
  }

  private static NatsClient connect(MicrometerMetrics metrics) {
    return NatsClient.connect(
        ClientOptions.builder().servers(server.url()).metrics(metrics).build());
  }

  private double counter(String meter, String... tags) {
    return registry.get("nats.client." + meter).tag("app", "test").tags(tags).counter().count();
  }

  private double total(String meter) {
    return registry.get("nats.client." + meter).tag("app", "test").functionCounter().count();
  }

  private double gauge(String meter, String... tags) {
    return registry.get("nats.client." + meter).tag("app", "test").tags(tags).gauge().value();
  }

  private long timed(String meter, String... tags) {
    return registry.get("nats.client." + meter).tag("app", "test").tags(tags).timer().count();
  }

  private void await(BooleanSupplier condition) {
    Eventually.holds(PATIENCE, registry::getMeters, condition);
  }

  @Test
  void connectionsAndWhatGoesOverThemAreCounted() {
    assertThat(gauge("connected")).isEqualTo(1);
    double sent = total("sent.messages");
    double bytes = total("sent.bytes");
    try (NatsClient second = connect(metrics)) {
      assertThat(gauge("connected")).isEqualTo(2);
      second.publish("somewhere", new byte[1000]);
      second.flush(PATIENCE);
      assertThat(total("sent.messages")).isEqualTo(sent + 2); // the PING of the flush is one
      assertThat(total("sent.bytes")).isGreaterThan(bytes + 1000);
    }
    assertThat(gauge("connected")).isEqualTo(1);
    assertThat(total("sent.messages")).isGreaterThanOrEqualTo(sent + 2);
    assertThat(total("received.messages")).isPositive();
    assertThat(total("received.bytes")).isPositive();
    assertThat(gauge("queued.bytes")).isZero();
    nc.forceReconnect();
    await(() -> total("reconnects") == 1);
    assertThat(counter("connection.lost")).isEqualTo(1);
    assertThat(counter("connection.failures")).isZero();
  }

  @Test
  void attemptsThatFailAreCounted() {
    ClientOptions nowhere =
        ClientOptions.builder()
            .servers("nats://127.0.0.1:" + ServerProcess.freePort())
            .metrics(metrics)
            .build();
    assertThatThrownBy(() -> NatsClient.connect(nowhere));
    assertThat(counter("connection.failures")).isEqualTo(1);
    assertThat(gauge("connected")).isEqualTo(1);
  }

  @Test
  void publishesAreTimedByStreamAndOutcome() {
    PublishOptions once = PublishOptions.none().messageId("x");
    js.publish(name, null, once);
    js.publish(name, null, once);
    js.publishAsync(Outgoing.to(name), PublishOptions.none());
    js.awaitPublished(PATIENCE);
    assertThatThrownBy(() -> js.publish("nobody", null)).isInstanceOf(NoRespondersException.class);
    assertThat(timed("publish", "stream", name, "outcome", "success")).isEqualTo(2);
    assertThat(timed("publish", "stream", name, "outcome", "duplicate")).isEqualTo(1);
    assertThat(timed("publish", "stream", "none", "outcome", "NoRespondersException")).isEqualTo(1);
    assertThat(
            registry.get("nats.client.publish").tag("stream", name).timer().max(TimeUnit.MINUTES))
        .isPositive()
        .isLessThan(1);
  }

  @Test
  void requestsAndSubscriptionsAreTimed() {
    SubscribeOptions echo = SubscribeOptions.to("echo").inQueue("q");
    nc.subscribe(echo, m -> nc.respond(m, m.payload()));
    nc.flush(PATIENCE);
    nc.request("echo", null);
    assertThatThrownBy(() -> nc.request("nobody", null)).isInstanceOf(NoRespondersException.class);
    assertThat(timed("request", "outcome", "success")).isEqualTo(1);
    assertThat(timed("request", "outcome", "NoRespondersException")).isEqualTo(1);
    await(() -> subscriptionsHandled() == 1);
    assertThat(counter("subscription.delivered.messages", "queue", "q")).isEqualTo(1);
    assertThat(counter("subscription.dropped.messages", "queue", "q")).isZero();
    assertThat(total("dropped.messages")).isZero();
    assertThat(total("unsent.messages")).isZero();
  }

  private double subscriptionsHandled() {
    return registry.find("nats.client.subscription.handling").tag("queue", "q").timers().stream()
        .mapToLong(timer -> timer.count())
        .sum();
  }

  @Test
  void aConsumerIsCountedAndWhatWaitsIsAGauge() throws Exception {
    for (int i = 0; i < 5; i++) {
      js.publish(name, new byte[10]);
    }
    String[] tags = {"stream", name, "consumer", "worker"};
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Consumption consumption =
        stream
            .createConsumer(Consumers.durable("worker").build())
            .consume(
                ConsumeOptions.builder().build(),
                m -> {
                  first.countDown();
                  goOn.await();
                  long sequence = m.info().streamSequence();
                  if (sequence == 1 && m.info().delivered() == 1) {
                    throw new IllegalStateException("on purpose");
                  } else if (sequence == 2) {
                    m.term();
                  } else {
                    m.ack();
                  }
                });
    assertThat(first.await(10, TimeUnit.SECONDS)).isTrue();
    await(() -> gauge("consumer.buffered.messages", tags) == 5);
    assertThat(gauge("consumer.buffered.bytes", tags)).isGreaterThan(50);
    assertThat(gauge("consumer.consumptions", tags)).isEqualTo(1);
    assertThat(gauge("consumer.asked.messages", tags)).isEqualTo(495);
    assertThat(gauge("consumer.silence", tags)).isNotNegative().isLessThan(30);
    goOn.countDown();
    await(() -> counter("consumer.settled.messages", "consumer", "worker", "ack", "ack") == 4);
    consumption.stop();
    consumption.closed().get(10, TimeUnit.SECONDS);
    await(() -> gauge("consumer.consumptions", tags) == 0);
    assertThat(gauge("consumer.buffered.messages", tags)).isZero();
    assertThat(counter("consumer.delivered.messages", tags)).isEqualTo(6);
    assertThat(counter("consumer.redelivered.messages", tags)).isEqualTo(1);
    assertThat(counter("consumer.settled.messages", "consumer", "worker", "ack", "nak"))
        .isEqualTo(1);
    assertThat(counter("consumer.settled.messages", "consumer", "worker", "ack", "term"))
        .isEqualTo(1);
    assertThat(timed("consumer.handling", "consumer", "worker", "outcome", "success")).isEqualTo(5);
    assertThat(timed("consumer.handling", "consumer", "worker", "outcome", "IllegalStateException"))
        .isEqualTo(1);
    assertThat(counter("consumer.pulls", tags)).isPositive();
    assertThat(counter("consumer.heartbeats.missed", tags)).isZero();
  }

  @Test
  void fetchesShareTheMetersOfTheirConsumer() {
    js.publish(name, null);
    stream.createConsumer(Consumers.durable("fetched").build());
    try (NatsClient other = connect(metrics)) { // who has published may look twice
      JetStream in = other.jetStream();
      in.bindConsumer(name, "fetched").fetch(1).forEach(JsMessage::inProgress);
      in.bindConsumer(name, "fetched").fetch(Fetch.noWait(3)).toList();
    }
    String[] tags = {"stream", name, "consumer", "fetched"};
    assertThat(counter("consumer.pulls", tags)).isEqualTo(2);
    assertThat(counter("consumer.in.progress", tags)).isEqualTo(1);
    assertThat(counter("consumer.pulls.ended", "consumer", "fetched", "status", "404"))
        .isEqualTo(1);
  }

  @Test
  void namesThatWereMadeUpAreNoTags() {
    js.publish(name, null);
    for (int i = 0; i < 3; i++) {
      stream.createConsumer(Consumers.ephemeral().build()).fetch(1).forEach(JsMessage::ack);
    }
    String[] tags = {"stream", name, "consumer", "ephemeral"};
    assertThat(counter("consumer.delivered.messages", tags)).isEqualTo(3);
    assertThat(registry.find("nats.client.consumer.delivered.messages").counters()).hasSize(1);
  }

  @Test
  void behindABoundMetersAreShared() {
    MicrometerMetrics few = new MicrometerMetrics(registry, List.of(), 2);
    try (NatsClient other = connect(few)) {
      for (int i = 0; i < 5; i++) {
        stream.createConsumer(Consumers.durable("c" + i).build());
        js.publish(name, null);
        other.jetStream().bindConsumer(name, "c" + i).fetch(1).forEach(JsMessage::ack);
        other.jetStream().bindConsumer(name, "c" + i).fetch(Fetch.noWait(9)).toList();
      }
    }
    assertThat(registry.find("nats.client.consumer.pulls").counters())
        .filteredOn(counter -> counter.getId().getTag("app") == null)
        .extracting(counter -> counter.getId().getTag("consumer"), counter -> (int) counter.count())
        .containsExactlyInAnyOrder(tuple("c0", 2), tuple("c1", 2), tuple("other", 6));
  }
}
