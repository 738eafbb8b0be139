// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.testkit.FaultyDisk;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What is answered and what goes on behind a failure of the log, a full disk and a restart: the
 * smallest runs.
 */
class FailureBehaviourTest {

  @Test
  void messageIdThatWasUsedAgainBehindItsWindowIsKnownAfterARestart() {
    EngineHarness engine = new EngineHarness(1);
    engine.api(
        "STREAM.CREATE.S", "{\"name\":\"S\",\"subjects\":[\"s\"],\"duplicate_window\":1000000000}");
    engine.publish("s", "1", "Nats-Msg-Id", "a");
    engine.runMillis(1_500);
    assertThat(engine.publish("s", "2", "Nats-Msg-Id", "a")).contains("\"seq\":2}");
    assertThat(engine.publish("s", "2", "Nats-Msg-Id", "a")).contains("\"duplicate\": true");
    engine.crash();
    assertThat(engine.publish("s", "2", "Nats-Msg-Id", "a")).contains("\"duplicate\": true");
  }

  @Test
  void purgeToASequenceAheadLosesNoPublishThatIsUnderWay() {
    EngineHarness engine = new EngineHarness(1);
    engine.api("STREAM.CREATE.S", "{\"name\":\"S\",\"subjects\":[\"s\"]}");
    SimulatedBus.Inbox purged = engine.inbox();
    SimulatedBus.Inbox published = engine.inbox();
    engine.bus.publish(
        "$JS.API.STREAM.PURGE.S",
        purged.subject,
        SimulatedBus.bytes(""),
        SimulatedBus.bytes("{\"seq\":100}"));
    engine.bus.publish("s", published.subject, SimulatedBus.bytes(""), SimulatedBus.bytes("x"));
    engine.simulation.runReady();
    assertThat(purged.only().payload()).contains("\"success\":true");
    assertThat(published.messages).hasSize(1);
    assertThat(engine.publish("s", "y")).contains("\"seq\":101");
  }

  @Test
  void numberPendingFollowsADeleteOfTheOnlyMessageOfASubject() {
    EngineHarness engine = new EngineHarness(1);
    engine.api("STREAM.CREATE.S", "{\"name\":\"S\",\"subjects\":[\"s.>\"]}");
    engine.api(
        "CONSUMER.CREATE.S.c",
        "{\"stream_name\":\"S\",\"config\":{\"durable_name\":\"c\",\"filter_subject\":\"s.>\"}}");
    engine.publish("s.a", "1");
    engine.publish("s.b", "2");
    engine.publish("s.c", "3");
    engine.api("STREAM.MSG.DELETE.S", "{\"seq\":3}");
    engine.publish("s.d", "4"); // gets the place of s.c, and what filters know is asked again
    engine.api("STREAM.MSG.DELETE.S", "{\"seq\":1}");
    assertThat(engine.api("CONSUMER.INFO.S.c", "")).contains("\"num_pending\":2");
  }

  @Test
  void discardNewRemovesNoMessageThatWasAcknowledgedAlsoWhenManyAreUnderWay() throws Exception {
    for (long seed = 1; seed <= 40; seed++) {
      FaultyEngine engine = new FaultyEngine(seed);
      engine.open();
      engine.api(
          "STREAM.CREATE.S",
          "{\"name\":\"S\",\"subjects\":[\"s\"],\"max_bytes\":13100,\"discard\":\"new\"}");
      for (int i = 0; i < 150; i++) {
        engine.send("s", engine.inbox().subject, "x".repeat(100));
        if (i % 4 == 0) {
          engine.simulation.step();
        }
      }
      engine.simulation.runReady();
      assertThat(engine.api("STREAM.INFO.S", ""))
          .as("seed %d, each of them counts 131 bytes", seed)
          .contains("\"messages\":100,")
          .contains("\"first_seq\":1,");
    }
  }

  @Test
  void consumerOfNewMessagesStartsWhereItStartedAlsoAfterARestart() throws Exception {
    for (String name : new String[] {"\"durable_name\":\"c\"", "\"name\":\"c\""}) {
      FaultyEngine engine = new FaultyEngine(1);
      engine.open();
      engine.api("STREAM.CREATE.S", "{\"name\":\"S\",\"subjects\":[\"s\"]}");
      engine.publish("s", "1");
      SimulatedBus.Inbox ack = engine.inbox();
      SimulatedBus.Inbox created = engine.inbox();
      engine.send("s", ack.subject, "2");
      engine.send(
          "$JS.API.CONSUMER.CREATE.S.c",
          created.subject,
          "{\"stream_name\":\"S\",\"config\":{" + name + ",\"deliver_policy\":\"new\"}}");
      engine.simulation.runReady();
      assertThat(ack.messages).hasSize(1);
      String before = created.only().payload().replaceAll(".*\"num_pending\":(\\d+).*", "$1");
      String live = engine.api("CONSUMER.INFO.S.c", "");
      engine.runMillis(20);
      engine.disk.crash(engine.random);
      engine.open();
      String again = engine.api("CONSUMER.INFO.S.c", "");
      assertThat(again.replaceAll(".*\"num_pending\":(\\d+).*", "$1"))
          .as("%s, created with %s", name, before)
          .isEqualTo(live.replaceAll(".*\"num_pending\":(\\d+).*", "$1"));
    }
  }

