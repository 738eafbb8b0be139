// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench;

import dev.slipstream.client.NatsClient;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.testkit.TemporaryDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * What two servers write to disk for each byte that is published, and what a publish costs when
 * much is stored already.
 *
 * <p>{@code StorageFigures A B [SHARE]}: A and B are command lines with {dir} and {port}. SHARE is
 * the percentage of the full amounts: 5 million messages of 128 B and 40,000 of 64 KiB for the
 * bytes, after 1 GiB that does not count; 10 million stored for the cost. A byte published is one
 * of a subject or a payload; a byte written is one that the disk was given, by whomever: nothing
 * else may write meanwhile. Linux only.
 */
public final class StorageFigures {
  private static final String SUBJECT = "storage.figures";
  private static final int MEASURED = 300_000;

  /** Makes files that are kept for later, such as those of a log, be there. */
  private static final long WARM_UP_BYTES = 1L << 30;

  private static final int ROUNDS = 7;
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
      figures.bytesWritten(50_000 * share, 128);
      figures.bytesWritten(400 * share, 64 << 10);
    }
    for (int i = 0; i < 2; i++) {
      new StorageFigures(args[i], i == 0 ? "A" : "B", share, print).costs();
    }
  }

  private void bytesWritten(int messages, int payloadBytes) throws IOException {
    try (TemporaryDirectory directory = TemporaryDirectory.create("storage-figures");
        MeasuredServer server = MeasuredServer.start(command, directory.path());
        NatsClient client = NatsClient.connect(server.url())) {
      create(client, SUBJECT);
      int warmUp = (int) (WARM_UP_BYTES / (payloadBytes + SUBJECT.length()));
      publish(client, SUBJECT, Math.max(messages, warmUp), payloadBytes);
      long before = settled(directory.path());
      LogFigures logBefore = server.logFigures();
      publish(client, SUBJECT, messages, payloadBytes);
      double published = (double) messages * (payloadBytes + SUBJECT.length());
      LogFigures log = server.logFigures();
      double written = settled(directory.path()) - before;
      row(
          "bytes written a byte published, " + payloadBytes + " B",
          String.format(
              Locale.ROOT,
              "%.2f%s",
              written / published,
              log.syncs() == 0
                  ? ""
                  : String.format(
                      Locale.ROOT, ", %.1f messages a sync", log.recordsPerSync(logBefore))));
    }
  }

  /** The bytes that the disk was given so far, once the page cache has given it all. */
  private static long settled(Path directory) throws IOException {
    PageCache.flush(directory);
    String device = Path.of(Files.getFileStore(directory).name()).getFileName().toString();
    for (String line : Files.readAllLines(Path.of("/proc/diskstats"))) {
      String[] fields = line.trim().split("\\s+");
      if (fields[DEVICE_FIELD].equals(device)) {
        return Long.parseLong(fields[SECTORS_WRITTEN_FIELD]) * SECTOR_BYTES;
      }
    }
    throw new IOException("the system does not count what is written to " + device);
  }

  /** Turns between streams with little, much and more, so that all meet the same machine. */
  private void costs() throws IOException {
    int[] stored = {1_000, 10_000 * share, 100_000 * share};
    double[][] micros = new double[stored.length][ROUNDS];
    double[][] perSecond = new double[stored.length][ROUNDS];
    try (TemporaryDirectory directory = TemporaryDirectory.create("storage-figures");
        MeasuredServer server = MeasuredServer.start(command, directory.path());
        NatsClient client = NatsClient.connect(server.url())) {
      for (int i = 1; i < stored.length; i++) {
        store(client, SUBJECT + i, stored[i]);
      }
      for (int round = 0; round < ROUNDS; round++) {
        String little = SUBJECT + "0." + round; // it would be much after a round
        store(client, little, stored[0]);
        for (int i = 0; i < stored.length; i++) {
          String subject = i == 0 ? little : SUBJECT + i;
          long cpu = server.cpuNanos();
          long began = System.nanoTime();
          publish(client, subject, MEASURED, 128);
          perSecond[i][round] = MEASURED / ((System.nanoTime() - began) / 1e9);
          micros[i][round] = (server.cpuNanos() - cpu) / 1e3 / MEASURED;
        }
      }
    }
    for (int i = 0; i < stored.length; i++) {
      row(
          String.format(Locale.ROOT, "publish with %,d stored", stored[i]),
          String.format(
              Locale.ROOT, "%.2f µs CPU, %,.0f/s", Median.of(micros[i]), Median.of(perSecond[i])));
    }
  }

  /** A stream of its own for each subject, with so many messages. */
  private static void store(NatsClient client, String subject, int messages) {
    create(client, subject);
    publish(client, subject, messages, 128);
  }

  private static void create(NatsClient client, String subject) {
    String stream = subject.replace('.', '-');
    client.jetStream().createStream(StreamConfig.builder(stream).subjects(subject).build());
  }

  private static void publish(NatsClient client, String subject, int messages, int payloadBytes) {
    Workload.publish(client, messages, payloadBytes, i -> subject);
  }

  private void row(String what, String figure) {
    print.accept("| " + who + " | " + what + " | " + figure + " |");
  }
}
