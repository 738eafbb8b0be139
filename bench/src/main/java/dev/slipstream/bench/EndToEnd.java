// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench;

import dev.slipstream.client.Consumption;
import dev.slipstream.client.JetStream;
import dev.slipstream.client.JsStream;
import dev.slipstream.client.NatsClient;
import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.server.SlipstreamServer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Publishes and consumes with our client and prints messages a second, several rounds.
 *
 * <p>{@code EndToEnd [URL] [MESSAGES] [ROUNDS]}: against the server at URL, or {@code embedded} for
 * one in this process with a synced store.
 */
public final class EndToEnd {
  private static final int PAYLOAD_BYTES = 128;

  private EndToEnd() {}

  /** Runs the benchmark. */
  public static void main(String[] args) throws InterruptedException {
    String url = args.length > 0 ? args[0] : "embedded";
    int messages = args.length > 1 ? Integer.parseInt(args[1]) : 200_000;
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 5;
    Consumer<String> print = System.out::println;
    if (!url.equals("embedded")) {
      run(url, messages, rounds, print);
      return;
    }
    try (SlipstreamServer server =
        SlipstreamServer.builder().jetStream(true).temporaryStore().start()) {
      run(server.url(), messages, rounds, print);
    }
  }

  private static void run(String url, int messages, int rounds, Consumer<String> print)
      throws InterruptedException {
    try (NatsClient client = NatsClient.connect(url)) {
      JetStream js = client.jetStream();
      for (int round = 1; round <= rounds; round++) {
        JsStream stream = js.createStream(StreamConfig.builder("BENCH").subjects("bench").build());
        double published = rate(messages, () -> publish(js, messages));
        double consumed = rate(messages, () -> consume(stream, messages));
        js.deleteStream("BENCH");
        print.accept(
            String.format(
                Locale.ROOT,
                "round %d: publish async %.0f/s, consume with ack %.0f/s",
                round,
                published,
                consumed));
      }
    }
  }

  private interface Work {
    void run() throws InterruptedException;
  }

  private static double rate(int messages, Work work) throws InterruptedException {
    long began = System.nanoTime();
    work.run();
    return messages / ((System.nanoTime() - began) / 1e9);
  }

  private static void publish(JetStream js, int messages) {
    byte[] payload = new byte[PAYLOAD_BYTES];
    for (int i = 0; i < messages; i++) {
      var unused = js.publishAsync("bench", payload);
    }
    js.awaitPublished(Duration.ofMinutes(2));
  }

  private static void consume(JsStream stream, int messages) throws InterruptedException {
    CountDownLatch left = new CountDownLatch(messages);
    Consumption consumption =
        stream
            .createConsumer(
                ConsumerConfig.builder()
                    .ackPolicy(AckPolicy.EXPLICIT)
                    .maxAckPending(10_000)
                    .build())
            .consume(
                message -> {
                  message.ack();
                  left.countDown();
                });
    if (!left.await(2, TimeUnit.MINUTES)) {
      throw new IllegalStateException(left.getCount() + " messages did not come");
    }
    consumption.close();
  }
}