  private static List<Long> lastPerSubject(boolean checkpoint) throws Exception {
    FaultyEngine engine = new FaultyEngine(1);
    engine.open();
    engine.api("STREAM.CREATE.S", "{\"name\":\"S\",\"subjects\":[\"s.*\"]}");
    for (char subject : "abacacccc".toCharArray()) {
      engine.publish("s." + subject, "m");
    }
    engine.api(
        "CONSUMER.CREATE.S.c",
        "{\"stream_name\":\"S\",\"config\":{\"durable_name\":\"c\","
            + "\"ack_policy\":\"none\",\"filter_subject\":\"s.*\",\"deliver_policy\":\"last_per_subject\"}}");
    List<Long> delivered = new ArrayList<>();
    engine.pull("S.c", 1).forEach(got -> delivered.add(got.streamSeq()));
    if (checkpoint) {
      engine.stop();
    } else {
      engine.disk.crash(engine.random);
    }
    engine.open();
    engine.pull("S.c", 20).forEach(got -> delivered.add(got.streamSeq()));
    return delivered;
  }

  @Test
  void consumerOfLastPerSubjectGetsEachOnceOverAReplay() throws Exception {
    assertThat(lastPerSubject(false)).containsExactly(2L, 5L, 9L);
  }

  @Test
  void consumerOfLastPerSubjectGetsEachOnceOverACheckpoint() throws Exception {
    assertThat(lastPerSubject(true)).containsExactly(2L, 5L, 9L);
  }

  /** With a stream {@code S}, of one subject, and a consumer that is to ack each message. */
  private static FaultyEngine withConsumer() throws Exception {
    FaultyEngine engine = new FaultyEngine(1);
    engine.open();
    engine.api("STREAM.CREATE.S", "{\"name\":\"S\",\"subjects\":[\"s\"]}");
    engine.api(
        "CONSUMER.CREATE.S.c",
        "{\"stream_name\":\"S\",\"config\":{\"durable_name\":\"c\",\"ack_policy\":\"explicit\"}}");
    return engine;
  }

  private static FaultyEngine latched() throws Exception {
    FaultyEngine engine = withConsumer();
    for (int i = 0; i < 5; i++) {
      engine.publish("s", "m" + i);
    }
    engine.disk.failAt(1, FaultyDisk.Fault.IO_ERROR);
    engine.publish("s", "under way");
    assertThat(engine.isLatched()).isTrue();
    assertThat(engine.publish("s", "behind")).contains("\"err_code\":10077");
    return engine;
  }

  @Test
  void publishUnderWayWhenTheLogFailsIsToldSo() throws Exception {
    FaultyEngine engine = new FaultyEngine(1);
    engine.open();
    engine.api("STREAM.CREATE.S", "{\"name\":\"S\",\"subjects\":[\"s\"]}");
    engine.disk.failAt(1, FaultyDisk.Fault.IO_ERROR);
    assertThat(engine.publish("s", "under way")).contains("\"err_code\":10077");
  }

  @Test
  void purgeBehindAFailureOfTheLogIsToldSo() throws Exception {
    assertThat(latched().api("STREAM.PURGE.S", "")).contains("\"error\"");
  }

  @Test
  void messageDeleteBehindAFailureOfTheLogIsToldSo() throws Exception {
    assertThat(latched().api("STREAM.MSG.DELETE.S", "{\"seq\":1}")).contains("\"error\"");
  }

  @Test
  void streamUpdateBehindAFailureOfTheLogIsToldSo() throws Exception {
    assertThat(
            latched()
                .api("STREAM.UPDATE.S", "{\"name\":\"S\",\"subjects\":[\"s\"],\"max_msgs\":9}"))
        .contains("\"error\"");
  }

  @Test
  void streamDeleteBehindAFailureOfTheLogIsToldSo() throws Exception {
    assertThat(latched().api("STREAM.DELETE.S", "")).contains("\"error\"");
  }

