// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.engine.SimulatedBus.Got;
import dev.slipstream.engine.SimulatedBus.Inbox;
import dev.slipstream.protocol.wire.Headers;
import dev.slipstream.testkit.Seeds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class AtomicBatchTest {

  private static EngineHarness engine(long seed, String more) {
    EngineHarness engine = new EngineHarness(seed);
    assertThat(
            engine.api(
                "STREAM.CREATE.S",
                "{\"name\":\"S\",\"subjects\":[\"s.>\"],\"allow_atomic\":true,\"allow_direct\":true"
                    + more
                    + "}"))
        .contains("\"did_create\":true");
    return engine;
  }

  private static String[] part(String id, int seq, String... more) {
    List<String> headers = new ArrayList<>(List.of("Nats-Batch-Id", id));
    headers.addAll(List.of("Nats-Batch-Sequence", String.valueOf(seq)));
    headers.addAll(List.of(more));
    return headers.toArray(String[]::new);
  }

  private static final String[] COMMIT = {"Nats-Batch-Commit", "1"};

  private static void send(
      EngineHarness engine, Inbox inbox, String subject, String payload, String... headers) {
    engine.bus.publish(
        subject, inbox.subject, Headers.of(headers).toBytes(), SimulatedBus.bytes(payload));
  }

  private static long messages(EngineHarness engine) {
    String info = engine.api("STREAM.INFO.S", "");
    return Long.parseLong(info.replaceAll(".*\"messages\":(\\d+),.*", "$1"));
  }

  @Test
  void isStoredWholeOrNotAtAllWheneverTheProcessEnds() {
    Seeds.forEach(60, AtomicBatchTest::crashes);
  }

  @Test
  @Tag("nightly")
  void isStoredWholeOrNotAtAllForManySeeds() {
    Seeds.forEach(10_000, AtomicBatchTest::crashes);
  }

  private static void crashes(long seed, RandomGenerator random) {
    EngineHarness engine = engine(seed, "");
    Map<String, Integer> sizes = new HashMap<>();
    Map<String, Inbox> waiting = new HashMap<>();
    List<String> acknowledged = new ArrayList<>();
    int batches = 0;
    for (int crashes = 1 + random.nextInt(4); crashes > 0; crashes--) {
      for (int left = 1 + random.nextInt(4); left > 0; left--) {
        String id = "b" + ++batches;
        int size = 1 + random.nextInt(40);
        int most = 1 << random.nextInt(13);
        sizes.put(id, size);
        Inbox inbox = engine.inbox();
        for (int i = 1; i < size; i++) {
          send(engine, inbox, "s." + id, "x".repeat(random.nextInt(most)), part(id, i));
          if (random.nextInt(6) == 0) { // others publish in between
            send(engine, engine.inbox(), "s.other", "o");
            engine.simulation.step();
          }
        }
        Inbox last = engine.inbox();
        send(engine, last, "s." + id, "x".repeat(random.nextInt(most)), part(id, size, COMMIT));
        waiting.put(id, last);
        for (int steps = random.nextInt(6); steps > 0; steps--) {
          engine.simulation.step();
        }
      }
      waiting.forEach(
          (id, inbox) -> {
            if (!inbox.messages.isEmpty()) {
              assertThat(inbox.only().payload()).contains("\"count\":" + sizes.get(id));
              acknowledged.add(id);
            }
          });
      waiting.clear();
      engine.crash();
      Map<String, Integer> there = stored(engine);
      there.remove("other");
      there.forEach((id, count) -> assertThat(count).as(id).isEqualTo(sizes.get(id)));
      assertThat(there.keySet()).containsAll(acknowledged);
    }
  }

  /** How many messages there are of each batch. */
  private static Map<String, Integer> stored(EngineHarness engine) {
    Map<String, Integer> counts = new HashMap<>();
    String info = engine.api("STREAM.INFO.S", "{\"subjects_filter\":\">\"}");
    var found = java.util.regex.Pattern.compile("\"s\\.(\\w+)\":(\\d+)").matcher(info);
    while (found.find()) {
      counts.put(found.group(1), Integer.valueOf(found.group(2)));
    }
    return counts;
  }

  @Test
  void oneThatIsIdleIsGivenUpAndTold() {
    EngineHarness engine = engine(1, "");
    Inbox advisories = engine.bus.inbox("$JS.EVENT.ADVISORY.STREAM.BATCH_ABANDONED.S");
    engine.publish("s.a", "1", part("b", 1));
    engine.runMillis(9_000);
    engine.publish("s.a", "2", part("b", 2));
    engine.runMillis(9_000);
    assertThat(advisories.messages).isEmpty();
    engine.runMillis(1_100);
    assertThat(advisories.only().payload())
        .contains("\"batch\":\"b\"")
        .contains("\"reason\":\"timeout\"");
    assertThat(engine.publish("s.a", "3", part("b", 3, COMMIT))).contains("10176");
    assertThat(messages(engine)).isZero();
  }

  @Test
  void manyThatAreGivenUpLeaveRoomForOthers() {
    EngineHarness engine = engine(1, "");
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 50; i++) {
        assertThat(engine.publish("s.a", "1", part("b" + i, 1))).isEmpty();
      }
      assertThat(engine.publish("s.a", "1", part("more", 1))).contains("10210");
      engine.runMillis(10_100);
    }
    assertThat(engine.publish("s.a", "1", part("more", 1, COMMIT))).contains("\"count\":1");
  }

  @Test
  void messagesOfOneTakeBoundedMemory() {
    EngineHarness engine = engine(1, "");
    String large = "x".repeat(16 << 20);
    for (int i = 1; i <= 3; i++) {
      assertThat(engine.publish("s.a", large, part("b", i))).isEmpty();
    }
    assertThat(engine.publish("s.a", large, part("b", 4))).contains("10199");
    assertThat(engine.publish("s.a", large, part("b", 5, COMMIT))).contains("10176");
    for (int i = 1; i <= 3; i++) { // what it had taken is free again
      for (int batch = 0; batch < 5; batch++) {
        assertThat(engine.publish("s.a", large, part("c" + batch, i))).isEmpty();
      }
    }
    assertThat(engine.publish("s.a", large, part("d", 1))).contains("10210");
    for (String other : new String[] {"c0", "c2", "c3", "c4"}) { // and the simulated disk has room
      assertThat(engine.publish("s.a", "", part(other, 9, COMMIT))).contains("10176");
    }
    assertThat(engine.publish("s.a", "", part("c1", 4, COMMIT))).contains("\"count\":4");
    assertThat(messages(engine)).isEqualTo(4);
  }

  @Test
  void whatIsExpectedIsCheckedBehindWhatIsUnderWay() {
    EngineHarness engine = engine(1, "");
    engine.publish("s.a", "x");
    engine.publish("s.a", "1", part("b", 1, "Nats-Expected-Last-Subject-Sequence", "2"));
    Inbox inbox = engine.inbox();
    send(engine, engine.inbox(), "s.a", "under way");
    send(engine, inbox, "s.b", "2", part("b", 2, COMMIT));
    Inbox behind = engine.inbox();
    send(engine, behind, "s.b", "behind", "Nats-Expected-Last-Sequence", "4");
    engine.simulation.runReady();
    assertThat(inbox.only().payload())
        .isEqualTo("{\"stream\":\"S\",\"seq\":4,\"batch\":\"b\",\"count\":2}");
    assertThat(behind.only().payload()).isEqualTo("{\"stream\":\"S\",\"seq\":5}");
  }

  @Test
  void whatIsExpectedIsCheckedBehindAPurge() {
    EngineHarness engine = engine(1, "");
    engine.publish("s.a", "x");
    engine.publish("s.a", "1", part("b", 1, "Nats-Expected-Last-Subject-Sequence", "0"));
    engine.bus.publish("$JS.API.STREAM.PURGE.S", "", new byte[0], new byte[0]);
    assertThat(engine.publish("s.a", "2", part("b", 2, COMMIT))).contains("\"count\":2");
  }

  @Test
  void itsIdsAreKnownAfterACrash() {
    EngineHarness engine = engine(1, "");
    engine.publish("s.a", "1", part("b", 1, "Nats-Msg-Id", "one"));
    engine.publish("s.a", "2", part("b", 2, "Nats-Batch-Commit", "1", "Nats-Msg-Id", "two"));
    engine.crash();
    assertThat(engine.publish("s.a", "1", "Nats-Msg-Id", "one"))
        .isEqualTo("{\"stream\":\"S\",\"seq\":1,\"duplicate\": true}");
    assertThat(engine.publish("s.a", "x", "Nats-Expected-Last-Msg-Id", "two"))
        .isEqualTo("{\"stream\":\"S\",\"seq\":3}");
  }

  @Test
  void consumerSeesNothingOfItBeforeAllOfIt() {
    EngineHarness engine = engine(1, "");
    engine.createConsumer("c", "\"durable_name\":\"c\",\"ack_policy\":\"none\"");
    Inbox pull = engine.pull("S.c", "{\"batch\":100,\"expires\":60000000000}");
    String large = "x".repeat(1 << 20); // hand-overs to the log are of this size, but not here
    for (int i = 1; i <= 4; i++) {
      engine.publish("s.a", large, part("b", i));
    }
    assertThat(pull.messages).isEmpty();
    send(engine, engine.inbox(), "s.a", large, part("b", 5, COMMIT));
    while (pull.messages.isEmpty()) {
      engine.simulation.step();
    }
    assertThat(pull.drain()).extracting(Got::streamSeq).containsExactly(1L, 2L, 3L, 4L, 5L);
  }

  @Test
  void counterOnDiskOnlyIsReadBeforeTheBatchIsCounted() {
    EngineHarness engine = engine(1, ",\"allow_msg_counter\":true");
    engine.publish("s.a", "", "Nats-Incr", "5");
    engine.restart();
    engine.publish("s.a", "", part("b", 1, "Nats-Incr", "1"));
    assertThat(engine.publish("s.a", "", part("b", 2, "Nats-Incr", "1", COMMIT[0], COMMIT[1])))
        .contains("\"count\":2");
    assertThat(engine.request("$JS.API.DIRECT.GET.S.s.a", "").payload())
        .isEqualTo("{\"val\":\"7\"}");
  }

  @Test
  void withInterestItHasItsSequencesAndOnlyWhatIsWanted() {
    EngineHarness engine = engine(1, ",\"retention\":\"interest\"");
    engine.createConsumer(
        "c", "\"durable_name\":\"c\",\"ack_policy\":\"explicit\",\"filter_subject\":\"s.a\"");
    engine.publish("s.b", "1", part("b", 1));
    engine.publish("s.a", "2", part("b", 2));
    engine.publish("s.b", "3", part("b", 3));
    engine.publish("s.a", "4", part("b", 4));
    assertThat(engine.publish("s.b", "5", part("b", 5, COMMIT))).contains("\"seq\":5,");
    for (int round = 0; round < 2; round++) {
      assertThat(engine.api("STREAM.INFO.S", ""))
          .contains("\"messages\":2,")
          .contains("\"first_seq\":2,")
          .contains("\"last_seq\":5,");
      engine.crash();
    }
  }
}
