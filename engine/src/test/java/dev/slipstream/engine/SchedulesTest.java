// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.base.Clock;
import dev.slipstream.engine.SimulatedBus.Got;
import dev.slipstream.protocol.json.Rfc3339;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages that a stream puts off: what is made of them, and what ends them. */
class SchedulesTest {
  private static final long SECOND = 1_000_000_000L;

  private final EngineHarness engine = new EngineHarness(1);
  private final ScheduledStream stream = new ScheduledStream(engine);

  @Test
  void messageOfOneTimeIsMadeOnceAndItsScheduleLeaves() {
    stream.create(",\"allow_msg_ttl\":true");
    String ack =
        stream.schedule(
            "s.a",
            "later",
            stream.in(5_000),
            "Key",
            "v",
            "Nats-Schedule-TTL",
            "2m",
            "Nats-Msg-Id",
            "id",
            "Nats-TTL",
            "10m",
            "Nats-Expected-Stream",
            "S");
    assertThat(ack).isEqualTo("{\"stream\":\"S\",\"seq\":1}");
    assertThat(stream.last("s.a").headers().first("Nats-Rollup")).isEqualTo("sub");
    engine.runMillis(4_900);
    assertThat(stream.isThere("s.t")).isFalse();
    engine.runMillis(200);
    Got made = stream.last("s.t");
    assertThat(made.payload()).isEqualTo("later");
    assertThat(made.headers().first("Key")).isEqualTo("v");
    assertThat(made.headers().first("Nats-Scheduler")).isEqualTo("s.a");
    assertThat(made.headers().first("Nats-Schedule-Next")).isEqualTo("purge");
    assertThat(made.headers().first("Nats-TTL")).isEqualTo("2m");
    for (String gone :
        List.of(
            "Nats-Schedule",
            "Nats-Schedule-Target",
            "Nats-Msg-Id",
            "Nats-Rollup",
            "Nats-Expected-Stream")) {
      assertThat(made.headers().first(gone)).as(gone).isNull();
    }
    assertThat(stream.info()).contains("\"messages\":1,", "\"last_seq\":2");
    engine.restart();
    engine.runMillis(100_000);
    assertThat(stream.info()).contains("\"messages\":1,", "\"last_seq\":2");
    engine.runMillis(30_000);
    assertThat(stream.info()).contains("\"messages\":0,", "\"last_seq\":2");
  }

  @Test
  void everyWayToTakeAScheduleAwayEndsIt() {
    stream.create(",\"allow_msg_ttl\":true");
    List<Runnable> ways =
        List.of(
            () ->
                engine.publish(
                    "s.other", "", "Nats-Scheduler", "s.a", "Nats-Schedule-Next", "purge"),
            () -> engine.api("STREAM.PURGE.S", ""),
            () -> engine.api("STREAM.PURGE.S", "{\"filter\":\"s.a\"}"),
            () -> engine.api("STREAM.MSG.DELETE.S", "{\"seq\":" + stream.lastSeq() + "}"),
            () -> engine.publish("s.a", "no schedule"),
            () -> engine.publish("s.a", "no schedule", "Key", "v"),
            () -> engine.publish("s.other", "", "Nats-Rollup", "all"),
            () -> stream.schedule("s.a", "y", stream.in(100_000_000)),
            () -> engine.publish("s.a", "x", "Nats-Schedule", "@at 0001-01-01T00:00:00Z"));
    for (Runnable way : ways) {
      stream.schedule("s.a", "x", "@every 5s");
      way.run();
      if (stream.lastSeq() % 2 == 0) {
        engine.crash();
      }
      long before = stream.lastSeq();
      engine.runMillis(20_000);
      assertThat(stream.lastSeq()).isEqualTo(before);
    }
    stream.schedule("s.a", "x", "@every 5s", "Nats-TTL", "3");
    engine.runMillis(20_000);
    assertThat(stream.isThere("s.t")).isFalse();
  }

