// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.testkit.FaultyDisk;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Work on many messages is done in slices, between which the loop does other work. */
@ExtendWith(QuietLog.class)
class SlicesTest {
  private static final int SLICE = 4;
  private static final int MESSAGES = 200;

  private final EngineHarness engine = new EngineHarness(3, SLICE);

  private void stream(String more) {
    assertThat(engine.api("STREAM.CREATE.S", "{\"name\":\"S\",\"subjects\":[\"s.>\"]" + more + "}"))
        .contains("\"did_create\":true");
    for (int i = 0; i < MESSAGES; i++) {
      engine.publish("s." + i % 5 + "." + i % 50, "x");
    }
  }

  private String info() {
    return engine.api("STREAM.INFO.S", "");
  }

  private String state() {
    String info = info();
    return info.substring(info.indexOf("\"state\""), info.indexOf("\"consumer_count\""));
  }

  /** What the stream has, asked again and again while a request is answered. */
  private List<Long> messagesUntilAnswered(String subject, String body) {
    SimulatedBus.Inbox answer = engine.inbox();
    engine.send("$JS.API." + subject, answer.subject, body);
    List<Long> seen = new ArrayList<>();
    for (int turns = 0; answer.messages.isEmpty() && turns < 10_000; turns++) {
      engine.simulation.step();
      SimulatedBus.Inbox asked = engine.inbox();
      engine.send("$JS.API.STREAM.INFO.S", asked.subject, "");
      while (asked.messages.isEmpty() && engine.simulation.step()) {
        // one thing at a time
      }
      seen.add(number(asked.messages.get(0).payload(), "messages"));
      engine.bus.drop(asked);
    }
    assertThat(answer.only().payload()).doesNotContain("\"error\"");
    return seen;
  }

  private static void assertSliced(List<Long> seen, long least) {
    assertThat(seen.stream().distinct().count()).isGreaterThan(10);
    for (int i = 1; i < seen.size(); i++) {
      assertThat(seen.get(i - 1) - seen.get(i)).isLessThanOrEqualTo(4 * SLICE);
    }
    assertThat(seen.get(seen.size() - 1)).isGreaterThanOrEqualTo(least);
  }

  @Test
  void loopDoesOtherWorkBetweenTheSlicesOfAPurgeByFilter() {
    stream("");
    engine.createConsumer("c", "\"durable_name\":\"c\",\"filter_subject\":\"s.3.>\"");
    assertSliced(messagesUntilAnswered("STREAM.PURGE.S", "{\"filter\":\"s.*.*\",\"keep\":60}"), 60);
    assertThat(state()).contains("\"messages\":60,").contains("\"first_seq\":141,");
    assertThat(engine.api("CONSUMER.INFO.S.c", "")).contains("\"num_pending\":12");
    String before = state();
    engine.crash();
    assertThat(state()).isEqualTo(before);
  }

  @Test
  void loopDoesOtherWorkBetweenTheSlicesOfAPurgeBelowASequence() {
    stream("");
    engine.createConsumer("c", "\"durable_name\":\"c\",\"filter_subject\":\"s.3.>\"");
    assertSliced(messagesUntilAnswered("STREAM.PURGE.S", "{\"seq\":151}"), 50);
    assertThat(state()).contains("\"messages\":50,").contains("\"first_seq\":151,");
    assertThat(engine.api("CONSUMER.INFO.S.c", "")).contains("\"num_pending\":10");
  }

  @Test
  void purgesTakeWhatWasThereWhenTheyWereAskedFor() {
    stream("");
    SimulatedBus.Inbox first = engine.inbox();
    SimulatedBus.Inbox second = engine.inbox();
    SimulatedBus.Inbox third = engine.inbox();
    engine.send("$JS.API.STREAM.PURGE.S", first.subject, "{\"keep\":100}");
    engine.send("s.x", "", "x");
    engine.send("$JS.API.STREAM.PURGE.S", second.subject, "{\"filter\":\"s.1.*\"}");
    engine.send("s.1.x", "", "x");
    engine.send("$JS.API.STREAM.PURGE.S", third.subject, "");
    engine.send("s.y", "", "x");
    engine.simulation.runReady();
    assertThat(first.only().payload()).contains("\"purged\":100}");
    assertThat(second.only().payload()).contains("\"purged\":20}");
    assertThat(third.only().payload()).contains("\"purged\":82}");
    assertThat(state()).contains("\"messages\":1,").contains("\"first_seq\":203,");
  }

