// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.testkit.Eventually;
import dev.slipstream.testkit.ServerProcess;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Consuming while the server is killed, restarted or frozen. */
@Timeout(90)
class ConsumeFaultsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration PROMPT = Duration.ofSeconds(1);

  private static NatsClient connect(ServerProcess server, Events<ClientEvent> events) {
    return NatsClient.connect(
        ClientOptions.builder()
            .servers(server.url())
            .reconnectDelay(Duration.ofMillis(20), Duration.ofMillis(200))
            .onEvent(events)
            .build());
  }

  private static JsStream stream(NatsClient nc) {
    return nc.jetStream().createStream(StreamConfig.builder("FAULTS").subjects("faults").build());
  }

  private static ConsumerConfig durable() {
    return Consumers.durable("worker").ackWaitNanos(Duration.ofSeconds(2).toNanos()).build();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theFirstMessageAfterARestartIsHandledPromptly(boolean kill) throws Exception {
    Events<ClientEvent> events = new Events<>();
    try (ServerProcess server = TestServer.started();
        NatsClient nc = connect(server, events)) {
      JetStream js = nc.jetStream();
      LinkedBlockingQueue<String> handled = new LinkedBlockingQueue<>();
      // an ack may die with the server; its message is not to come again within this test
      ConsumerConfig patient =
          Consumers.durable("worker").ackWaitNanos(Duration.ofMinutes(5).toNanos()).build();
      Consumption consumption =
          stream(nc)
              .createConsumer(patient)
              .consume(
                  m -> {
                    m.ack();
                    handled.add(m.text());
                  });
      js.publish("faults", "before".getBytes(UTF_8));
      assertThat(handled.poll(10, TimeUnit.SECONDS)).isEqualTo("before");
      Set<String> before = new HashSet<>(Set.of("before"));
      for (int round = 0; round < 3; round++) {
        if (kill) {
          server.kill();
        } else {
          server.stop();
        }
        events.await(ClientEvent.Disconnected.class);
        server.start();
        events.await(ClientEvent.Reconnected.class);
        String text = "after " + round;
        js.publish("faults", text.getBytes(UTF_8));
        long stored = System.nanoTime();
        String next = handled.poll(10, TimeUnit.SECONDS);
        while (kill && before.contains(next)) {
          next = handled.poll(10, TimeUnit.SECONDS); // its delivery died with the server
        }
        assertThat(next).isEqualTo(text);
        assertThat(Duration.ofNanos(System.nanoTime() - stored)).isLessThan(PROMPT);
        before.add(text);
      }
      assertThat(consumption.state().phase()).isEqualTo("PULLING");
      assertThat(consumption.state().missedHeartbeats()).isZero();
      assertThat(nc.stats().reconnects()).isEqualTo(3);
    }
  }

  @Test
  void aThousandConsumptionsGoOnAfterARestart() throws Exception {
    Events<ClientEvent> events = new Events<>();
    try (ServerProcess server = TestServer.started();
        NatsClient nc = connect(server, events)) {
      JsStream stream = stream(nc);
      Set<Integer> heard = ConcurrentHashMap.newKeySet();
      CountDownLatch all = new CountDownLatch(1000);
      for (int i = 0; i < 1000; i++) {
        int number = i;
        stream
            .createConsumer(Consumers.durable("w" + i).build())
            .consume(
                m -> {
                  m.ack();
                  if (heard.add(number)) {
                    all.countDown();
                  }
                });
      }
      server.kill();
      events.await(ClientEvent.Disconnected.class);
      server.start();
      events.await(ClientEvent.Reconnected.class);
      nc.jetStream().publish("faults", null);
      long stored = System.nanoTime();
      assertThat(all.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(Duration.ofNanos(System.nanoTime() - stored)).isLessThan(Duration.ofSeconds(5));
    }
  }

  @Test
  void nothingStoredIsLostWhenTheServerIsKilledWhileItDelivers() throws Exception {
    Events<ClientEvent> events = new Events<>();
    int messages = 2000;
    try (ServerProcess server = TestServer.started();
        NatsClient nc = connect(server, events)) {
      JetStream js = nc.jetStream();
      JsStream stream = stream(nc);
      for (int i = 0; i < messages; i++) {
        js.publishAsync("faults", Integer.toString(i).getBytes(UTF_8));
      }
      js.awaitPublished(PATIENCE);
      java.util.Set<String> seen = java.util.concurrent.ConcurrentHashMap.newKeySet();
      CompletableFuture<Void> some = new CompletableFuture<>();
      CompletableFuture<Void> all = new CompletableFuture<>();
      Consumption consumption =
          stream
              .createConsumer(durable())
              .consume(
                  ConsumeOptions.builder().maxMessages(50).build(),
                  m -> {
                    seen.add(m.text());
                    m.ack();
                    if (seen.size() == 300) {
                      some.complete(null);
                    }
                    if (seen.size() == messages) {
                      all.complete(null);
                    }
                  });
      some.get(20, TimeUnit.SECONDS);
      server.kill();
      events.await(ClientEvent.Disconnected.class);
      server.start();
      all.get(30, TimeUnit.SECONDS);
      consumption.stop();
    }
  }

  @Test
  void acksGivenWhileTheServerIsAwayArriveLater() throws Exception {
    Events<ClientEvent> events = new Events<>();
    try (ServerProcess server = TestServer.started();
        NatsClient nc = connect(server, events)) {
      JetStream js = nc.jetStream();
      PullConsumer consumer = stream(nc).createConsumer(durable());
      js.publish("faults", null);
      JsMessage message = consumer.next().orElseThrow();
      server.stop(); // killed, it might not know that it has delivered the message, and take no ack
      // of it
      events.await(ClientEvent.Disconnected.class);
      assertThat(message.ack()).isTrue();
      server.start();
      events.await(ClientEvent.Reconnected.class);
      // the server takes acks in its own time
      Eventually.holds(PATIENCE, consumer::info, () -> consumer.info().ackFloor().streamSeq() == 1);
    }
  }

  @Test
  void aFetchGoesOnAfterARestart() throws Exception {
    Events<ClientEvent> events = new Events<>();
    try (ServerProcess server = TestServer.started();
        NatsClient nc = connect(server, events)) {
      JetStream js = nc.jetStream();
      PullConsumer consumer = stream(nc).createConsumer(durable());
      js.publish("faults", "one".getBytes(UTF_8));
      FetchResult result = consumer.fetch(Fetch.of(2).within(PATIENCE));
      JsMessage first = Objects.requireNonNull(result.poll(PATIENCE));
      assertThat(first.text()).isEqualTo("one");
      first.ackConfirmed(PATIENCE);
      server.stop(); // killed, it might not know of the ack, confirmed or not, and deliver it again
      events.await(ClientEvent.Disconnected.class);
      server.start();
      events.await(ClientEvent.Reconnected.class);
      js.publish("faults", "two".getBytes(UTF_8));
      assertThat(Objects.requireNonNull(result.poll(PATIENCE)).text()).isEqualTo("two");
      assertThat(result.end()).isInstanceOf(End.Filled.class);
    }
  }

  @Test
  void aFetchWithoutAServerFailsInItsTime() throws Exception {
    Events<ClientEvent> events = new Events<>();
    try (ServerProcess server = TestServer.started();
        NatsClient nc = connect(server, events)) {
      PullConsumer consumer = stream(nc).createConsumer(durable());
      server.kill();
      events.await(ClientEvent.Disconnected.class);
      FetchResult result = consumer.fetch(Fetch.of(1).within(Duration.ofMillis(300)));
      assertThat(result.end())
          .isInstanceOfSatisfying(
              End.Failed.class,
              f -> assertThat(f.cause()).isInstanceOf(ConnectionLostException.class));
    }
  }

  @Test
  void aFrozenServerIsNoticedByItsSilenceAndThePullRepeated() throws Exception {
    Events<ClientEvent> events = new Events<>();
    Events<PullEvent> pulls = new Events<>();
    try (ServerProcess server = TestServer.started();
        NatsClient nc = connect(server, events)) {
      JetStream js = nc.jetStream();
      LinkedBlockingQueue<String> handled = new LinkedBlockingQueue<>();
      ConsumeOptions options =
          ConsumeOptions.builder()
              .expires(Duration.ofSeconds(20))
              .heartbeat(Duration.ofMillis(500))
              .onEvent(pulls)
              .build();
      Consumption consumption =
          stream(nc)
              .createConsumer(durable())
              .consume(
                  options,
                  m -> {
                    m.ack();
                    handled.add(m.text());
                  });
      js.publish("faults", "before".getBytes(UTF_8));
      assertThat(handled.poll(10, TimeUnit.SECONDS)).isEqualTo("before");
      server.signal("STOP");
      long frozen = System.nanoTime();
      pulls.await(PullEvent.MissedHeartbeats.class);
      assertThat(Duration.ofNanos(System.nanoTime() - frozen)).isLessThan(Duration.ofSeconds(3));
      server.signal("CONT");
      js.publish("faults", "after".getBytes(UTF_8));
      assertThat(handled.poll(10, TimeUnit.SECONDS)).isEqualTo("after");
      assertThat(consumption.state().missedHeartbeats()).isPositive();
      assertThat(events.saw(ClientEvent.Disconnected.class)).isFalse();
      consumption.stop();
    }
  }

  @Test
  void anEphemeralConsumerThatDidNotSurviveARestartEndsItsConsumption() throws Exception {
    Events<ClientEvent> events = new Events<>();
    try (ServerProcess server = TestServer.started();
        NatsClient nc = connect(server, events)) {
      Consumption consumption =
          stream(nc)
              .createConsumer(Consumers.ephemeral().memStorage(true).build())
              .consume(JsMessage::ack);
      nc.flush(PATIENCE);
      server.kill();
      events.await(ClientEvent.Disconnected.class);
      server.start();
      assertThat(consumption.closed().get(30, TimeUnit.SECONDS))
          .isEqualTo(new Closed.ConsumerDeleted());
    }
  }

  @Test
  void asynchronousPublishesAreAllAnsweredOrFailedAfterARestart() throws Exception {
    Events<ClientEvent> events = new Events<>();
    try (ServerProcess server = TestServer.started();
        NatsClient nc = connect(server, events)) {
      stream(nc);
      JetStream js =
          nc.jetStream(JetStreamOptions.defaults().publishTimeout(Duration.ofSeconds(3)));
      List<CompletableFuture<PublishAck>> acks = new java.util.ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        acks.add(js.publishAsync("faults", new byte[100]));
      }
      server.kill();
      for (int i = 0; i < 1000; i++) {
        acks.add(js.publishAsync("faults", new byte[100]));
      }
      server.start();
      js.awaitPublished(PATIENCE);
      assertThat(acks).allMatch(CompletableFuture::isDone);
      assertThat(js.publishesInFlight()).isZero();
      long stored = acks.stream().filter(ack -> !ack.isCompletedExceptionally()).count();
      long held = js.stream("FAULTS").info().state().messages();
      assertThat(held).as("what was acknowledged is there").isGreaterThanOrEqualTo(stored);
    }
  }
}