  @Test
  void whatAScheduleMakesUnderAnotherOnesSubjectDoesNotEndThat() {
    stream.create("");
    stream.schedule("s.a", "a", stream.in(1_000));
    engine.publish("s.t", "t", "Nats-Schedule", stream.in(5_000), "Nats-Schedule-Target", "s.c");
    engine.runMillis(2_000);
    assertThat(stream.last("s.t").payload()).isEqualTo("a");
    assertThat(engine.publish("s.x", "", "Nats-Scheduler", "s.t", "Nats-Schedule-Next", "purge"))
        .as("the last under the subject is no schedule")
        .contains("\"err_code\":10212");
    engine.restart();
    engine.runMillis(4_000);
    assertThat(stream.last("s.c").payload()).isEqualTo("t");
    assertThat(stream.isThere("s.t")).as("purged with all under its subject").isFalse();
  }

  @Test
  void lastMessageOfTheSourceIsCopied() {
    stream.create("");
    String[] sourced = {"Nats-Schedule-Source", "s.src"};
    stream.schedule("s.a", "own", "@every 1s", sourced);
    engine.runMillis(1_100);
    assertThat(stream.last("s.t").payload()).isEqualTo("own");
    engine.publish("s.src", "1", "Key", "v", "Nats-Msg-Id", "m");
    engine.publish("s.src", "2");
    engine.publish(
        "s.src", "3", "Key", "w", "Nats-Schedule-Next", "purge", "Nats-Scheduler", "s.no");
    engine.runMillis(1_000);
    Got made = stream.last("s.t");
    assertThat(made.payload()).isEqualTo("3");
    assertThat(made.headers().first("Key")).isEqualTo("w");
    assertThat(made.headers().all("Nats-Scheduler")).containsExactly("s.a");
    assertThat(made.headers().all("Nats-Schedule-Next")).hasSize(1);
    long before = stream.lastSeq();
    engine.runMillis(1_000);
    assertThat(stream.lastSeq()).isEqualTo(before + 1);
  }

  @Test
  void rollupOfWhatIsMadeReplacesWhatWasThere() {
    stream.create("");
    engine.publish("s.t", "1");
    engine.publish("s.t", "2");
    stream.schedule("s.a", "x", stream.in(1_000), "Nats-Schedule-Rollup", "sub");
    engine.runMillis(2_000);
    assertThat(stream.info()).contains("\"messages\":1,", "\"last_seq\":4");
  }

  @Test
  void limitsHoldForWhatIsMade() {
    stream.create(",\"max_msgs_per_subject\":3,\"max_msgs\":4");
    stream.schedule("s.a", "x", "@every 1s");
    engine.runMillis(10_100);
    assertThat(stream.info()).contains("\"messages\":4,", "\"last_seq\":11");
    engine.publish("s.b", "");
    assertThat(stream.isThere("s.a")).as("the oldest leaves, and the schedule with it").isFalse();
    long before = stream.lastSeq();
    engine.runMillis(5_000);
    assertThat(stream.lastSeq()).isEqualTo(before);
  }

  @Test
  void whatIsTooLargeIsTriedUntilItIsNot() {
    stream.create(",\"max_msg_size\":150");
    stream.schedule("s.a", "x".repeat(20), stream.in(1_000), "Nats-Schedule-Source", "s.src");
    String key = "k".repeat(90);
    assertThat(engine.publish("s.src", "y", "Key", key)).contains("\"seq\":2");
    engine.runMillis(20_000);
    assertThat(stream.isThere("s.t")).isFalse();
    assertThat(stream.isThere("s.a")).isTrue();
    assertThat(
            engine.api(
                "STREAM.UPDATE.S",
                "{\"name\":\"S\",\"subjects\":[\"s.>\"],\"allow_direct\":true,"
                    + "\"allow_msg_schedules\":true}"))
        .doesNotContain("error");
    engine.runMillis(11_000);
    assertThat(stream.last("s.t").payload()).isEqualTo("y");
    assertThat(stream.isThere("s.a")).isFalse();
  }

  @Test
  void schedulesOfABatchBeginWithIt() {
    stream.create(",\"allow_atomic\":true");
    String[] scheduled = {"Nats-Schedule", stream.in(1_000), "Nats-Schedule-Target", "s.t"};
    batched("s.a", "x", "1", scheduled);
    batched("s.p", "plain", "2");
    String refused =
        batched(
            "s.q",
            "",
            "3",
            "Nats-Batch-Commit",
            "1",
            "Nats-Schedule-Next",
            "purge",
            "Nats-Scheduler",
            "s.p");
    assertThat(refused).contains("\"err_code\":10212");
    batched("s.a", "x", "1", scheduled);
    assertThat(batched("s.b", "y", "2", "Nats-Batch-Commit", "1")).contains("\"seq\":2");
    assertThat(stream.last("s.a").headers().first("Nats-Rollup")).isEqualTo("sub");
    engine.runMillis(2_000);
    assertThat(stream.last("s.t").payload()).isEqualTo("x");
    assertThat(stream.isThere("s.a")).isFalse();
  }

