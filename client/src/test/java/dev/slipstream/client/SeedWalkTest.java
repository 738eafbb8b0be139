// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.testkit.ServerProcess;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The two walks that the client is made for, line by line. */
@Timeout(60)
class SeedWalkTest {

  @Test
  void theWalkThroughAnEphemeralAndADurableConsumerPrintsItsLines() throws Exception {
    List<String> lines = new CopyOnWriteArrayList<>();
    try (ServerProcess server = TestServer.started();
        NatsClient nc = NatsClient.connect(server.url())) {
      JetStream js = nc.jetStream();
      JsStream stream =
          js.createStream(StreamConfig.builder("EVENTS").subjects("events.>").build());
      publishThree(js);
      PullConsumer consumer = stream.createOrUpdateConsumer(Consumers.ephemeral().build());
      CountDownLatch three = new CountDownLatch(3);
      Consumption consumption =
          consumer.consume(
              m -> {
                m.ack();
                lines.add("received msg on " + m.subject());
                three.countDown();
              });
      assertThat(three.await(10, TimeUnit.SECONDS)).isTrue();
      consumption.stop();
      publishThree(js);
      lines.add("got " + ackAll(consumer.fetch(2)) + " messages");
      lines.add("got " + ackAll(consumer.fetch(Fetch.noWait(100))) + " messages");
      long began = System.nanoTime();
      int none = ackAll(consumer.fetch(Fetch.of(1).within(Duration.ofSeconds(1))));
      Duration took = Duration.ofNanos(System.nanoTime() - began);
      lines.add("got " + none + " messages in " + took.toMillis() / 1000.0);
      PullConsumer durable = stream.createOrUpdateConsumer(Consumers.durable("processor").build());
      for (JsMessage m : durable.fetch(1)) {
        lines.add("received \"" + m.subject() + "\" from durable consumer");
      }
      stream.deleteConsumer("processor");
      boolean gone = false;
      try {
        stream.consumer("processor");
      } catch (ConsumerNotFoundException expected) {
        gone = true;
      }
      lines.add("consumer deleted: " + gone);
    }
    assertThat(lines.subList(0, 5))
        .containsExactly(
            "received msg on events.1",
            "received msg on events.2",
            "received msg on events.3",
            "got 2 messages",
            "got 1 messages");
    assertThat(lines.get(5)).startsWith("got 0 messages in 1.0");
    assertThat(lines.subList(6, lines.size()))
        .containsExactly("received \"events.1\" from durable consumer", "consumer deleted: true");
  }

  @Test
  void theWalkThroughTheMessagesIteratorPrintsItsLines() {
    List<String> lines = new CopyOnWriteArrayList<>();
    try (ServerProcess server = TestServer.started();
        NatsClient nc = NatsClient.connect(server.url())) {
      JetStream js = nc.jetStream();
      PullConsumer consumer =
          js.createStream(StreamConfig.builder("EVENTS").subjects("events.>").build())
              .createConsumer(Consumers.durable("consumer").build());
      for (int i = 0; i < 10; i++) {
        js.publish("events." + i, "data".getBytes(StandardCharsets.UTF_8));
      }
      try (Messages messages = consumer.messages()) {
        messages.stream()
            .limit(10)
            .forEach(
                m -> {
                  lines.add(
                      "got message on subject "
                          + m.subject()
                          + " with payload \""
                          + m.text()
                          + "\"");
                  m.ack();
                });
      }
      assertThat(consumer.fetch(Fetch.noWait(10)).toList()).isEmpty();
    }
    assertThat(lines).hasSize(10);
    for (int i = 0; i < 10; i++) {
      assertThat(lines.get(i))
          .isEqualTo("got message on subject events." + i + " with payload \"data\"");
    }
  }

  private static void publishThree(JetStream js) {
    for (int i = 1; i <= 3; i++) {
      js.publish("events." + i, null);
    }
  }

  private static int ackAll(FetchResult fetched) {
    int count = 0;
    for (JsMessage message : fetched) {
      assertThat(message.ack()).isTrue();
      count++;
    }
    return count;
  }
}
