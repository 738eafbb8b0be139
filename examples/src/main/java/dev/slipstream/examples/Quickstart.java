// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.examples;

import dev.slipstream.client.ClientOptions;
import dev.slipstream.client.NatsClient;
import dev.slipstream.server.SlipstreamServer;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Both walks, each on a fresh embedded server with a real store on disk; says whether they told the
 * story that they should.
 */
public final class Quickstart {
  private static final List<String> FETCH_AND_CONSUME =
      List.of(
          "received msg on events.1",
          "received msg on events.2",
          "received msg on events.3",
          "got 2 messages",
          "got 1 messages",
          "got 0 messages in 1.",
          "received \"events.1\" from durable consumer",
          "consumer deleted: true");

  private Quickstart() {}

  /** A walk that prints its story. */
  private interface Walk {
    void run(NatsClient client, Consumer<String> print) throws InterruptedException;
  }

  /**
   * Runs both walks.
   *
   * @param story where the lines of the walks go, and nothing else
   * @param progress where it says what it does
   * @return whether both walks printed what they should
   */
  public static boolean run(PrintStream story, PrintStream progress) throws InterruptedException {
    boolean first =
        walk(
            "consume, fetch, fetch without waiting, a durable consumer",
            FetchAndConsume::run,
            FETCH_AND_CONSUME,
            story,
            progress);
    List<String> ten = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      ten.add("got message on subject events." + i + " with payload \"data\"");
    }
    boolean second =
        walk(
            "iterate over the messages of a durable consumer",
            DurableIterator::run,
            ten,
            story,
            progress);
    progress.println(
        first && second
            ? "-- both walks told the story they should"
            : "-- a walk did not tell the story it should");
    return first && second;
  }

  private static boolean walk(
      String title, Walk walk, List<String> expected, PrintStream story, PrintStream progress)
      throws InterruptedException {
    long began = System.nanoTime();
    try (SlipstreamServer server =
        SlipstreamServer.builder().jetStream(true).temporaryStore().start()) {
      long millis = (System.nanoTime() - began) / 1_000_000;
      progress.println("-- " + title);
      progress.println("   server at " + server.url() + ", started in " + millis + " ms");
      List<String> told = new ArrayList<>();
      try (NatsClient client = NatsClient.connect(options(server.url()))) {
        walk.run(
            client,
            line -> {
              told.add(line);
              story.println(line);
            });
      }
      return matches(told, expected, progress);
    }
  }

  /** Server and client load their classes at the same time, perhaps on a busy machine: patient. */
  private static ClientOptions options(String url) {
    return ClientOptions.builder().servers(url).connectTimeout(Duration.ofSeconds(20)).build();
  }

  /** Lines must be equal; a line of the expectation that ends in a dot is the begin of one. */
  private static boolean matches(List<String> told, List<String> expected, PrintStream progress) {
    boolean same = told.size() == expected.size();
    for (int i = 0; i < Math.min(told.size(), expected.size()); i++) {
      String want = expected.get(i);
      boolean fits = want.endsWith(".") ? told.get(i).startsWith(want) : told.get(i).equals(want);
      if (!fits) {
        progress.println("   expected \"" + want + "\", got \"" + told.get(i) + "\"");
        same = false;
      }
    }
    if (told.size() != expected.size()) {
      progress.println("   expected " + expected.size() + " lines, got " + told.size());
    }
    return same;
  }
}
