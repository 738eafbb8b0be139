// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.StorageType;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.testkit.ServerProcess;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Prints what the client does in a second against the server under test, to find hot spots: {@code
 * java ... dev.slipstream.client.Throughput [messages] [rounds]}. Client and server share the
 * machine.
 */
final class Throughput {
  private static final int PAYLOAD_BYTES = 128;

  private Throughput() {}

  private interface Work {
    void run() throws Exception;
  }

  public static void main(String[] arguments) throws Exception {
    int messages = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 200_000;
    int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
    try (ServerProcess server = TestServer.started();
        NatsClient nc = NatsClient.connect(server.url());
        NatsClient other = NatsClient.connect(server.url())) {
      for (int round = 0; round < rounds; round++) {
        core(nc, other, messages);
        for (StorageType storage : List.of(StorageType.MEMORY, StorageType.FILE)) {
          streams(nc, storage, messages);
        }
      }
    }
  }

  private static void core(NatsClient nc, NatsClient other, int messages) throws Exception {
    byte[] payload = new byte[PAYLOAD_BYTES];
    measure(
        "core publish",
        messages,
        () -> {
          for (int i = 0; i < messages; i++) {
            nc.publish("bench.none", payload);
          }
          nc.flush(Duration.ofSeconds(30));
        });
    CountDownLatch all = new CountDownLatch(messages);
    Subscription subscription = other.subscribe("bench.sub", m -> all.countDown());
    other.flush(Duration.ofSeconds(5));
    measure(
        "core publish and subscribe",
        messages,
        () -> {
          for (int i = 0; i < messages; i++) {
            nc.publish("bench.sub", payload);
          }
          all.await(60, TimeUnit.SECONDS);
        });
    subscription.unsubscribe();
    Subscription echo = other.subscribe("bench.echo", m -> other.respond(m, m.payload()));
    other.flush(Duration.ofSeconds(5));
    int requests = messages / 20;
    measure(
        "core request",
        requests,
        () -> {
          for (int i = 0; i < requests; i++) {
            nc.request("bench.echo", payload);
          }
        });
    echo.unsubscribe();
  }

  private static void streams(NatsClient nc, StorageType storage, int messages) throws Exception {
    byte[] payload = new byte[PAYLOAD_BYTES];
    JetStream js = nc.jetStream();
    js.deleteStream("BENCH");
    JsStream stream =
        js.createStream(StreamConfig.builder("BENCH").subjects("js.>").storage(storage).build());
    String on = " (" + storage.name().toLowerCase(Locale.ROOT) + ")";
    measure(
        "publish async" + on,
        messages,
        () -> {
          for (int i = 0; i < messages; i++) {
            js.publishAsync("js.a", payload);
          }
          js.awaitPublished(Duration.ofSeconds(60));
        });
    int few = messages / 20;
    measure(
        "publish sync" + on,
        few,
        () -> {
          for (int i = 0; i < few; i++) {
            js.publish("js.b", payload);
          }
        });
    ConsumerConfig all = Consumers.ephemeral().filterSubject("js.a").maxAckPending(10_000).build();
    PullConsumer noAck = stream.createConsumer(all.toBuilder().ackPolicy(AckPolicy.NONE).build());
    consume("consume without acks" + on, noAck, messages, false);
    consume("consume and ack" + on, stream.createConsumer(all), messages, true);
    PullConsumer fetched = stream.createConsumer(all);
    measure(
        "fetch 100 and ack" + on,
        messages,
        () -> {
          for (int left = messages; left > 0; ) {
            for (JsMessage m : fetched.fetch(Math.min(100, left))) {
              m.ack();
              left--;
            }
          }
        });
    PullConsumer single = stream.createConsumer(all);
    measure(
        "fetch 1 and ack" + on,
        few,
        () -> {
          for (int i = 0; i < few; i++) {
            single.next().orElseThrow().ack();
          }
        });
  }

  private static void consume(String what, PullConsumer consumer, int messages, boolean ack)
      throws Exception {
    measure(
        what,
        messages,
        () -> {
          ConsumeOptions options = ConsumeOptions.builder().stopAfter(messages).build();
          Consumption consumption =
              consumer.consume(
                  options,
                  m -> {
                    if (ack) {
                      m.ack();
                    }
                  });
          consumption.closed().get(60, TimeUnit.SECONDS);
        });
  }

  private static void measure(String what, int messages, Work work) throws Exception {
    long cpuBefore = cpuNanos();
    long began = System.nanoTime();
    work.run();
    long took = System.nanoTime() - began;
    long cpu = cpuNanos() - cpuBefore;
    System.out.printf(
        Locale.ROOT,
        "%-34s %,12.0f /s   %6.2f us client CPU a message%n",
        what,
        messages * 1e9 / took,
        cpu / 1e3 / messages);
  }

  private static long cpuNanos() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
  }
}
