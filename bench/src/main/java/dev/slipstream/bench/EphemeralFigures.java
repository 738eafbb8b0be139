// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench;

import dev.slipstream.client.Consumers;
import dev.slipstream.client.JsStream;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.PullConsumer;
import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.testkit.TemporaryDirectory;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How often a second the state of one subject of many can be looked at through a consumer of its
 * own: created, its message fetched, deleted.
 *
 * <p>{@code EphemeralFigures A B [TIMES] [ROUNDS]}: A and B are command lines with {dir} and
 * {port}. Streams have 1, 100,000 and a million subjects with one message each; what is printed is
 * the median of the rounds behind a warm one.
 */
public final class EphemeralFigures {
  private static final int PAYLOAD_BYTES = 128;
  private static final int STRIDE = 37;

  private EphemeralFigures() {}

  /** Runs the comparison. */
  public static void main(String[] args) throws Exception {
    if (args.length < 2) {
      throw new IllegalArgumentException("EphemeralFigures A B [TIMES] [ROUNDS]");
    }
    int times = args.length > 2 ? Integer.parseInt(args[2]) : 1_000;
    int rounds = args.length > 3 ? Integer.parseInt(args[3]) : 5;
    System.out.println("| | subjects | a second |");
    System.out.println("|---|---|---|");
    for (int i = 0; i < 2; i++) {
      for (int subjects : List.of(1, 100_000, 1_000_000)) {
        String who = i == 0 ? "A" : "B";
        System.out.println(
            String.format(
                Locale.ROOT,
                "| %s | %,d | %,.0f |",
                who,
                subjects,
                measure(args[i], subjects, times, rounds)));
      }
    }
  }

  private static double measure(String command, int subjects, int times, int rounds)
      throws Exception {
    try (TemporaryDirectory directory = TemporaryDirectory.create("ephemeral-figures");
        MeasuredServer server = MeasuredServer.start(command, directory.path());
        NatsClient client = NatsClient.connect(server.url())) {
      JsStream stream =
          client
              .jetStream()
              .createStream(StreamConfig.builder("E").subjects("device.*.temp").build());
      Workload.publish(client, subjects, PAYLOAD_BYTES, EphemeralFigures::subject);
      double[] rates = new double[rounds];
      for (int round = -2; round < rounds; round++) {
        long began = System.nanoTime();
        for (int i = 0; i < times; i++) {
          look(stream, subject((int) ((long) i * STRIDE % subjects)));
        }
        if (round >= 0) {
          rates[round] = times / ((System.nanoTime() - began) / 1e9);
        }
      }
      Arrays.sort(rates);
      return rates[rounds / 2];
    }
  }

  private static String subject(int i) {
    return "device." + i + ".temp";
  }

  private static void look(JsStream stream, String subject) {
    PullConsumer consumer =
        stream.createConsumer(
            Consumers.ephemeral().filterSubject(subject).ackPolicy(AckPolicy.NONE).build());
    if (!consumer.next().orElseThrow().subject().equals(subject)) {
      throw new IllegalStateException("another subject");
    }
    consumer.delete();
  }
}