  @Test
  void publishThatAsksWhatTheStreamHoldsWaitsForTheLastSlice() {
    stream("");
    engine.send("$JS.API.STREAM.PURGE.S", "", "{\"filter\":\"s.>\",\"seq\":200}");
    assertThat(engine.publish("s.3.48", "x", "Nats-Expected-Last-Subject-Sequence", "0"))
        .contains("\"seq\":201}");
    assertThat(state()).contains("\"messages\":2,");
  }

  @Test
  void loopDoesOtherWorkWhileLoweredLimitsAreKept() {
    stream("");
    engine.createConsumer("c", "\"durable_name\":\"c\",\"filter_subject\":\"s.3.>\"");
    String config = "{\"name\":\"S\",\"subjects\":[\"s.>\"],";
    assertSliced(
        messagesUntilAnswered("STREAM.UPDATE.S", config + "\"max_msgs_per_subject\":2}"), 100);
    assertThat(state()).contains("\"messages\":100,").contains("\"first_seq\":101,");
    assertThat(engine.api("CONSUMER.INFO.S.c", "")).contains("\"num_pending\":20");
    assertSliced(messagesUntilAnswered("STREAM.UPDATE.S", config + "\"max_msgs\":50}"), 50);
    assertThat(state()).contains("\"messages\":50,").contains("\"first_seq\":151,");
    engine.crash();
    assertThat(state()).contains("\"messages\":50,").contains("\"first_seq\":151,");
  }

  @Test
  void limitsThatWereLoweredAreKeptAlsoAfterACrashInBetween() {
    int kept = 0;
    for (int steps = 1; steps < 60; steps += 3) {
      kept += new SlicesTest().crashesBehindAnUpdate(steps) ? 1 : 0;
    }
    assertThat(kept).isGreaterThan(5);
  }

  private boolean crashesBehindAnUpdate(int steps) {
    stream("");
    String limits = ",\"max_msgs\":90,\"max_msgs_per_subject\":2}";
    engine.send("$JS.API.STREAM.UPDATE.S", "", "{\"name\":\"S\",\"subjects\":[\"s.>\"]" + limits);
    for (int step = 0; step < steps; step++) {
      engine.simulation.step();
    }
    engine.crash();
    engine.simulation.runReady();
    long messages = number(state(), "messages");
    assertThat(messages).isIn(90L, 200L);
    return messages == 90;
  }

  /**
   * A stream in a log that fails when it is written to {@code after} so many slices of a request.
   */
  private static String answerWhenTheLogFails(String request, String body, int after)
      throws Exception {
    FaultyEngine faulty = new FaultyEngine(7, SLICE);
    faulty.open();
    faulty.api("STREAM.CREATE.S", "{\"name\":\"S\",\"subjects\":[\"s.>\"]}");
    for (int i = 0; i < MESSAGES; i++) {
      faulty.publish("s." + i % 5 + "." + i % 50, "x");
    }
    SimulatedBus.Inbox answer = faulty.inbox();
    faulty.send("$JS.API." + request, answer.subject, body);
    for (long most = MESSAGES - (long) after * SLICE; messages(faulty) > most; ) {
      assertThat(faulty.simulation.step()).isTrue();
    }
    assertThat(answer.messages).isEmpty();
    faulty.disk.failAt(1, FaultyDisk.Fault.IO_ERROR);
    faulty.runMillis(500);
    assertThat(faulty.isLatched()).isTrue();
    return answer.only().payload();
  }

  private static long messages(FaultyEngine faulty) {
    SimulatedBus.Inbox asked = faulty.inbox();
    faulty.send("$JS.API.STREAM.INFO.S", asked.subject, "");
    while (asked.messages.isEmpty() && faulty.simulation.step()) {
      // one thing at a time
    }
    return number(asked.only().payload(), "messages");
  }

