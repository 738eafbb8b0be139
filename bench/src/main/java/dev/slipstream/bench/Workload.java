// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench;

import dev.slipstream.base.VirtualThreads;
import dev.slipstream.client.ClientLoops;
import dev.slipstream.client.ClientOptions;
import dev.slipstream.client.Consumers;
import dev.slipstream.client.FetchResult;
import dev.slipstream.client.JetStream;
import dev.slipstream.client.JetStreamOptions;
import dev.slipstream.client.JsMessage;
import dev.slipstream.client.JsStream;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.PullConsumer;
import dev.slipstream.protocol.api.StreamConfig;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * One thing to measure against a server, by name.
 *
 * @param name what the table shows
 * @param window how many publishes wait at once; 0 when it does not publish
 * @param body does it
 */
record Workload(String name, int window, Body body) {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int WINDOW = 1000;

  /** Does the work against the server of {@code client} and answers how many messages that were. */
  @FunctionalInterface
  interface Body {
    /**
     * Does it.
     *
     * @param messages how many the large workloads have
     */
    int run(NatsClient client, String url, int messages) throws InterruptedException;
  }

  /** All of them, in the order in which they are run. */
  static List<Workload> all() {
    return List.of(
        new Workload("publish sync 128 B", 1, (client, url, n) -> publishSync(client, n / 50)),
        new Workload(
            "publish sync 128 B, 64 connections", 64, (client, url, n) -> sync64(client, url, n)),
        async("publish async 128 B", "pa", 1, 128, i -> "pa.x"),
        async("publish async 1 KiB", "pk", 2, 1024, i -> "pk.x"),
        new Workload(
            "publish async, 100 streams", WINDOW, (client, url, n) -> streams100(client, n / 2)),
        async("publish async, 100k subjects", "pm", 1, 128, i -> "pm." + i % 100_000),
        new Workload("consume, explicit ack", 0, (client, url, n) -> consume(client, n)),
        new Workload("fetch 500, explicit ack", 0, (client, url, n) -> fetch(client, n)));
  }

  private static Workload async(
      String name, String stream, int share, int bytes, IntFunction<String> subject) {
    return new Workload(
        name,
        WINDOW,
        (client, url, n) -> {
          fresh(client.jetStream(), stream);
          return publish(client, n / share, bytes, subject);
        });
  }

  private static JsStream fresh(JetStream js, String name) {
    js.deleteStream(name);
    return js.createStream(StreamConfig.builder(name).subjects(name + ".>").build());
  }

  private static int publishSync(NatsClient client, int messages) {
    JetStream js = client.jetStream();
    fresh(js, "ps");
    byte[] payload = new byte[128];
    for (int i = 0; i < messages; i++) {
      js.publish("ps.x", payload);
    }
    return messages;
  }

  private static int sync64(NatsClient client, String url, int messages)
      throws InterruptedException {
    fresh(client.jetStream(), "p64");
    int each = messages / 64;
    ClientOptions options =
        ClientOptions.builder().servers(url).loops(ClientLoops.ofThreads(1)).build();
    AtomicInteger acknowledged = new AtomicInteger();
    ExecutorService virtual = VirtualThreads.executor("publisher-");
    ExecutorService publishers = virtual == null ? Executors.newCachedThreadPool() : virtual;
    for (int i = 0; i < 64; i++) {
      publishers.execute(
          () -> {
            try (NatsClient own = NatsClient.connect(options)) {
              for (int k = 0; k < each; k++) {
                own.jetStream().publish("p64.x", new byte[128]);
                acknowledged.incrementAndGet();
              }
            }
          });
    }
    publishers.shutdown();
    check(publishers.awaitTermination(1, TimeUnit.HOURS), "publishing takes too long");
    check(acknowledged.get() == each * 64, "publishes failed");
    return each * 64;
  }

  /** Publishes as fast as {@link #WINDOW} allows; returns when all are acknowledged. */
  static int publish(NatsClient client, int messages, int bytes, IntFunction<String> subject) {
    JetStream js = client.jetStream(JetStreamOptions.defaults().maxInFlight(WINDOW, 64 << 20));
    byte[] payload = new byte[bytes];
    for (int i = 0; i < messages; i++) {
      js.publishAsync(subject.apply(i), payload);
    }
    js.awaitPublished(PATIENCE);
    return messages;
  }

  private static int streams100(NatsClient client, int messages) {
    JetStream js = client.jetStream();
    for (int i = 0; i < 100; i++) {
      fresh(js, "m" + i);
    }
    publish(client, messages, 128, i -> "m" + i % 100 + ".x");
    for (int i = 0; i < 100; i++) {
      js.deleteStream("m" + i);
    }
    return messages;
  }

  private static int consume(NatsClient client, int messages) throws InterruptedException {
    PullConsumer consumer = newConsumer(client, "consume");
    CountDownLatch left = new CountDownLatch(messages);
    try (AutoCloseable consumption =
        consumer.consume(
                message -> {
                  message.ack();
                  left.countDown();
                })
            ::stop) {
      check(left.await(PATIENCE.toSeconds(), TimeUnit.SECONDS), "messages are missing");
    } catch (InterruptedException interrupted) {
      throw interrupted;
    } catch (Exception failed) {
      throw new IllegalStateException(failed);
    }
    return messages;
  }

  private static int fetch(NatsClient client, int messages) {
    PullConsumer consumer = newConsumer(client, "fetch");
    int got = 0;
    while (got < messages) {
      FetchResult batch = consumer.fetch(500);
      int before = got;
      for (JsMessage message : batch) {
        message.ack();
        got++;
      }
      check(got > before, "a fetch came back empty");
    }
    return got;
  }

  private static PullConsumer newConsumer(NatsClient client, String name) {
    JsStream stream = client.jetStream().stream("pa");
    stream.deleteConsumer(name);
    return stream.createConsumer(Consumers.durable(name).maxAckPending(10_000).build());
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }
}