  private String batched(String subject, String payload, String seq, String... headers) {
    String[] all = new String[headers.length + 4];
    all[0] = "Nats-Batch-Id";
    all[1] = "b";
    all[2] = "Nats-Batch-Sequence";
    all[3] = seq;
    System.arraycopy(headers, 0, all, 4, headers.length);
    return engine.publish(subject, payload, all);
  }

  @Test
  void memoryStreamsDoItToo() {
    stream.create(",\"storage\":\"memory\"");
    stream.schedule("s.a", "x", "@every 1s");
    stream.schedule("s.b", "y", stream.in(2_500));
    engine.runMillis(3_100);
    assertThat(stream.info()).contains("\"messages\":5,", "\"last_seq\":6");
  }

  @Test
  void targetIsMappedAsAPublishIs() {
    assertThat(
            stream.tryCreate(
                ",\"subject_transform\":{\"src\":\"s.*\",\"dest\":\"x.{{wildcard(1)}}\"}"))
        .contains("did_create");
    stream.schedule("s.a", "1", stream.in(1_000));
    assertThat(stream.isThere("x.a")).isTrue();
    engine.runMillis(2_000);
    assertThat(stream.last("x.t").headers().first("Nats-Scheduler")).isEqualTo("x.a");
    assertThat(stream.isThere("x.a")).isFalse();
  }

  @Test
  void whatNobodyIsInterestedInIsPassedOver() {
    stream.create(",\"retention\":\"interest\"");
    engine.createConsumer("c", "\"durable_name\":\"c\",\"filter_subject\":\"s.a\"");
    engine.createConsumer("d", "\"durable_name\":\"d\",\"filter_subject\":\"s.b\"");
    stream.schedule("s.a", "x", "@every 10s");
    stream.schedule("s.b", "y", stream.in(15_000));
    engine.runMillis(31_000);
    assertThat(stream.lastSeq()).isEqualTo(6);
    assertThat(stream.isThere("s.b")).isFalse();
    engine.crash();
    engine.runMillis(1_000);
    assertThat(stream.lastSeq()).isEqualTo(6);
    engine.createConsumer("e", "\"durable_name\":\"e\",\"filter_subject\":\"s.t\"");
    engine.runMillis(9_000);
    assertThat(stream.last("s.t").headers().first("Nats-Schedule-Next"))
        .isEqualTo("2026-01-01T00:00:50Z");
    engine.publish("s.none", "", "Nats-Scheduler", "s.a", "Nats-Schedule-Next", "purge");
    engine.runMillis(20_000);
    assertThat(stream.lastSeq()).isEqualTo(8);
    assertThat(stream.isThere("s.a")).isFalse();
  }

