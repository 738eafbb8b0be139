// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench;

import dev.slipstream.server.SlipstreamServer;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Starts servers inside this process, one after the other, and prints how long that takes.
 *
 * <p>{@code EmbeddedStart [ROUNDS]}: each with JetStream on a new temporary store. The first start
 * loads the classes; the median of the others is that of a warm JVM.
 */
public final class EmbeddedStart {
  private EmbeddedStart() {}

  /** Runs the benchmark. */
  public static void main(String[] args) {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 20;
    Consumer<String> print = System.out::println;
    print.accept(String.format(Locale.ROOT, "first start: %.1f ms", startMillis()));
    double[] warm = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      warm[i] = startMillis();
    }
    Arrays.sort(warm);
    print.accept(
        String.format(
            Locale.ROOT,
            "warm: median %.1f ms, slowest %.1f ms of %d starts",
            warm[rounds / 2],
            warm[rounds - 1],
            rounds));
  }

  private static double startMillis() {
    long began = System.nanoTime();
    try (SlipstreamServer server =
        SlipstreamServer.builder().jetStream(true).temporaryStore().start()) {
      double millis = (System.nanoTime() - began) / 1e6;
      if (server.port() == 0) {
        throw new IllegalStateException("the server listens nowhere");
      }
      return millis;
    }
  }
}