  @Test
  void whatTheStreamHasTooMuchOfLeavesFirst() {
    engine.api("STREAM.CREATE.S", "{\"name\":\"S\",\"subjects\":[\"s.>\"]}");
    engine.publish("s.c", "x");
    for (int i = 0; i < 100; i++) {
      engine.publish("s.a", "x");
    }
    String limits = "\"max_msgs\":10,\"max_msgs_per_subject\":1}";
    engine.api("STREAM.UPDATE.S", "{\"name\":\"S\",\"subjects\":[\"s.>\"]," + limits);
    assertThat(state()).contains("\"messages\":1,").contains("\"first_seq\":101,");
  }

  @Test
  void purgeThatKeepsSomeFindsTheLimitsKeptAsAReplayDoes() {
    for (String purge : List.of("{\"keep\":98}", "{\"filter\":\"s.*\",\"keep\":98}")) {
      for (int steps = 0; steps < 20; steps++) {
        new SlicesTest().purgesBehindAnUpdate(purge, steps);
      }
    }
  }

  private void purgesBehindAnUpdate(String purge, int steps) {
    engine.api("STREAM.CREATE.S", "{\"name\":\"S\",\"subjects\":[\"s.>\"]}");
    engine.publish("s.c", "x");
    for (int i = 0; i < 100; i++) {
      engine.publish("s.a", "x");
    }
    String config = "{\"name\":\"S\",\"subjects\":[\"s.>\"],\"max_msgs_per_subject\":1}";
    engine.send("$JS.API.STREAM.UPDATE.S", "", config);
    for (int step = 0; step < steps; step++) {
      engine.simulation.step();
    }
    SimulatedBus.Inbox purged = engine.inbox();
    engine.send("$JS.API.STREAM.PURGE.S", purged.subject, purge);
    engine.simulation.runReady();
    assertThat(purged.only().payload()).contains("\"success\":true");
    String before = state();
    engine.crash();
    assertThat(state()).as("%s after %d steps", purge, steps).isEqualTo(before);
  }

  @Test
  void updateIsAnsweredAlsoWhenTheLogFailsBeforeItsLimitsAreKept() throws Exception {
    String config = "{\"name\":\"S\",\"subjects\":[\"s.>\"],";
    for (String limit : List.of("\"max_msgs\":50}", "\"max_msgs_per_subject\":2}")) {
      for (int after = 1; after < 10; after += 4) {
        assertThat(answerWhenTheLogFails("STREAM.UPDATE.S", config + limit, after))
            .contains("\"err_code\":10069,");
      }
    }
  }

  @Test
  void purgeIsAnsweredAlsoWhenTheLogFailsBeforeItsLastSlice() throws Exception {
    for (int after = 1; after < 10; after += 4) {
      assertThat(answerWhenTheLogFails("STREAM.PURGE.S", "{\"seq\":151}", after))
          .contains("\"err_code\":10110,");
    }
  }

  @Test
  void whatIsUnderWayIsAnsweredAlsoWhenTheStreamIsDeleted() {
    for (String request :
        List.of(
            "STREAM.UPDATE.S {\"name\":\"S\",\"subjects\":[\"s.>\"],\"max_msgs\":50}",
            "STREAM.PURGE.S {\"seq\":151}",
            "STREAM.INFO.S {\"subjects_filter\":\"s.*.*\",\"deleted_details\":true}",
            "CONSUMER.CREATE.S.c {\"stream_name\":\"S\",\"config\":{\"name\":\"c\","
                + "\"filter_subject\":\"s.>\"}}",
            "CONSUMER.CREATE.S.c {\"stream_name\":\"S\",\"config\":{\"name\":\"c\","
                + "\"deliver_policy\":\"last_per_subject\",\"filter_subject\":\"s.>\"}}")) {
      SlicesTest fresh = new SlicesTest();
      fresh.stream("");
      fresh.deleteBehind(request.split(" "));
    }
  }

  private void deleteBehind(String[] request) {
    SimulatedBus.Inbox answer = engine.inbox();
    engine.send("$JS.API." + request[0], answer.subject, request[1]);
    for (int turn = 0; turn < 4; turn++) {
      engine.simulation.step();
    }
    assertThat(engine.api("STREAM.DELETE.S", "")).contains("\"success\":true");
    engine.simulation.runReady();
    assertThat(answer.messages).as(request[0]).hasSize(1);
  }