  @Test
  void publishesThatComeWithAFiringLoseNothing() {
    stream.create("");
    stream.schedule("s.a", "x", stream.in(1_000));
    engine.runMillis(900);
    List<SimulatedBus.Inbox> inboxes = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      SimulatedBus.Inbox inbox = engine.inbox();
      inboxes.add(inbox);
      engine.bus.publish("s.p", inbox.subject, new byte[0], SimulatedBus.bytes("" + i));
      if (i % 10 == 0) {
        engine.simulation.runFor(1_000_000);
      } else {
        engine.simulation.step();
      }
    }
    engine.simulation.runReady();
    long before = 1;
    for (SimulatedBus.Inbox inbox : inboxes) {
      long seq = Long.parseLong(inbox.only().payload().replaceAll(".*\"seq\":(\\d+)}", "$1"));
      assertThat(seq).isGreaterThan(before);
      before = seq;
    }
    assertThat(before).isEqualTo(2_002);
    assertThat(stream.isThere("s.t")).isTrue();
  }

  @Test
  void replacedWhileItIsDueTheNewOneStays() {
    stream.create("");
    for (int round = 0; round < 200; round++) {
      stream.schedule("s.a", "old", stream.in(1_000));
      engine.simulation.runFor(999_000_000L);
      long at = engine.simulation.clock().epochNanos() + 3_600 * SECOND;
      SimulatedBus.Inbox ack = engine.inbox();
      engine.simulation.clock().advance(engine.random.nextInt(2_000_000));
      for (int steps = engine.random.nextInt(5); steps > 0; steps--) {
        engine.simulation.step();
      }
      engine.bus.publish(
          "s.a",
          ack.subject,
          SimulatedBus.bytes(
              "NATS/1.0\r\nNats-Schedule: @at "
                  + Rfc3339.format(Clock.instant(at))
                  + "\r\nNats-Schedule-Target: s.t\r\n\r\n"),
          SimulatedBus.bytes("new"));
      engine.runMillis(10);
      assertThat(ack.only().payload()).contains("\"seq\":");
      assertThat(stream.last("s.a").payload()).as("round %d", round).isEqualTo("new");
    }
  }

  @Test
  void schedulesOfAMirrorThatIsPromotedAreFound() {
    assertThat(
            engine.api(
                "STREAM.CREATE.O",
                "{\"name\":\"O\",\"subjects\":[\"s.>\"],\"allow_msg_schedules\":true}"))
        .contains("did_create");
    for (int i = 0; i < 1_500; i++) {
      engine.bus.publish("s.p." + i, "", new byte[0], new byte[0]);
    }
    stream.schedule("s.a", "x", stream.in(60_000));
    stream.schedule("s.b", "y", "@every 1m");
    engine.publish("s.q", "");
    assertThat(
            engine.api(
                "STREAM.CREATE.S",
                "{\"name\":\"S\",\"allow_direct\":true,\"mirror\":{\"name\":\"O\"}}"))
        .contains("did_create");
    engine.simulation.runReady();
    assertThat(stream.info()).contains("\"messages\":1503,");
    engine.api("STREAM.DELETE.O", "");
    assertThat(
            engine.api(
                "STREAM.UPDATE.S",
                "{\"name\":\"S\",\"subjects\":[\"s.>\"],\"allow_direct\":true,"
                    + "\"allow_msg_schedules\":true}"))
        .doesNotContain("error");
    engine.crash();
    engine.runMillis(61_000);
    assertThat(stream.lastSeq()).isEqualTo(1_505);
    engine.restart();
    engine.runMillis(60_000);
    assertThat(stream.lastSeq()).isEqualTo(1_506);
  }

  @Test
  void aHundredThousandSchedules() {
    stream.create("");
    int count = 100_000;
    String at = stream.in(60_000);
    byte[] headers =
        SimulatedBus.bytes(
            "NATS/1.0\r\nNats-Schedule: " + at + "\r\nNats-Schedule-Target: s.t\r\n\r\n");
    for (int i = 0; i < count; i++) {
      engine.bus.publish("s.a." + i, "", headers, SimulatedBus.bytes("" + i));
      if (i % 1_000 == 0) {
        engine.simulation.runReady();
      }
    }
    engine.simulation.runReady();
    assertThat(stream.info()).contains("\"messages\":100000,");
    engine.restart();
    engine.runMillis(61_000);
    assertThat(stream.info()).contains("\"messages\":100000,", "\"last_seq\":200000");
    engine.crash();
    engine.runMillis(61_000);
    assertThat(stream.info())
        .contains("\"messages\":100000,", "\"last_seq\":200000", "\"num_subjects\":1");
  }

  @Test
  void configurationRules() {
    assertThat(stream.tryCreate(",\"discard\":\"new\""))
        .contains("message scheduling cannot use discard new");
    assertThat(stream.tryCreate(",\"deny_purge\":true")).contains("\"deny_purge\":false");
    assertThat(stream.info()).contains("\"_nats.req.level\":\"2\"");
    assertThat(engine.api("STREAM.UPDATE.S", "{\"name\":\"S\",\"subjects\":[\"s.>\"]}"))
        .contains("message schedules can not be disabled");
    assertThat(
            engine.api(
                "STREAM.CREATE.M",
                "{\"name\":\"M\",\"mirror\":{\"name\":\"S\"},\"allow_msg_schedules\":true}"))
        .contains("\"err_code\":10186");
    assertThat(
            engine.api(
                "STREAM.CREATE.M",
                "{\"name\":\"M\",\"sources\":[{\"name\":\"S\"}],\"allow_msg_schedules\":true}"))
        .contains("\"err_code\":10187");
  }
}
