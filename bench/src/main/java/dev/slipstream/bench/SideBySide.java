// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench;

import dev.slipstream.client.NatsClient;
import dev.slipstream.testkit.TemporaryDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Compares two servers with one client (ours) on one machine, in alternating rounds, and prints for
 * each workload both medians, their ratio, the server's processor time a message and, for ours, how
 * many records a sync made durable and how long the median sync took.
 *
 * <p>{@code SideBySide A B [ROUNDS] [MESSAGES] [ONLY]}: A and B are command lines with {dir},
 * {port} and, to see the log's figures, {http}. A server runs every workload once before the
 * recorded pass. ONLY chooses the workloads whose name contains it; the first publish into {@code
 * pa} always runs, since the consumers read that.
 */
public final class SideBySide {
  private static final String START = "start, empty store (ms)";
  private static final String RESTART = "restart on the data (ms)";
  private static final String KILLED = "start after kill -9 (ms)";
  private static final String MEMORY = "peak memory (MiB)";

  /** What was measured of one workload in one round. */
  private record Sample(double value, double cpuMicros, double recordsPerSync, double syncMicros) {
    static Sample of(double value) {
      return new Sample(value, 0, 0, 0);
    }
  }

  private final int messages;
  private final String only;
  private final List<Map<String, List<Sample>>> samples =
      List.of(new LinkedHashMap<>(), new LinkedHashMap<>());

  private SideBySide(int messages, String only) {
    this.messages = messages;
    this.only = only;
  }

  /** Runs the comparison. */
  public static void main(String[] args) throws Exception {
    if (args.length < 2) {
      throw new IllegalArgumentException("SideBySide A B [ROUNDS] [MESSAGES] [ONLY]");
    }
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 3;
    int messages = args.length > 3 ? Integer.parseInt(args[3]) : 300_000;
    SideBySide comparison = new SideBySide(messages, args.length > 4 ? args[4] : "");
    Consumer<String> progress = System.err::println;
    try (TemporaryDirectory root = TemporaryDirectory.create("side-by-side")) {
      for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < 2; i++) {
          int which = (i + round) % 2;
          progress.accept("round " + (round + 1) + " of " + rounds + ": " + args[which]);
          comparison.round(which, args[which], root.path().resolve(round + "-" + which));
        }
      }
    }
    comparison.print(System.out::println);
  }

  private void round(int which, String command, Path directory)
      throws IOException, InterruptedException {
    try (MeasuredServer server = MeasuredServer.start(command, directory)) {
      note(which, START, Sample.of(server.readyMillis()));
      try (NatsClient client = NatsClient.connect(server.url())) {
        for (int pass = 0; pass < 2; pass++) {
          for (Workload workload : Workload.all()) {
            if (workload.name().contains(only) || workload.name().equals("publish async 128 B")) {
              Sample sample = measure(workload, client, server);
              if (pass == 1) {
                note(which, workload.name(), sample);
              }
            }
          }
        }
      }
      note(which, MEMORY, Sample.of(server.peakMebibytes()));
      server.kill();
    }
    restart(which, KILLED, command, directory);
    restart(which, RESTART, command, directory);
    TemporaryDirectory.remove(directory);
  }

  private void restart(int which, String name, String command, Path directory) throws IOException {
    try (MeasuredServer again = MeasuredServer.start(command, directory)) {
      note(which, name, Sample.of(again.readyMillis()));
    }
  }

  private Sample measure(Workload workload, NatsClient client, MeasuredServer server)
      throws InterruptedException {
    LogFigures before = server.logFigures();
    long cpu = server.cpuNanos();
    long began = System.nanoTime();
    int done = workload.body().run(client, server.url(), messages);
    double seconds = (System.nanoTime() - began) / 1e9;
    double cpuMicros = (server.cpuNanos() - cpu) / 1e3 / done;
    LogFigures after = server.logFigures();
    return new Sample(done / seconds, cpuMicros, after.recordsPerSync(before), after.p50Micros());
  }

  private void note(int which, String name, Sample sample) {
    samples.get(which).computeIfAbsent(name, any -> new ArrayList<>()).add(sample);
  }

  private void print(Consumer<String> line) {
    line.accept(
        "| workload | A | B | B / A | A CPU µs | B CPU µs | window | B records a sync | B sync p50 µs |");
    line.accept("|---|---|---|---|---|---|---|---|---|");
    for (String name : samples.get(0).keySet()) {
      double a = median(0, name, Sample::value);
      double b = median(1, name, Sample::value);
      line.accept(
          String.format(
              Locale.ROOT,
              "| %s | %,.0f | %,.0f | %.2f | %s | %s | %s | %s | %s |",
              name,
              a,
              b,
              b / a,
              shown(median(0, name, Sample::cpuMicros), 2),
              shown(median(1, name, Sample::cpuMicros), 2),
              window(name),
              shown(median(1, name, Sample::recordsPerSync), 0),
              shown(median(1, name, Sample::syncMicros), 0)));
    }
  }

  private static String window(String name) {
    return Workload.all().stream()
        .filter(each -> each.name().equals(name) && each.window() > 0)
        .map(each -> "" + each.window())
        .findFirst()
        .orElse("");
  }

  private static String shown(double value, int digits) {
    return value == 0 ? "" : String.format(Locale.ROOT, "%,." + digits + "f", value);
  }

  private double median(int which, String name, java.util.function.ToDoubleFunction<Sample> part) {
    double[] values =
        samples.get(which).getOrDefault(name, List.of()).stream().mapToDouble(part).toArray();
    Arrays.sort(values);
    return values.length == 0 ? 0 : values[values.length / 2];
  }
}
