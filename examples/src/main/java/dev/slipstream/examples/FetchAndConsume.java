// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.examples;

import dev.slipstream.client.ClientOptions;
import dev.slipstream.client.ConsumerNotFoundException;
import dev.slipstream.client.Consumers;
import dev.slipstream.client.Consumption;
import dev.slipstream.client.Fetch;
import dev.slipstream.client.FetchResult;
import dev.slipstream.client.JetStream;
import dev.slipstream.client.JsMessage;
import dev.slipstream.client.JsStream;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.PullConsumer;
import dev.slipstream.protocol.api.StreamConfig;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Pull consumers step by step: consume with a handler, fetch, fetch without waiting, fetch with a
 * time limit, a durable consumer and its end.
 *
 * <p>Wants a server on which no stream {@code EVENTS} exists.
 */
public final class FetchAndConsume {

  private FetchAndConsume() {}

  /** Runs the walk against the server at {@code NATS_URL}, or the one on this machine. */
  public static void main(String[] args) throws InterruptedException {
    try (NatsClient client = NatsClient.connect(ClientOptions.fromEnv())) {
      run(client, System.out::println);
    }
  }

  /** Runs the walk and hands each line of its story to {@code print}. */
  public static void run(NatsClient client, Consumer<String> print) throws InterruptedException {
    JetStream js = client.jetStream();
    JsStream events = js.createStream(StreamConfig.builder("EVENTS").subjects("events.>").build());
    publishThree(js);

    // no name, no durable: an ephemeral consumer that goes away when nobody uses it
    PullConsumer ephemeral = events.createOrUpdateConsumer(Consumers.ephemeral().build());
    CountDownLatch three = new CountDownLatch(3);
    Consumption consumption =
        ephemeral.consume(
            message -> {
              message.ack();
              print.accept("received msg on " + message.subject());
              three.countDown();
            });
    if (!three.await(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the handler got fewer than three messages");
    }
    consumption.stop();

    publishThree(js);
    print.accept("got " + ackAll(ephemeral.fetch(2)) + " messages");
    print.accept("got " + ackAll(ephemeral.fetch(Fetch.noWait(100))) + " messages");

    long began = System.nanoTime();
    int none = ackAll(ephemeral.fetch(Fetch.of(1).within(Duration.ofSeconds(1))));
    double seconds = (System.nanoTime() - began) / 1e9;
    print.accept(String.format(Locale.ROOT, "got %d messages in %.9fs", none, seconds));

    PullConsumer durable = events.createOrUpdateConsumer(Consumers.durable("processor").build());
    JsMessage first = durable.fetch(1).toList().get(0);
    print.accept("received \"" + first.subject() + "\" from durable consumer");
    events.deleteConsumer("processor");
    print.accept("consumer deleted: " + isGone(events));
  }

  private static void publishThree(JetStream js) {
    for (int i = 1; i <= 3; i++) {
      js.publish("events." + i, null);
    }
  }

  private static int ackAll(FetchResult fetched) {
    int count = 0;
    for (JsMessage message : fetched) {
      message.ack();
      count++;
    }
    return count;
  }

  private static boolean isGone(JsStream events) {
    try {
      events.consumer("processor");
      return false;
    } catch (ConsumerNotFoundException gone) {
      return true;
    }
  }
}
