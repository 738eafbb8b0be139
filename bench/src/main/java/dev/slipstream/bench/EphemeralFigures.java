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
import java.util.Locale;

/**
 * How often a second the state of one subject of many can be looked at through a consumer of its
 * own: created, its message fetched, deleted.
 *
 * <p>{@code EphemeralFigures A B [TIMES] [ROUNDS]}: A and B are command lines with {dir} and
 * {port}. Streams of one server have 1, 100,000 and a million subjects with one message each; what
 * is printed is the median of the rounds behind two warm ones.
 */
public final class EphemeralFigures {
  private static final int PAYLOAD_BYTES = 128;
  private static final int STRIDE = 37;
  private static final int WARM_ROUNDS = 2;
  private static final int[] SUBJECTS = {1, 100_000, 1_000_000};

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
      double[] rates = measure(args[i], times, rounds);
      for (int size = 0; size < SUBJECTS.length; size++) {
        System.out.println(
            String.format(
                Locale.ROOT,
                "| %s | %,d | %,.0f |",
                i == 0 ? "A" : "B",
                SUBJECTS[size],
                rates[size]));
      }
    }
  }

  /** The median rate for each number of subjects; rounds take turns, so that all meet the same. */
  private static double[] measure(String command, int times, int rounds) throws Exception {
    double[][] rates = new double[SUBJECTS.length][rounds];
    try (TemporaryDirectory directory = TemporaryDirectory.create("ephemeral-figures");
        MeasuredServer server = MeasuredServer.start(command, directory.path());
        NatsClient client = NatsClient.connect(server.url())) {
      JsStream[] streams = new JsStream[SUBJECTS.length];
      for (int size = 0; size < SUBJECTS.length; size++) {
        int of = SUBJECTS[size];
        streams[size] =
            client
                .jetStream()
                .createStream(
                    StreamConfig.builder("E" + of).subjects(subject(of, "*") + ".temp").build());
        Workload.publish(client, of, PAYLOAD_BYTES, each -> subject(of, "" + each) + ".temp");
      }
      for (int round = -WARM_ROUNDS; round < rounds; round++) {
        for (int size = 0; size < SUBJECTS.length; size++) {
          long began = System.nanoTime();
          for (int i = 0; i < times; i++) {
            int of = SUBJECTS[size];
            look(streams[size], subject(of, "" + (long) i * STRIDE % of) + ".temp");
          }
          if (round >= 0) {
            rates[size][round] = times / ((System.nanoTime() - began) / 1e9);
          }
        }
      }
    }
    return Arrays.stream(rates).mapToDouble(Median::of).toArray();
  }

  private static String subject(int of, String device) {
    return "of" + of + ".device." + device;
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
