// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench;

import dev.slipstream.client.JetStream;
import dev.slipstream.client.NatsClient;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.testkit.TemporaryDirectory;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * How long two servers take to start after a {@code kill -9}, with much in the store, and what they
 * need in memory for it.
 *
 * <p>{@code RestartTimes A B [SHARE] [ONLY]}: A and B are command lines with {dir} and {port}.
 * SHARE is the percentage of the full amounts: 10 million messages in one stream, 1,000 streams, 1
 * million subjects.
 */
public final class RestartTimes {
  private static final int PAYLOAD_BYTES = 128;

  /** What is stored. */
  private record Scenario(String name, int messages, int streams, IntFunction<String> subject) {}

  private RestartTimes() {}

  /** Runs the comparison. */
  public static void main(String[] args) throws IOException {
    if (args.length < 2) {
      throw new IllegalArgumentException("RestartTimes A B [SHARE] [ONLY]");
    }
    int share = args.length > 2 ? Integer.parseInt(args[2]) : 100;
    String only = args.length > 3 ? args[3] : "";
    int many = 100_000 * share;
    int subjects = 10_000 * share;
    int streams = 10 * share;
    Consumer<String> print = System.out::println;
    print.accept(
        "| stored | | start after kill -9, ms | again after a clean stop, ms | peak MiB |");
    print.accept("|---|---|---|---|---|");
    List<Scenario> scenarios =
        List.of(
            new Scenario(many + " messages in one stream", many, 1, i -> "s0.x"),
            new Scenario(
                streams + " streams", 100 * streams, streams, i -> "s" + i % streams + ".x"),
            new Scenario(subjects + " subjects", subjects, 1, i -> "s0.device." + i + ".temp"));
    for (Scenario scenario : scenarios) {
      if (scenario.name.contains(only)) {
        for (int i = 0; i < 2; i++) {
          print.accept(measure(scenario, args[i], i == 0 ? "A" : "B"));
        }
      }
    }
  }

  private static String measure(Scenario scenario, String command, String who) throws IOException {
    try (TemporaryDirectory directory = TemporaryDirectory.create("restart-times")) {
      try (MeasuredServer server = MeasuredServer.start(command, directory.path())) {
        fill(server.url(), scenario);
        server.kill();
      }
      double killed;
      try (MeasuredServer server = MeasuredServer.start(command, directory.path())) {
        killed = server.readyMillis();
        check(server.url(), scenario);
      }
      try (MeasuredServer server = MeasuredServer.start(command, directory.path())) {
        return String.format(
            Locale.ROOT,
            "| %s | %s | %,.0f | %,.0f | %,.0f |",
            scenario.name,
            who,
            killed,
            server.readyMillis(),
            server.peakMebibytes());
      }
    }
  }

  private static void fill(String url, Scenario scenario) {
    try (NatsClient client = NatsClient.connect(url)) {
      JetStream js = client.jetStream();
      for (int i = 0; i < scenario.streams; i++) {
        js.createStream(StreamConfig.builder("S" + i).subjects("s" + i + ".>").build());
      }
      Workload.publish(client, scenario.messages, PAYLOAD_BYTES, scenario.subject);
    }
  }

  private static void check(String url, Scenario scenario) {
    try (NatsClient client = NatsClient.connect(url)) {
      long messages = 0;
      for (int i = 0; i < scenario.streams; i++) {
        messages += client.jetStream().stream("S" + i).info().state().messages();
      }
      if (messages < scenario.messages) {
        throw new IllegalStateException(
            messages + " messages of " + scenario.messages + " are there after kill -9");
      }
    }
  }
}