  @Test
  void loopDoesOtherWorkWhileSubjectsAndGapsAreGathered() {
    stream("");
    engine.api("STREAM.PURGE.S", "{\"filter\":\"s.1.*\"}");
    SimulatedBus.Inbox answer = engine.inbox();
    engine.send(
        "$JS.API.STREAM.INFO.S",
        answer.subject,
        "{\"subjects_filter\":\"s.*.*\",\"deleted_details\":true}");
    int turns = 0;
    for (; answer.messages.isEmpty() && turns < 10_000; turns++) {
      engine.simulation.step();
    }
    assertThat(turns).isGreaterThan(20);
    String info = answer.only().payload();
    assertThat(info).contains("\"total\":40,").contains("\"s.3.18\":4,").doesNotContain("\"s.1.");
    assertThat(info).contains("\"num_deleted\":40,\"deleted\":[2,7,12,").contains(",192,197]");
    String second = engine.api("STREAM.INFO.S", "{\"subjects_filter\":\"s.>\",\"offset\":39}");
    assertThat(second).contains("\"subjects\":{\"s.4.9\":4}");
  }

  @Test
  void expiryGoesInSlices() {
    stream(",\"max_age\":2000000000");
    engine.runMillis(5_000);
    assertThat(state()).contains("\"messages\":0,").contains("\"first_seq\":201,");
  }

  @Test
  void loopDoesOtherWorkWhileAConsumerReadsBetweenDeletedMessages() {
    stream("");
    for (int i = MESSAGES; i < 10 * MESSAGES; i++) {
      engine.send("s.x", "", "x");
    }
    for (int seq = 1; seq <= 10 * MESSAGES; seq += 2) {
      engine.send("$JS.API.STREAM.MSG.DELETE.S", "", "{\"seq\":" + seq + ",\"no_erase\":true}");
    }
    engine.simulation.runReady();
    engine.createConsumer("c", "\"name\":\"c\",\"ack_policy\":\"none\"");
    SimulatedBus.Inbox read = engine.inbox();
    engine.send("$JS.API.CONSUMER.MSG.NEXT.S.c", read.subject, "{\"batch\":" + 5 * MESSAGES + "}");
    int before = 0;
    while (engine.simulation.step()) {
      assertThat(read.messages.size() - before).isLessThanOrEqualTo(256);
      before = read.messages.size();
    }
    assertThat(read.messages).hasSize(5 * MESSAGES);
  }

  @Test
  void consumerIsCountedInSlicesWhileMessagesComeAndGo() {
    for (String from :
        List.of(
            "\"deliver_policy\":\"all\"",
            "\"deliver_policy\":\"last_per_subject\"",
            "\"deliver_policy\":\"by_start_sequence\",\"opt_start_seq\":51")) {
      SlicesTest fresh = new SlicesTest();
      fresh.stream("");
      fresh.countWhileMessagesComeAndGo(from);
    }
  }

  private void countWhileMessagesComeAndGo(String from) {
    SimulatedBus.Inbox made = engine.inbox();
    String config =
        "{\"stream_name\":\"S\",\"config\":{\"name\":\"c\",\"filter_subject\":\"s.>\","
            + from
            + "}}";
    engine.send("$JS.API.CONSUMER.CREATE.S.c", made.subject, config);
    for (int i = 0; made.messages.isEmpty() && i < 10_000; i++) {
      engine.send("s.new." + i, "", "x");
      engine.send("$JS.API.STREAM.MSG.DELETE.S", "", "{\"seq\":" + (i * 37 % 200 + 1) + "}");
      engine.simulation.step();
    }
    engine.simulation.runReady();
    assertThat(made.only().payload()).contains("\"num_pending\":");
    assertThat(number(state(), "last_seq")).isGreaterThan(202);
    long pending = number(engine.api("CONSUMER.INFO.S.c", ""), "num_pending");
    assertThat(pending).isGreaterThan(30);
    assertThat(engine.pull("S.c", "{\"batch\":1000,\"no_wait\":true}").drain().stream())
        .filteredOn(got -> got.subject().startsWith("s."))
        .hasSize((int) pending);
    assertThat(number(engine.api("CONSUMER.INFO.S.c", ""), "num_pending")).isZero();
  }

  private static long number(String json, String field) {
    String from = json.substring(json.indexOf("\"" + field + "\":") + field.length() + 3);
    return Long.parseLong(from.substring(0, from.indexOf(',')));
  }
}
