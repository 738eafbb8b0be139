// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench;

import dev.slipstream.client.JetStream;
import dev.slipstream.client.JetStreamOptions;
import dev.slipstream.client.NatsClient;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.testkit.TemporaryDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * What two servers write to disk for each byte that is published, and what a publish costs when
 * much is stored already.
 *
 * <p>{@code StorageFigures A B [SHARE]}: A and B are command lines with {dir} and {port}. SHARE is
 * the percentage of the full amounts: 1 million messages of 128 B and 10,000 of 64 KiB for the
 * bytes, after as many that do not count; 10 million stored for the cost. A byte published is one
 * of a subject or a payload; a byte written is one that the disk was given, by whomever: nothing
 * else may write meanwhile. Linux only.
 */
public final class StorageFigures {
  private static final String SUBJECT = "storage.figures";
  private static final String WARM_SUBJECT = "storage.warm";
  private static final int MEASURED = 100_000;
  private static final int DEVICE_FIELD = 2;
  private static final int SECTORS_WRITTEN_FIELD = 9;
  private static final int SECTOR_BYTES = 512;

  private final String command;
  private final String who;
  private final int share;
  private final Consumer<String> print;

  private StorageFigures(String command, String who, int share, Consumer<String> print) {
    this.command = command;
    this.who = who;
    this.share = share;
    this.print = print;
  }

  /** Runs the comparison. */
  public static void main(String[] args) throws IOException {
    if (args.length < 2) {
      throw new IllegalArgumentException("StorageFigures A B [SHARE]");
    }
    int share = args.length > 2 ? Integer.parseInt(args[2]) : 100;
    Consumer<String> print = System.out::println;
    print.accept("| | | figure |");
    print.accept("|---|---|---|");
    for (int i = 0; i < 2; i++) {
      StorageFigures figures = new StorageFigures(args[i], i == 0 ? "A" : "B", share, print);
      figures.bytesWritten(10_000 * share, 128);
      figures.bytesWritten(100 * share, 64 << 10);
    }
    for (int i = 0; i < 2; i++) {
      new StorageFigures(args[i], i == 0 ? "A" : "B", share, print).costs();
    }
  }

  private void bytesWritten(int messages, int payloadBytes) throws IOException {
    try (TemporaryDirectory directory = TemporaryDirectory.create("storage-figures");
        MeasuredServer server = MeasuredServer.start(command, directory.path());
        NatsClient client = NatsClient.connect(server.url())) {
      JetStream js = created(client);
      publish(js, SUBJECT, messages, payloadBytes); // so that files kept for later are there
      long before = settled(directory.path());
      publish(js, SUBJECT, messages, payloadBytes);
      double published = (double) messages * (payloadBytes + SUBJECT.length());
      row(
          "bytes written a byte published, %d B: %.2f",
          payloadBytes, (settled(directory.path()) - before) / published);
    }
  }

  /** The bytes that the disk was given so far, once the page cache has given it all. */
  private static long settled(Path directory) throws IOException {
    Process sync = new ProcessBuilder("sync", "-f", directory.toString()).inheritIO().start();
    sync.onExit().join();
    String device = Path.of(Files.getFileStore(directory).name()).getFileName().toString();
    for (String line : Files.readAllLines(Path.of("/proc/diskstats"))) {
      String[] fields = line.trim().split("\\s+");
      if (fields[DEVICE_FIELD].equals(device)) {
        return Long.parseLong(fields[SECTORS_WRITTEN_FIELD]) * SECTOR_BYTES;
      }
    }
    throw new IOException("the system does not count what is written to " + device);
  }

  private void costs() throws IOException {
    try (TemporaryDirectory directory = TemporaryDirectory.create("storage-figures");
        MeasuredServer server = MeasuredServer.start(command, directory.path());
        NatsClient client = NatsClient.connect(server.url())) {
      JetStream js = created(client);
      js.createStream(StreamConfig.builder("WARM").subjects(WARM_SUBJECT).build());
      publish(js, WARM_SUBJECT, 5 * MEASURED, 128);
      int stored = 0;
      for (int wanted : new int[] {1_000, 10_000 * share, 100_000 * share}) {
        publish(js, SUBJECT, Math.max(0, wanted - stored), 128);
        long cpu = server.cpuNanos();
        long began = System.nanoTime();
        publish(js, SUBJECT, MEASURED, 128);
        double perSecond = MEASURED / ((System.nanoTime() - began) / 1e9);
        double micros = (server.cpuNanos() - cpu) / 1e3 / MEASURED;
        stored = Math.max(stored, wanted) + MEASURED;
        row("publish with %,d stored: %.2f µs CPU, %,.0f/s", wanted, micros, perSecond);
      }
    }
  }

  private static JetStream created(NatsClient client) {
    JetStream js = client.jetStream(JetStreamOptions.defaults().maxInFlight(1000, 64 << 20));
    js.createStream(StreamConfig.builder("FIGURES").subjects(SUBJECT).build());
    return js;
  }

  private static void publish(JetStream js, String subject, int messages, int payloadBytes) {
    byte[] payload = new byte[payloadBytes];
    for (int i = 0; i < messages; i++) {
      js.publishAsync(subject, payload);
    }
    js.awaitPublished(Duration.ofMinutes(10));
  }

  private void row(String format, Object... figures) {
    String[] parts = String.format(Locale.ROOT, format, figures).split(": ", 2);
    print.accept("| " + who + " | " + parts[0] + " | " + parts[1] + " |");
  }
}
