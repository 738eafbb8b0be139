// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench;

import dev.slipstream.client.Consumers;
import dev.slipstream.client.Consumption;
import dev.slipstream.client.JsStream;
import dev.slipstream.client.NatsClient;
import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.testkit.TemporaryDirectory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * How fast a stream with a million subjects is consumed through no filter, and through 1, 10 and
 * 300 filters that together match everything.
 *
 * <p>{@code FilterFigures A B [SUBJECTS] [ROUNDS]}: A and B are command lines with {dir} and
 * {port}. Every subject has one message; what is printed is the median of the rounds behind a warm
 * one, and its ratio to that without a filter.
 */
public final class FilterFigures {
  private static final int PAYLOAD_BYTES = 128;
  private static final int TENS = 10;
  private static final int GROUPS = 300;

  private FilterFigures() {}

  /** Runs the comparison. */
  public static void main(String[] args) throws Exception {
    if (args.length < 2) {
      throw new IllegalArgumentException("FilterFigures A B [SUBJECTS] [ROUNDS]");
    }
    int subjects = args.length > 2 ? Integer.parseInt(args[2]) : 1_000_000;
    int rounds = args.length > 3 ? Integer.parseInt(args[3]) : 3;
    System.out.println("| | filters | messages/s | of no filter |");
    System.out.println("|---|---|---|---|");
    for (int i = 0; i < 2; i++) {
      measure(i == 0 ? "A" : "B", args[i], subjects, rounds);
    }
  }

  private static void measure(String who, String command, int subjects, int rounds)
      throws Exception {
    try (TemporaryDirectory directory = TemporaryDirectory.create("filter-figures");
        MeasuredServer server = MeasuredServer.start(command, directory.path());
        NatsClient client = NatsClient.connect(server.url())) {
      JsStream stream =
          client.jetStream().createStream(StreamConfig.builder("F").subjects("f.>", "g").build());
      Workload.publish(client, subjects, PAYLOAD_BYTES, FilterFigures::subject);
      List<List<String>> all = List.of(List.of(), List.of("f.>"), filters(TENS), filters(GROUPS));
      double[][] rates = new double[all.size()][rounds];
      for (int round = -1; round < rounds; round++) {
        for (int i = 0; i < all.size(); i++) {
          double rate = consume(stream, all.get(i), subjects);
          if (round >= 0) {
            rates[i][round] = rate;
          }
        }
      }
      for (int i = 0; i < all.size(); i++) {
        System.out.println(
            String.format(
                Locale.ROOT,
                "| %s | %d | %,.0f | %.2f |",
                who,
                all.get(i).size(),
                Median.of(rates[i]),
                Median.of(rates[i]) / Median.of(rates[0])));
      }
    }
  }

  private static String subject(int i) {
    int group = i % GROUPS;
    return "f." + group / (GROUPS / TENS) + "." + group % (GROUPS / TENS) + "." + i;
  }

  private static List<String> filters(int count) {
    List<String> filters = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      filters.add(count == TENS ? "f." + i + ".>" : "f." + i / 30 + "." + i % 30 + ".*");
    }
    return filters;
  }

  private static double consume(JsStream stream, List<String> filters, int messages)
      throws Exception {
    ConsumerConfig.Builder config = Consumers.ephemeral().ackPolicy(AckPolicy.NONE);
    if (!filters.isEmpty()) {
      config.filterSubjects(filters);
    }
    CountDownLatch left = new CountDownLatch(messages);
    var consumer = stream.createConsumer(config.build());
    long began = System.nanoTime();
    try (Consumption consumption = consumer.consume(message -> left.countDown())) {
      if (!left.await(3, TimeUnit.MINUTES)) {
        throw new IllegalStateException(left.getCount() + " messages are missing");
      }
    }
    double rate = messages / ((System.nanoTime() - began) / 1e9);
    consumer.delete();
    return rate;
  }
}
