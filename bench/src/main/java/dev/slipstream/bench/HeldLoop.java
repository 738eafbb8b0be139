// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench;

import dev.slipstream.client.Fetch;
import dev.slipstream.client.JetStream;
import dev.slipstream.client.JetStreamOptions;
import dev.slipstream.client.JsStream;
import dev.slipstream.client.Message;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.PullConsumer;
import dev.slipstream.client.SyncSubscription;
import dev.slipstream.protocol.api.StreamConfig;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * A server with one loop in this process, and what the operations that are measured on it share:
 * how much of the full amounts they take, and how the loop is watched meanwhile.
 */
final class HeldLoop {
  static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int PAYLOAD_BYTES = 16;
  static final int SHARDS = 5;

  /** What is measured. */
  interface Work {
    void run() throws Exception;
  }

  final NatsClient client;
  final JetStream js;
  private final LoopProbe probe;
  private final int share;
  private final Consumer<String> print;

  HeldLoop(NatsClient client, LoopProbe probe, int share, Consumer<String> print) {
    this.client = client;
    this.js = client.jetStream(JetStreamOptions.defaults().timeout(PATIENCE));
    this.probe = probe;
    this.share = share;
    this.print = print;
  }

  /** The share of a full amount. */
  int of(int full) {
    return (int) ((long) full * share / 100);
  }

  /** A stream of many subjects, with the full amount of messages. */
  JsStream wide(StreamConfig.Builder config) throws Exception {
    int messages = of(5_000_000);
    int subjects = of(1_000_000);
    JsStream stream = js.createStream(config.name("W").subjects("w.>").build());
    fill(messages, i -> "w." + i % SHARDS + "." + i % subjects);
    measure("nothing else happens", () -> pause(500));
    return stream;
  }

  /** Publishes small messages. */
  void fill(int messages, IntFunction<String> subject) {
    Workload.publish(client, messages, PAYLOAD_BYTES, subject);
  }

  static void pause(long millis) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  Message request(String subject, String body) {
    return client.request(subject, body.getBytes(StandardCharsets.UTF_8), PATIENCE);
  }

  void info(String body) {
    Message answer = request("$JS.API.STREAM.INFO.W", body);
    if (answer.payload().length == 0) {
      throw new IllegalStateException("no answer");
    }
  }

  void awaitMessages(JsStream stream, long most) {
    while (stream.info().state().messages() > most) {
      pause(20);
    }
  }

  /** Fetches so many messages, which stay unacknowledged. */
  static void take(PullConsumer consumer, int messages) {
    for (int left = messages; left > 0; ) {
      int got = 0;
      for (var unused : consumer.fetch(Fetch.of(Math.min(left, 10_000)).within(PATIENCE))) {
        got++;
      }
      left -= got;
    }
  }

  /** Prints how long the loop was held while {@code work} ran. */
  void measure(String what, Work work) throws Exception {
    double longestTurn;
    long from;
    long to;
    try (TurnRecording turns = TurnRecording.start()) {
      probe.clear();
      from = System.nanoTime();
      work.run();
      to = System.nanoTime();
      pause(20);
      longestTurn = turns.longestMillis();
    }
    LoopProbe.Held held = probe.held(from, to);
    print.accept(
        String.format(
            Locale.ROOT,
            "| %s | %,.1f | %d | %.2f | %.2f | %.2f | %.2f |",
            what,
            (to - from) / 1e6,
            held.count(),
            held.p99(),
            held.most(),
            held.mostWithStalls(),
            longestTurn));
  }

  static Message next(SyncSubscription answers) throws InterruptedException {
    return Objects.requireNonNull(answers.poll(PATIENCE), "no answer");
  }
}