  @Test
  void consumerCreateBehindAFailureOfTheLogIsToldSo() throws Exception {
    assertThat(
            latched()
                .api(
                    "CONSUMER.CREATE.S.d",
                    "{\"stream_name\":\"S\",\"config\":{\"durable_name\":\"d\"}}"))
        .contains("\"error\"");
  }

  @Test
  void consumerDeleteBehindAFailureOfTheLogIsToldSo() throws Exception {
    assertThat(latched().api("CONSUMER.DELETE.S.c", "")).contains("\"error\"");
  }

  @Test
  void memoryStreamIsMadeAlsoAfterAnUpdateWasCaughtByAFailureOfTheLog() throws Exception {
    FaultyEngine engine = latched();
    engine.api("STREAM.UPDATE.S", "{\"name\":\"S\",\"subjects\":[\"s\"],\"max_msgs\":9}");
    assertThat(engine.api("STREAM.CREATE.M", "{\"name\":\"M\",\"storage\":\"memory\"}"))
        .contains("\"did_create\":true");
  }

  @Test
  void confirmedAckBehindAFailureOfTheLogIsNotConfirmedAndDeliveryGoesOn() throws Exception {
    FaultyEngine engine = latched();
    List<SimulatedBus.Got> got = engine.pull("S.c", 3);
    assertThat(got).hasSize(3);
    assertThat(engine.request(got.get(0).reply(), "+ACK")).isNull();
    assertThat(engine.pull("S.c", 3)).hasSize(2);
  }

  @Test
  void messageWhoseBlockCouldNotBeReadOnceIsDeliveredLater() throws Exception {
    FaultyEngine engine = withConsumer();
    for (int i = 1; i <= 60; i++) {
      engine.publish("s", "x".repeat(200) + i);
    }
    engine.stop();
    engine.open();
    engine.disk.failAt(1, FaultyDisk.Fault.IO_ERROR);
    List<Long> delivered = new ArrayList<>();
    engine.pull("S.c", 100).forEach(got -> delivered.add(got.streamSeq()));
    assertThat(engine.disk.hasFailed()).isTrue();
    engine.stop();
    engine.open();
    engine.pull("S.c", 100).forEach(got -> delivered.add(got.streamSeq()));
    assertThat(delivered).hasSize(60);
  }

  @Test
  void messageThatIsDamagedOnDiskIsNamedInTheStateOfItsStream() throws Exception {
    FaultyEngine engine = new FaultyEngine(1);
    engine.open();
    engine.api("STREAM.CREATE.S", "{\"name\":\"S\",\"subjects\":[\"s\"]}");
    for (int i = 1; i <= 20; i++) {
      engine.publish("s", "message " + i + " of twenty");
    }
    assertThat(engine.api("STREAM.INFO.S", "")).doesNotContain("\"lost\"");
    engine.checkpoint();
    engine.stop();
    for (Path path : engine.disk.files()) {
      String content = new String(engine.disk.bytes(path), StandardCharsets.ISO_8859_1);
      int at = content.indexOf("message 7 of");
      if (path.toString().contains("segments") && at >= 0) {
        engine.disk.flipBit(path, at * 8L);
      }
    }
    engine.open();
    assertThat(engine.api("STREAM.MSG.GET.S", "{\"seq\":7}")).contains("\"err_code\":10037");
    assertThat(engine.api("STREAM.MSG.GET.S", "{\"seq\":8}")).contains("\"seq\":8");
    assertThat(engine.api("STREAM.INFO.S", ""))
        .contains("\"messages\":20", "\"lost\":{\"msgs\":[7],\"bytes\":");
  }

  @Test
  void publishToAFullLogIsAnsweredAndADeleteGoesOn() throws Exception {
    FaultyEngine engine = new FaultyEngine(1);
    engine.open();
    engine.api("STREAM.CREATE.S", "{\"name\":\"S\",\"subjects\":[\"s\"]}");
    engine.disk.capacity(40 << 10); // of which the first log file has 16 KiB
    String last = "";
    for (int i = 1; i <= 500 && last.contains("\"seq\":" + (i - 1)) || i == 1; i++) {
      last = engine.publish("s", "x".repeat(200));
    }
    assertThat(last).contains("\"error\"");
    assertThat(engine.api("STREAM.MSG.DELETE.S", "{\"seq\":1}")).contains("\"success\":true");
    assertThat(engine.api("STREAM.PURGE.S", "")).contains("\"success\":true");
    engine.disk.capacity(Long.MAX_VALUE);
    engine.runMillis(1_000);
    assertThat(engine.publish("s", "x")).contains("\"seq\":");
  }
}
