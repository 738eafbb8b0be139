// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench;

import dev.slipstream.client.Message;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.Outgoing;
import dev.slipstream.server.SlipstreamServer;
import dev.slipstream.testkit.TemporaryDirectory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;

/**
 * How fast 10,000 streams, and then a durable consumer on each, are created, and what memory they
 * take at rest.
 *
 * <p>{@code ManyAssets A B [COUNT]}: A and B are command lines with {dir} and {port}, or {@code
 * embedded} for a server of ours in this process, which alone can say what its heap holds. Requests
 * go out {@value #WINDOW} at a time.
 */
public final class ManyAssets {
  private static final int WINDOW = 64;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private ManyAssets() {}

  /** Runs the comparison. */
  public static void main(String[] args) throws Exception {
    if (args.length < 2) {
      throw new IllegalArgumentException("ManyAssets A B [COUNT]");
    }
    int count = args.length > 2 ? Integer.parseInt(args[2]) : 10_000;
    System.out.println("| | | a second | heap each, B |");
    System.out.println("|---|---|---|---|");
    for (int i = 0; i < 2; i++) {
      String who = i == 0 ? "A" : "B";
      if (args[i].equals("embedded")) {
        try (SlipstreamServer server =
                SlipstreamServer.builder().jetStream(true).temporaryStore().start();
            NatsClient client = NatsClient.connect(server.url())) {
          measure(who, client, count, true);
        }
      } else {
        try (TemporaryDirectory directory = TemporaryDirectory.create("many-assets");
            MeasuredServer server = MeasuredServer.start(args[i], directory.path());
            NatsClient client = NatsClient.connect(server.url())) {
          measure(who, client, count, false);
          server.kill(); // a clean stop is not what is measured
        }
      }
    }
  }

  private static void measure(String who, NatsClient client, int count, boolean heap)
      throws Exception {
    long empty = heap ? usedBytes() : 0;
    double streams =
        create(
            client,
            count,
            i -> "$JS.API.STREAM.CREATE.S" + i,
            i -> "{\"name\":\"S" + i + "\",\"subjects\":[\"s" + i + ".>\"]}");
    long withStreams = heap ? usedBytes() : 0;
    print(who, count + " streams", streams, (withStreams - empty) / (double) count);
    double consumers =
        create(
            client,
            count,
            i -> "$JS.API.CONSUMER.CREATE.S" + i + ".c",
            i ->
                "{\"stream_name\":\"S"
                    + i
                    + "\",\"config\":{\"name\":\"c\",\"durable_name\":\"c\","
                    + "\"ack_policy\":\"explicit\"}}");
    long withConsumers = heap ? usedBytes() : 0;
    print(who, count + " consumers", consumers, (withConsumers - withStreams) / (double) count);
  }

  private static void print(String who, String what, double rate, double bytes) {
    String each = bytes == 0 ? "" : String.format(Locale.ROOT, "%,.0f", bytes);
    System.out.println(
        String.format(Locale.ROOT, "| %s | %s | %,.0f | %s |", who, what, rate, each));
  }

  private static double create(
      NatsClient client, int count, IntFunction<String> subject, IntFunction<String> body)
      throws Exception {
    long began = System.nanoTime();
    ArrayDeque<CompletableFuture<Message>> asked = new ArrayDeque<>();
    for (int i = 0; i < count; i++) {
      byte[] json = body.apply(i).getBytes(StandardCharsets.UTF_8);
      asked.add(client.requestAsync(Outgoing.to(subject.apply(i)).payload(json), PATIENCE));
      if (asked.size() == WINDOW) {
        check(asked.remove().get());
      }
    }
    while (!asked.isEmpty()) {
      check(asked.remove().get());
    }
    return count / ((System.nanoTime() - began) / 1e9);
  }

  private static void check(Message answer) {
    if (answer.text().contains("\"error\"")) {
      throw new IllegalStateException(answer.text());
    }
  }

  private static long usedBytes() {
    for (int i = 0; i < 4; i++) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
