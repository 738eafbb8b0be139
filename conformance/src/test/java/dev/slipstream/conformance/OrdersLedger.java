// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.client.Fetch;
import dev.slipstream.client.JetStream;
import dev.slipstream.client.JsMessage;
import dev.slipstream.client.PullConsumer;
import dev.slipstream.protocol.api.ConsumerInfo;
import dev.slipstream.protocol.api.StreamInfoRequest;
import dev.slipstream.testkit.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * What a server knows of the orders of the example: which there are, which results they have, and
 * what the consumers of the steps still owe. May be asked while a server comes back.
 *
 * @param js the server
 */
record OrdersLedger(JetStream js) {
  static final List<String> STEPS = List.of("payment", "stock", "shipping", "mail", "audit");

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** An order by its place in the stream: one source publishes one after another. */
  private static String idOf(long sequence) {
    return Long.toString(sequence);
  }

  private static Set<String> ids(long count) {
    return LongStream.rangeClosed(1, count)
        .mapToObj(OrdersLedger::idOf)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private <T> T ask(Callable<T> question) throws Exception {
    return Eventually.succeeds(PATIENCE, question);
  }

  private ConsumerInfo info(String step) throws Exception {
    return ask(() -> js.bindConsumer("ORDERS", step).info());
  }

  /** Orders with a result of a step. There is never more than one. */
  private Set<String> results(String step) throws Exception {
    String subject = "results." + step + ".";
    Map<String, Long> counts =
        ask(
            () ->
                js.stream("RESULTS")
                    .info(new StreamInfoRequest(0, false, subject + "*"))
                    .state()
                    .subjects());
    assertThat(counts.values()).as("results of an order of %s", step).containsOnly(1L);
    return counts.keySet().stream()
        .map(each -> each.substring(subject.length()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Everything up to a step's ack floor has its result. */
  void checkThatWhatIsAckedHasItsResult() throws Exception {
    for (String step : STEPS) {
      long floor = info(step).ackFloor().streamSeq(); // first this, since results are stored first
      assertThat(results(step))
          .as("acked by %s up to %d and without a result", step, floor)
          .containsAll(ids(floor));
    }
  }

  /** The consumer of a step that is not done with so many orders, or owes some. */
  Optional<ConsumerInfo> unfinished(long orders) throws Exception {
    for (String step : STEPS) {
      ConsumerInfo info = info(step);
      boolean owes = info.numPending() > 0 || info.numAckPending() > 0;
      if (owes || info.ackFloor().streamSeq() < orders) {
        return Optional.of(info);
      }
    }
    return Optional.empty();
  }

  /**
   * Takes all that each step still owes, and hands it back: what it owes has no result, and what it
   * does not owe has one.
   *
   * @return how many orders are owed, by all steps together
   */
  int checkThatExactlyWhatIsOwedHasNoResult(long orders) throws Exception {
    int owed = 0;
    for (String step : STEPS) {
      Set<String> open = open(step);
      Set<String> done = results(step);
      assertThat(open)
          .as("has a result and was not acked by %s", step)
          .doesNotContainAnyElementsOf(done);
      Set<String> known = new TreeSet<>(done);
      known.addAll(open);
      assertThat(known).as("acked by %s, or with a result", step).isEqualTo(ids(orders));
      owed += open.size();
    }
    return owed;
  }

  private Set<String> open(String step) throws Exception {
    ConsumerInfo info = info(step);
    long count = info.numPending() + info.numAckPending();
    PullConsumer consumer = js.bindConsumer("ORDERS", step);
    Set<String> open = new HashSet<>();
    List<JsMessage> taken = new ArrayList<>();
    long began = System.nanoTime();
    while (open.size() < count) {
      assertThat(System.nanoTime() - began)
          .as("time to get what %s owes", step)
          .isLessThan(PATIENCE.toNanos());
      for (JsMessage message :
          consumer.fetch(Fetch.first((int) count).within(Duration.ofSeconds(3)))) {
        open.add(idOf(message.info().streamSequence()));
        taken.add(message);
      }
    }
    taken.forEach(JsMessage::nak);
    return open;
  }
}
