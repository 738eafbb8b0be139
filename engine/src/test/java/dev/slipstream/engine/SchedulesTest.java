// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.base.Clock;
import dev.slipstream.engine.SimulatedBus.Got;
import dev.slipstream.protocol.json.Rfc3339;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages that a stream puts off. */
class SchedulesTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long DAY = 86_400 * SECOND;

  private final EngineHarness engine = new EngineHarness(1);

  private void stream(String more) {
    assertThat(create(more)).contains("\"did_create\":true", "\"allow_rollup_hdrs\":true");
  }

  private String create(String more) {
    return engine.api(
        "STREAM.CREATE.S",
        "{\"name\":\"S\",\"subjects\":[\"s.>\"],\"allow_direct\":true,\"allow_msg_schedules\":true"
            + more
            + "}");
  }

  /** Publishes a schedule to the subject t under s.; answers the acknowledgement. */
  private String schedule(String subject, String payload, String pattern, String... headers) {
    String[] all = new String[headers.length + 4];
    all[0] = "Nats-Schedule";
    all[1] = pattern;
    all[2] = "Nats-Schedule-Target";
    all[3] = "s.t";
    System.arraycopy(headers, 0, all, 4, headers.length);
    return engine.publish(subject, payload, all);
  }

  private String in(long millis) {
    long now = engine.simulation.clock().epochNanos();
    return "@at " + Rfc3339.format(Clock.instant(now + millis * 1_000_000));
  }

  private Got last(String subject) {
    return engine.request("$JS.API.DIRECT.GET.S." + subject, "");
  }

  private boolean isThere(String subject) {
    return last(subject).status() != 404;
  }

  private Got message(long seq) {
    return engine.request("$JS.API.DIRECT.GET.S", "{\"seq\":" + seq + "}");
  }

  private String info() {
    return engine.api("STREAM.INFO.S", "");
  }

  private long lastSeq() {
    return Long.parseLong(info().replaceAll(".*\"last_seq\":(\\d+),.*", "$1"));
  }

  @Test
  void messageOfOneTimeIsMadeOnceAndItsScheduleLeaves() {
    stream(",\"allow_msg_ttl\":true");
    String ack =
        schedule(
            "s.a",
            "later",
            in(5_000),
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
    assertThat(last("s.a").headers().first("Nats-Rollup")).isEqualTo("sub");
    engine.runMillis(4_900);
    assertThat(isThere("s.t")).isFalse();
    engine.runMillis(200);
    Got made = last("s.t");
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
    assertThat(info()).contains("\"messages\":1,", "\"last_seq\":2");
    engine.restart();
    engine.runMillis(100_000);
    assertThat(info()).contains("\"messages\":1,", "\"last_seq\":2");
    engine.runMillis(30_000);
    assertThat(info()).contains("\"messages\":0,", "\"last_seq\":2");
  }

  @Test
  void whatIsDueAlreadyComesAfterAQuarterOfASecond() {
    stream("");
    schedule("s.a", "x", "@at 1970-01-01T00:00:00Z");
    engine.runMillis(200);
    assertThat(isThere("s.t")).isFalse();
    engine.runMillis(100);
    assertThat(last("s.t").payload()).isEqualTo("x");
  }

  @Test
  void intervalsGoOnBehindACrashWhereTheyWere() {
    stream("");
    schedule("s.a", "x", "@every 10s");
    for (int round = 0; round < 5; round++) {
      engine.runMillis(30_000);
      engine.crash();
    }
    engine.runMillis(1_000);
    assertThat(lastSeq()).isEqualTo(16);
    for (int seq = 2; seq <= 16; seq++) {
      assertThat(message(seq).headers().first("Nats-Schedule-Next"))
          .isEqualTo(Rfc3339.format(Clock.instant(1_767_225_600L * SECOND + seq * 10L * SECOND)));
    }
  }

  @Test
  void whatWasMissedIsMadeUpForOnce() {
    stream("");
    schedule("s.a", "x", "@every 10s");
    schedule("s.b", "y", "0 0 * * * *");
    engine.runMillis(1_000);
    engine.restart();
    // no timer runs while the process is away
    engine.simulation.clock().advance(3 * DAY + 5 * SECOND);
    engine.crash();
    engine.runMillis(300);
    assertThat(lastSeq()).isEqualTo(4);
    assertThat(last("s.a").payload()).isEqualTo("x");
    engine.runMillis(9_800);
    assertThat(lastSeq()).isEqualTo(5);
  }

  @Test
  void aYearOfHours() {
    stream("");
    schedule("s.a", "x", "@hourly", "Nats-Schedule-Rollup", "sub");
    for (int month = 0; month < 12; month++) {
      engine.simulation.runFor(365 * DAY / 12);
    }
    engine.runMillis(1_000);
    assertThat(info()).contains("\"messages\":2,");
    assertThat(lastSeq()).isEqualTo(1 + 365 * 24);
    assertThat(last("s.t").headers().first("Nats-Schedule-Next")).isEqualTo("2027-01-01T01:00:00Z");
  }

  @Test
  void clocksThatAreChangedAreFollowed() {
    stream("");
    schedule("s.a", "x", "0 30 2 * * *", "Nats-Schedule-Time-Zone", "Europe/Berlin");
    schedule("s.b", "x", "0 0 9 * * *", "Nats-Schedule-Time-Zone", "America/New_York");
    for (int day = 0; day < 365; day++) {
      engine.simulation.runFor(DAY);
    }
    engine.runMillis(1_000);
    List<String> berlin = new ArrayList<>();
    List<String> newYork = new ArrayList<>();
    for (long seq = 3; seq <= lastSeq(); seq++) {
      Got made = message(seq);
      String next = made.headers().first("Nats-Schedule-Next");
      (made.headers().first("Nats-Scheduler").equals("s.a") ? berlin : newYork).add(next);
    }
    // once less where the clocks are put on, once more where they are put back
    assertThat(berlin).hasSize(365).doesNotHaveDuplicates();
    assertThat(berlin)
        .contains("2026-03-28T02:30:00+01:00", "2026-03-30T02:30:00+02:00")
        .contains("2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00")
        .noneMatch(each -> each.startsWith("2026-03-29"));
    assertThat(newYork).hasSize(365);
    assertThat(newYork).contains("2026-03-07T09:00:00-05:00", "2026-03-08T09:00:00-04:00");
  }

  @Test
  void wallClockThatStepsIsSeenWithinAMinute() {
    stream("");
    schedule("s.a", "x", in(3_600_000));
    engine.runMillis(1_000);
    engine.simulation.clock().stepWall(3_600 * SECOND);
    engine.runMillis(61_000);
    assertThat(isThere("s.t")).isTrue();
  }

  @Test
  void everyWayToTakeAScheduleAwayEndsIt() {
    stream(",\"allow_msg_ttl\":true");
    List<Runnable> ways =
        List.of(
            () ->
                engine.publish(
                    "s.other", "", "Nats-Scheduler", "s.a", "Nats-Schedule-Next", "purge"),
            () -> engine.api("STREAM.PURGE.S", ""),
            () -> engine.api("STREAM.PURGE.S", "{\"filter\":\"s.a\"}"),
            () -> engine.api("STREAM.MSG.DELETE.S", "{\"seq\":" + lastSeq() + "}"),
            () -> engine.publish("s.a", "no schedule"),
            () -> engine.publish("s.a", "no schedule", "Key", "v"),
            () -> engine.publish("s.other", "", "Nats-Rollup", "all"),
            () -> schedule("s.a", "y", in(100_000_000)),
            () -> engine.publish("s.a", "x", "Nats-Schedule", "@at 0001-01-01T00:00:00Z"));
    for (Runnable way : ways) {
      schedule("s.a", "x", "@every 5s");
      way.run();
      if (lastSeq() % 2 == 0) {
        engine.crash();
      }
      long before = lastSeq();
      engine.runMillis(20_000);
      assertThat(lastSeq()).isEqualTo(before);
    }
    schedule("s.a", "x", "@every 5s", "Nats-TTL", "3");
    engine.runMillis(20_000);
    assertThat(isThere("s.t")).isFalse();
  }

  @Test
  void whatAScheduleMakesUnderAnotherOnesSubjectDoesNotEndThat() {
    stream("");
    schedule("s.a", "a", in(1_000));
    engine.publish("s.t", "t", "Nats-Schedule", in(5_000), "Nats-Schedule-Target", "s.c");
    engine.runMillis(2_000);
    assertThat(last("s.t").payload()).isEqualTo("a");
    assertThat(engine.publish("s.x", "", "Nats-Scheduler", "s.t", "Nats-Schedule-Next", "purge"))
        .as("the last under the subject is no schedule")
        .contains("\"err_code\":10212");
    engine.restart();
    engine.runMillis(4_000);
    assertThat(last("s.c").payload()).isEqualTo("t");
    assertThat(isThere("s.t")).as("purged with all under its subject").isFalse();
  }

  @Test
  void lastMessageOfTheSourceIsCopied() {
    stream("");
    String[] sourced = {"Nats-Schedule-Source", "s.src"};
    schedule("s.a", "own", "@every 1s", sourced);
    engine.runMillis(1_100);
    assertThat(last("s.t").payload()).isEqualTo("own");
    engine.publish("s.src", "1", "Key", "v", "Nats-Msg-Id", "m");
    engine.publish("s.src", "2");
    engine.publish(
        "s.src", "3", "Key", "w", "Nats-Schedule-Next", "purge", "Nats-Scheduler", "s.no");
    engine.runMillis(1_000);
    Got made = last("s.t");
    assertThat(made.payload()).isEqualTo("3");
    assertThat(made.headers().first("Key")).isEqualTo("w");
    assertThat(made.headers().all("Nats-Scheduler")).containsExactly("s.a");
    assertThat(made.headers().all("Nats-Schedule-Next")).hasSize(1);
    long before = lastSeq();
    engine.runMillis(1_000);
    assertThat(lastSeq()).isEqualTo(before + 1);
  }

  @Test
  void rollupOfWhatIsMadeReplacesWhatWasThere() {
    stream("");
    engine.publish("s.t", "1");
    engine.publish("s.t", "2");
    schedule("s.a", "x", in(1_000), "Nats-Schedule-Rollup", "sub");
    engine.runMillis(2_000);
    assertThat(info()).contains("\"messages\":1,", "\"last_seq\":4");
  }

  @Test
  void limitsHoldForWhatIsMade() {
    stream(",\"max_msgs_per_subject\":3,\"max_msgs\":4");
    schedule("s.a", "x", "@every 1s");
    engine.runMillis(10_100);
    assertThat(info()).contains("\"messages\":4,", "\"last_seq\":11");
    engine.publish("s.b", "");
    assertThat(isThere("s.a")).as("the oldest leaves, and the schedule with it").isFalse();
    long before = lastSeq();
    engine.runMillis(5_000);
    assertThat(lastSeq()).isEqualTo(before);
  }

  @Test
  void whatIsTooLargeIsTriedUntilItIsNot() {
    stream(",\"max_msg_size\":150");
    schedule("s.a", "x".repeat(20), in(1_000), "Nats-Schedule-Source", "s.src");
    String key = "k".repeat(90);
    assertThat(engine.publish("s.src", "y", "Key", key)).contains("\"seq\":2");
    engine.runMillis(20_000);
    assertThat(isThere("s.t")).isFalse();
    assertThat(isThere("s.a")).isTrue();
    assertThat(
            engine.api(
                "STREAM.UPDATE.S",
                "{\"name\":\"S\",\"subjects\":[\"s.>\"],\"allow_direct\":true,"
                    + "\"allow_msg_schedules\":true}"))
        .doesNotContain("error");
    engine.runMillis(11_000);
    assertThat(last("s.t").payload()).isEqualTo("y");
    assertThat(isThere("s.a")).isFalse();
  }

  @Test
  void schedulesOfABatchBeginWithIt() {
    stream(",\"allow_atomic\":true");
    String[] scheduled = {"Nats-Schedule", in(1_000), "Nats-Schedule-Target", "s.t"};
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
    assertThat(last("s.a").headers().first("Nats-Rollup")).isEqualTo("sub");
    engine.runMillis(2_000);
    assertThat(last("s.t").payload()).isEqualTo("x");
    assertThat(isThere("s.a")).isFalse();
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
    stream(",\"storage\":\"memory\"");
    schedule("s.a", "x", "@every 1s");
    schedule("s.b", "y", in(2_500));
    engine.runMillis(3_100);
    assertThat(info()).contains("\"messages\":5,", "\"last_seq\":6");
  }

  @Test
  void targetIsMappedAsAPublishIs() {
    assertThat(create(",\"subject_transform\":{\"src\":\"s.*\",\"dest\":\"x.{{wildcard(1)}}\"}"))
        .contains("did_create");
    schedule("s.a", "1", in(1_000));
    assertThat(isThere("x.a")).isTrue();
    engine.runMillis(2_000);
    assertThat(last("x.t").headers().first("Nats-Scheduler")).isEqualTo("x.a");
    assertThat(isThere("x.a")).isFalse();
  }

  @Test
  void whatNobodyIsInterestedInIsPassedOver() {
    stream(",\"retention\":\"interest\"");
    engine.createConsumer("c", "\"durable_name\":\"c\",\"filter_subject\":\"s.a\"");
    engine.createConsumer("d", "\"durable_name\":\"d\",\"filter_subject\":\"s.b\"");
    schedule("s.a", "x", "@every 10s");
    schedule("s.b", "y", in(15_000));
    engine.runMillis(31_000);
    assertThat(lastSeq()).isEqualTo(6);
    assertThat(isThere("s.b")).isFalse();
    engine.crash();
    engine.runMillis(1_000);
    assertThat(lastSeq()).isEqualTo(6);
    engine.createConsumer("e", "\"durable_name\":\"e\",\"filter_subject\":\"s.t\"");
    engine.runMillis(9_000);
    assertThat(last("s.t").headers().first("Nats-Schedule-Next")).isEqualTo("2026-01-01T00:00:50Z");
    engine.publish("s.none", "", "Nats-Scheduler", "s.a", "Nats-Schedule-Next", "purge");
    engine.runMillis(20_000);
    assertThat(lastSeq()).isEqualTo(8);
    assertThat(isThere("s.a")).isFalse();
  }

  @Test
  void publishesThatComeWithAFiringLoseNothing() {
    stream("");
    schedule("s.a", "x", in(1_000));
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
    assertThat(isThere("s.t")).isTrue();
  }

  @Test
  void replacedWhileItIsDueTheNewOneStays() {
    stream("");
    for (int round = 0; round < 200; round++) {
      schedule("s.a", "old", in(1_000));
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
      assertThat(last("s.a").payload()).as("round %d", round).isEqualTo("new");
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
    schedule("s.a", "x", in(60_000));
    schedule("s.b", "y", "@every 1m");
    engine.publish("s.q", "");
    assertThat(
            engine.api(
                "STREAM.CREATE.S",
                "{\"name\":\"S\",\"allow_direct\":true,\"mirror\":{\"name\":\"O\"}}"))
        .contains("did_create");
    engine.simulation.runReady();
    assertThat(info()).contains("\"messages\":1503,");
    engine.api("STREAM.DELETE.O", "");
    assertThat(
            engine.api(
                "STREAM.UPDATE.S",
                "{\"name\":\"S\",\"subjects\":[\"s.>\"],\"allow_direct\":true,"
                    + "\"allow_msg_schedules\":true}"))
        .doesNotContain("error");
    engine.crash();
    engine.runMillis(61_000);
    assertThat(lastSeq()).isEqualTo(1_505);
    engine.restart();
    engine.runMillis(60_000);
    assertThat(lastSeq()).isEqualTo(1_506);
  }

  @Test
  void aHundredThousandSchedules() {
    stream("");
    int count = 100_000;
    String at = in(60_000);
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
    assertThat(info()).contains("\"messages\":100000,");
    engine.restart();
    engine.runMillis(61_000);
    assertThat(info()).contains("\"messages\":100000,", "\"last_seq\":200000");
    engine.crash();
    engine.runMillis(61_000);
    assertThat(info())
        .contains("\"messages\":100000,", "\"last_seq\":200000", "\"num_subjects\":1");
  }

  @Test
  void configurationRules() {
    assertThat(create(",\"discard\":\"new\""))
        .contains("message scheduling cannot use discard new");
    assertThat(create(",\"deny_purge\":true")).contains("\"deny_purge\":false");
    assertThat(info()).contains("\"_nats.req.level\":\"2\"");
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
