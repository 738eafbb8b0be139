// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.examples;

import dev.slipstream.client.ClientOptions;
import dev.slipstream.client.Consumers;
import dev.slipstream.client.JetStream;
import dev.slipstream.client.Messages;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.PullConsumer;
import dev.slipstream.protocol.api.StreamConfig;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * A durable consumer whose messages are iterated over.
 *
 * <p>Wants a server on which no stream {@code EVENTS} exists.
 */
public final class DurableIterator {
  private static final int MESSAGES = 10;

  private DurableIterator() {}

  /** Runs the walk against the server at {@code NATS_URL}, or the one on this machine. */
  public static void main(String[] args) {
    try (NatsClient client = NatsClient.connect(ClientOptions.fromEnv())) {
      run(client, System.out::println);
    }
  }

  /** Runs the walk and hands each line of its story to {@code print}. */
  public static void run(NatsClient client, Consumer<String> print) {
    JetStream js = client.jetStream();
    PullConsumer consumer =
        js.createStream(StreamConfig.builder("EVENTS").subjects("events.>").build())
            .createConsumer(Consumers.durable("consumer").build());
    for (int i = 0; i < MESSAGES; i++) {
      js.publish("events." + i, "data".getBytes(StandardCharsets.UTF_8));
    }
    try (Messages messages = consumer.messages()) {
      messages.stream()
          .limit(MESSAGES)
          .forEach(
              message -> {
                print.accept(
                    "got message on subject "
                        + message.subject()
                        + " with payload \""
                        + message.text()
                        + "\"");
                message.ack();
              });
    }
  }
}
