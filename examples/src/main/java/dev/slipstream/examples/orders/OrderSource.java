// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.examples.orders;

import dev.slipstream.client.ClientOptions;
import dev.slipstream.client.JetStream;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.NatsException;
import dev.slipstream.client.PublishOptions;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * The program that makes orders, some of which nobody can read.
 *
 * <pre>
 *   OrderSource [URL] [--orders N] [--first ID] [--rate N] [--poison-one-in N] [--seed N]
 * </pre>
 *
 * <p>By default 1,000 orders from id 1 on, 50 a second, one in 50 poisonous. It ends when all are
 * stored. An order whose storing the server has not confirmed is published again, however long the
 * server is away; its message id keeps it from being stored twice.
 */
public final class OrderSource {
  private static final int CUSTOMERS = 100;
  private static final int ARTICLES = 20;
  private static final int MOST_PIECES = 5;
  private static final int MOST_CENTS_A_PIECE = 25_000;

  private final JetStream js;
  private final RandomGenerator random;
  private final long poisonOneIn;
  private final long last;
  private final CountDownLatch done = new CountDownLatch(1);

  /** The next order's id and text. Owner: the thread that publishes. */
  private long id;

  private String text;

  private OrderSource(JetStream js, Arguments arguments) {
    this.js = js;
    this.random = new SplittableRandom(arguments.number("--seed", 1));
    this.poisonOneIn = arguments.number("--poison-one-in", 50);
    this.id = arguments.number("--first", 1);
    this.last = id + arguments.number("--orders", 1_000) - 1;
    this.text = nextText();
  }

  /** Publishes orders and returns when all are stored. */
  public static void main(String[] words) throws InterruptedException {
    Arguments arguments =
        Arguments.read(
            words, Set.of(), Set.of("--orders", "--first", "--rate", "--poison-one-in", "--seed"));
    ClientOptions options =
        ClientOptions.builder()
            .servers(arguments.servers())
            .name("order source")
            .retryInitialConnect(true)
            .build();
    long rate = arguments.number("--rate", 50);
    ScheduledExecutorService clockwork = Executors.newSingleThreadScheduledExecutor();
    try (NatsClient client = NatsClient.connect(options)) {
      OrderSource source = new OrderSource(client.jetStream(), arguments);
      clockwork.scheduleAtFixedRate(
          source::publishNext, 0, TimeUnit.SECONDS.toNanos(1) / rate, TimeUnit.NANOSECONDS);
      source.done.await();
    } finally {
      clockwork.shutdownNow();
    }
    System.out.println("all orders are stored");
  }

  /** Publishes the order at hand; what is not confirmed stays for the next time. */
  private void publishNext() {
    if (id > last) {
      done.countDown();
      return;
    }
    try {
      js.publish(
          Streams.order(Long.toString(id)),
          text.getBytes(StandardCharsets.UTF_8),
          PublishOptions.none().messageId("order-" + id));
    } catch (NatsException notConfirmed) {
      System.out.println("order " + id + " again: " + notConfirmed.getMessage());
      return;
    }
    id++;
    text = nextText();
  }

  private String nextText() {
    if (poisonOneIn > 0 && random.nextLong(poisonOneIn) == 0) {
      return random.nextBoolean() ? "?" : "c1 a1 0 100";
    }
    int quantity = 1 + random.nextInt(MOST_PIECES);
    return new Order(
            Long.toString(id),
            "c" + random.nextInt(CUSTOMERS),
            "a" + random.nextInt(ARTICLES),
            quantity,
            (long) quantity * (1 + random.nextInt(MOST_CENTS_A_PIECE)))
        .text();
  }
}
