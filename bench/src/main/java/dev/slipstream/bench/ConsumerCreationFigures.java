// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench;

import dev.slipstream.client.Consumers;
import dev.slipstream.client.JetStreamOptions;
import dev.slipstream.client.JsStream;
import dev.slipstream.client.NatsClient;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.DeliverPolicy;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.testkit.TemporaryDirectory;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How long it takes to create a consumer on a stream of 10 million messages of a million subjects,
 * by deliver policy and by how many subjects its filter matches.
 *
 * <p>{@code ConsumerCreationFigures A B [SHARE] [ROUNDS]}: A and B are command lines with {dir} and
 * {port}; SHARE is the percentage of the full amounts. What is printed is the median and the
 * slowest of the rounds.
 */
public final class ConsumerCreationFigures {
  private static final int PAYLOAD_BYTES = 16;
  private static final String LAST_OF_EACH = "last of each subject";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private ConsumerCreationFigures() {}

  /** Runs the comparison. */
  public static void main(String[] args) throws Exception {
    if (args.length < 2) {
      throw new IllegalArgumentException("ConsumerCreationFigures A B [SHARE] [ROUNDS]");
    }
    int share = args.length > 2 ? Integer.parseInt(args[2]) : 100;
    int rounds = args.length > 3 ? Integer.parseInt(args[3]) : 5;
    System.out.println("| | filter | subjects | from | median ms | most ms |");
    System.out.println("|---|---|---|---|---|---|");
    for (int i = 0; i < 2; i++) {
      measure(i == 0 ? "A" : "B", args[i], share, rounds);
    }
  }

  private static void measure(String who, String command, int share, int rounds) throws Exception {
    int messages = 100_000 * share;
    int subjects = 10_000 * share;
    try (TemporaryDirectory directory = TemporaryDirectory.create("creation-figures");
        MeasuredServer server = MeasuredServer.start(command, directory.path());
        NatsClient client = NatsClient.connect(server.url())) {
      JsStream stream =
          client
              .jetStream(JetStreamOptions.defaults().timeout(PATIENCE))
              .createStream(StreamConfig.builder("C").subjects("c.>").build());
      Workload.publish(client, messages, PAYLOAD_BYTES, i -> subject(i % subjects));
      Instant middle = stream.message(messages / 2).orElseThrow().time();
      Map<String, Integer> filters = new LinkedHashMap<>();
      filters.put("", subjects);
      filters.put(subject(0), 1);
      filters.put("c.0.0.5.*", 100);
      filters.put("c.0.0.>", Math.min(10_000, subjects));
      filters.put("c.0.>", Math.min(100_000, subjects));
      filters.put("c.>", subjects);
      for (String on : List.of("", who)) { // the first ones are until it is compiled
        for (Map.Entry<String, Integer> filter : filters.entrySet()) {
          Map<String, ConsumerConfig.Builder> policies = policies(messages, middle);
          if (filter.getKey().isEmpty()) {
            policies.remove(LAST_OF_EACH); // wants a filter
          }
          for (Map.Entry<String, ConsumerConfig.Builder> from : policies.entrySet()) {
            double[] millis = new double[rounds];
            Arrays.setAll(millis, round -> create(stream, filter.getKey(), from.getValue()));
            if (!on.isEmpty()) {
              print(on, filter, from.getKey(), millis);
            }
          }
        }
      }
    }
  }

  private static void print(
      String who, Map.Entry<String, Integer> filter, String from, double[] millis) {
    System.out.println(
        String.format(
            Locale.ROOT,
            "| %s | %s | %,d | %s | %.1f | %.1f |",
            who,
            filter.getKey(),
            filter.getValue(),
            from,
            Median.of(millis),
            Arrays.stream(millis).max().orElse(0)));
  }

  private static String subject(int number) {
    return "c."
        + number / 100_000
        + "."
        + number / 10_000 % 10
        + "."
        + number / 100 % 100
        + "."
        + number % 100;
  }

  private static Map<String, ConsumerConfig.Builder> policies(int messages, Instant middle) {
    Map<String, ConsumerConfig.Builder> policies = new LinkedHashMap<>();
    policies.put("all", Consumers.ephemeral());
    policies.put("new", Consumers.ephemeral().deliverPolicy(DeliverPolicy.NEW));
    policies.put("last", Consumers.ephemeral().deliverPolicy(DeliverPolicy.LAST));
    policies.put(
        "the middle",
        Consumers.ephemeral()
            .deliverPolicy(DeliverPolicy.BY_START_SEQUENCE)
            .optStartSeq(messages / 2));
    policies.put(
        "a time",
        Consumers.ephemeral().deliverPolicy(DeliverPolicy.BY_START_TIME).optStartTime(middle));
    policies.put(LAST_OF_EACH, Consumers.ephemeral().deliverPolicy(DeliverPolicy.LAST_PER_SUBJECT));
    return policies;
  }

  private static double create(JsStream stream, String filter, ConsumerConfig.Builder config) {
    ConsumerConfig wanted =
        filter.isEmpty() ? config.build() : config.filterSubject(filter).build();
    long began = System.nanoTime();
    var made = stream.createConsumer(wanted);
    double millis = (System.nanoTime() - began) / 1e6;
    made.delete();
    return millis;
  }
}
