// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench;

import dev.slipstream.client.Consumers;
import dev.slipstream.client.JetStream;
import dev.slipstream.client.JetStreamOptions;
import dev.slipstream.client.NatsClient;
import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.api.Compression;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.testkit.TemporaryDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/**
 * What two servers keep on disk of a stream with and without compression, and what that costs.
 *
 * <p>{@code CompressionFigures A B [MESSAGES]}: A and B are command lines with {dir} and {port};
 * 300,000 messages of 1 KiB, as documents of JSON and as random bytes, are published
 * asynchronously, and read again after a clean stop, a start and with no file in memory. On disk
 * are the files of messages, without a log before them. Linux only.
 */
public final class CompressionFigures {
  private static final int PAYLOAD_BYTES = 1024;
  private static final int WINDOW = 1000;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final String who;
  private final String command;
  private final int messages;

  private CompressionFigures(String who, String command, int messages) {
    this.who = who;
    this.command = command;
    this.messages = messages;
  }

  /** Runs the comparison. */
  public static void main(String[] args) throws Exception {
    if (args.length < 2) {
      throw new IllegalArgumentException("CompressionFigures A B [MESSAGES]");
    }
    int messages = args.length > 2 ? Integer.parseInt(args[2]) : 300_000;
    System.out.println(
        "| | payload | compression | on disk, of the payload | publish | CPU | read cold | CPU |");
    System.out.println("|---|---|---|---|---|---|---|---|");
    for (String payload : new String[] {"JSON", "random"}) {
      for (int i = 0; i < 2; i++) {
        for (Compression compression : Compression.values()) {
          new CompressionFigures(i == 0 ? "A" : "B", args[i], messages).run(payload, compression);
        }
      }
    }
  }

  private void run(String kind, Compression compression) throws Exception {
    SplittableRandom random = new SplittableRandom(1);
    IntFunction<byte[]> payload =
        kind.equals("JSON") ? i -> document(i, random) : i -> randomBytes(random);
    double megabytes = (double) messages * PAYLOAD_BYTES / 1e6;
    double[] published;
    double[] read;
    double stored;
    try (TemporaryDirectory directory = TemporaryDirectory.create("compression-figures")) {
      try (MeasuredServer server = MeasuredServer.start(command, directory.path());
          NatsClient client = NatsClient.connect(server.url())) {
        client
            .jetStream()
            .createStream(StreamConfig.builder("F").subjects("f").compression(compression).build());
        published = measured(server, () -> publish(client, payload));
      }
      stored = storedBytes(directory.path()) / 1e6;
      PageCache.drop(directory.path());
      try (MeasuredServer server = MeasuredServer.start(command, directory.path());
          NatsClient client = NatsClient.connect(server.url())) {
        read = measured(server, () -> readAll(client));
      }
    }
    System.out.printf(
        Locale.ROOT,
        "| %s | %s | %s | %.3f | %.0f MB/s | %.1f ms/MB | %.0f MB/s | %.1f ms/MB |%n",
        who,
        kind,
        compression.wireName(),
        stored / megabytes,
        megabytes / published[0],
        published[1] * 1e3 / megabytes,
        megabytes / read[0],
        read[1] * 1e3 / megabytes);
  }

  /** Something that is measured. */
  @FunctionalInterface
  private interface Work {
    void run() throws Exception;
  }

  /** Seconds that it took, and seconds of the server's processors. */
  private static double[] measured(MeasuredServer server, Work work) throws Exception {
    long cpu = server.cpuNanos();
    long began = System.nanoTime();
    work.run();
    long took = System.nanoTime() - began;
    return new double[] {took / 1e9, (server.cpuNanos() - cpu) / 1e9};
  }

  private void publish(NatsClient client, IntFunction<byte[]> payload) {
    JetStream js = client.jetStream(JetStreamOptions.defaults().maxInFlight(WINDOW, 64 << 20));
    for (int i = 0; i < messages; i++) {
      js.publishAsync("f", payload.apply(i));
    }
    js.awaitPublished(PATIENCE);
  }

  private void readAll(NatsClient client) throws Exception {
    CountDownLatch left = new CountDownLatch(messages);
    try (AutoCloseable consumption =
        client.jetStream().stream("F")
                .createConsumer(Consumers.ephemeral().ackPolicy(AckPolicy.NONE).build())
                .consume(message -> left.countDown())
            ::stop) {
      if (!left.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException(left.getCount() + " messages are missing");
      }
    }
  }

  private static byte[] randomBytes(SplittableRandom random) {
    byte[] payload = new byte[PAYLOAD_BYTES];
    random.nextBytes(payload);
    return payload;
  }

  /** An order with some lines, of which numbers, names and ids differ. */
  private static byte[] document(int number, SplittableRandom random) {
    StringBuilder text = new StringBuilder(PAYLOAD_BYTES + 200);
    text.append("{\"order\":").append(1_000_000 + number);
    text.append(",\"customer\":\"").append(Long.toHexString(random.nextLong()));
    text.append("\",\"created\":\"2026-11-28T17:").append(10 + random.nextInt(50));
    text.append(":").append(10 + random.nextInt(50)).append("Z\",\"currency\":\"EUR\",\"lines\":[");
    while (text.length() < PAYLOAD_BYTES) {
      text.append("{\"article\":\"A-").append(random.nextInt(10_000));
      text.append("\",\"quantity\":").append(1 + random.nextInt(9));
      text.append(",\"price\":").append(random.nextInt(100_000) / 100.0);
      text.append(",\"state\":\"accepted\"},");
    }
    return Arrays.copyOf(text.toString().getBytes(StandardCharsets.US_ASCII), PAYLOAD_BYTES);
  }

  private static long storedBytes(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(Files::isRegularFile)
          .filter(path -> path.toString().matches(".*/(segments|msgs)/[^/]*"))
          .mapToLong(path -> path.toFile().length())
          .sum();
    }
  }
}
