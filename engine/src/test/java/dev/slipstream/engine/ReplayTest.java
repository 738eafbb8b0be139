// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.engine.SimulatedBus.Got;
import dev.slipstream.engine.SimulatedBus.Inbox;
import dev.slipstream.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Many requests at once, without waiting for answers: every one is answered, and when all is quiet,
 * a restart shows what was shown before it.
 */
@ExtendWith(QuietLog.class)
class ReplayTest {
  private static final String[] SUBJECTS = {"s.a", "s.b", "s.c.d", "s.c.e"};

  @Test
  void whatIsShownBeforeARestartIsShownAfterIt() {
    Seeds.forEach(60, (seed, random) -> new Run(seed, random, "limits", false).run());
  }

  @Test
  @Tag("nightly")
  void whatIsShownBeforeARestartIsShownAfterItForManySeeds() {
    Seeds.forEach(10_000, (seed, random) -> new Run(seed, random, "limits", false).run());
  }

  @Test
  void numberPendingIsTheSameAfterARestart() {
    Seeds.forEach(100, (seed, random) -> new Run(seed, random, "limits", true).run());
  }

  @Test
  void whatConsumersHaveDoneWithStaysAwayAfterARestart() {
    Seeds.forEach(60, (seed, random) -> new Run(seed, random, retention(seed), true).run());
  }

  @Test
  @Tag("nightly")
  void whatConsumersHaveDoneWithStaysAwayAfterARestartForManySeeds() {
    Seeds.forEach(10_000, (seed, random) -> new Run(seed, random, retention(seed), false).run());
  }

  private static String retention(long seed) {
    return seed % 2 == 0 ? "interest" : "workqueue";
  }

  private static final class Run {
    private final FaultyEngine engine;
    private final RandomGenerator random;
    private final String retention;
    private final boolean withPending;
    private final List<Inbox> asked = new ArrayList<>();
    private final List<String> requests = new ArrayList<>();
    private final List<Got> unacked = new ArrayList<>();
    private final List<Inbox> pulls = new ArrayList<>();
    private int count;

    Run(long seed, RandomGenerator random, String retention, boolean withPending) {
      this.random = random;
      this.retention = retention;
      this.withPending = withPending;
      int slice = seed % 4 < 2 ? EngineOptions.DEFAULT_SLICE_MESSAGES : 1 + (int) (seed % 7);
      engine = new FaultyEngine(seed, slice);
    }

    void run() throws Exception {
      engine.open();
      engine.api("STREAM.CREATE.S", config(-1, 3));
      consumer("c0", "explicit", "all", "");
      consumer("c1", "all", "all", "s.c.*");
      consumer("c2", "none", "all", "s.a");
      for (int life = 0; life < 5; life++) {
        for (int step = random.nextInt(60); step > 0; step--) {
          step();
          for (int turns = random.nextInt(3); turns > 0; turns--) {
            engine.simulation.step();
          }
          takePulled();
        }
        engine.runMillis(50);
        takePulled();
        for (int i = 0; i < asked.size(); i++) {
          assertThat(asked.get(i).messages).as(requests.get(i)).hasSize(1);
        }
        asked.clear();
        requests.clear();
        TreeMap<String, String> before = shown();
        restart();
        shown().forEach((what, now) -> assertThat(now).as(what).isEqualTo(before.get(what)));
      }
    }

    private String config(long maxMsgs, long perSubject) {
      return ("{\"name\":\"S\",\"subjects\":[\"s.>\"],\"retention\":\"%s\","
              + "\"max_msgs\":%d,\"max_msgs_per_subject\":%d}")
          .formatted(retention, maxMsgs, perSubject);
    }

    private void ask(String subject, String payload) {
      Inbox inbox = engine.inbox();
      asked.add(inbox);
      requests.add(subject + " " + payload);
      engine.send(subject, inbox.subject, payload);
    }

    private void consumer(String name, String ackPolicy, String deliver, String filter) {
      ask(
          "$JS.API.CONSUMER.CREATE.S." + name,
          ("{\"stream_name\":\"S\",\"config\":{\"durable_name\":\"%s\",\"ack_policy\":\"%s\","
                  + "\"deliver_policy\":\"%s\",\"filter_subject\":\"%s\",\"ack_wait\":%d}}")
              .formatted(
                  name, ackPolicy, deliver, filter, 1_000_000_000L * (1 + random.nextInt(3))));
    }

    private void step() {
      switch (random.nextInt(20)) {
        case 0 -> ask("$JS.API.STREAM.MSG.DELETE.S", "{\"seq\":" + (1 + random.nextInt(99)) + "}");
        case 1 ->
            ask(
                "$JS.API.STREAM.PURGE.S",
                "{\"filter\":\"%s\",\"keep\":%d}"
                    .formatted(SUBJECTS[random.nextInt(4)], random.nextInt(3)));
        case 2 -> {
          if (random.nextInt(3) == 0) {
            ask("$JS.API.STREAM.PURGE.S", "{\"keep\":" + random.nextInt(5) + "}");
          }
        }
        case 3 ->
            ask(
                "$JS.API.STREAM.UPDATE.S",
                config(random.nextBoolean() ? -1 : 3 + random.nextInt(9), 1 + random.nextInt(4)));
        case 4 ->
            consumer(
                "c" + random.nextInt(5),
                random.nextBoolean() ? "explicit" : "none",
                new String[] {"all", "new", "last", "last_per_subject"}[random.nextInt(4)],
                random.nextBoolean() ? "s.>" : SUBJECTS[random.nextInt(4)]);
        case 5 -> ask("$JS.API.CONSUMER.DELETE.S.c" + random.nextInt(5), "");
        case 6, 7, 8 -> pull();
        case 9, 10, 11 -> ack();
        case 12 -> engine.checkpoint();
        case 13 -> engine.runMillis(random.nextInt(2_000));
        default -> ask(SUBJECTS[random.nextInt(4)], "p" + ++count);
      }
    }

    private void pull() {
      Inbox inbox = engine.inbox();
      pulls.add(inbox);
      engine.send(
          "$JS.API.CONSUMER.MSG.NEXT.S.c" + random.nextInt(5),
          inbox.subject,
          "{\"batch\":" + (1 + random.nextInt(4)) + ",\"no_wait\":true}");
    }

    private void takePulled() {
      for (Inbox inbox : pulls) {
        inbox.drain().stream().filter(got -> got.status() == 0).forEach(unacked::add);
      }
    }

    private void ack() {
      if (!unacked.isEmpty()) {
        Got got = unacked.remove(random.nextInt(unacked.size()));
        engine.send(
            got.reply(), "", new String[] {"+ACK", "-NAK", "+WPI", "+TERM"}[random.nextInt(4)]);
      }
    }

    private void restart() throws Exception {
      pulls.clear();
      switch (random.nextInt(4)) {
        case 0 -> engine.stop();
        case 1 -> engine.disk.kill();
        default -> engine.disk.crash(random);
      }
      engine.open();
    }

    /** All that can be asked for, but for what tells the time of asking. */
    private TreeMap<String, String> shown() {
      TreeMap<String, String> shown = new TreeMap<>();
      String stream =
          engine.api("STREAM.INFO.S", "{\"deleted_details\":true,\"subjects_filter\":\">\"}");
      shown.put("stream", withoutTimes(stream));
      for (int i = 0; i < 5; i++) {
        shown.put("c" + i, withoutTimes(engine.api("CONSUMER.INFO.S.c" + i, "")));
      }
      return shown;
    }

    private String withoutTimes(String info) {
      // the ack floor is left out: it also moves with what a consumer has passed over, and with the
      // order in which acks and removals meet, so that a start may find a higher one
      String plain =
          info.replaceAll("\"ts\":\"[^\"]*\"", "")
              .replaceAll(",\"last_active\":\"[^\"]*\"", "")
              .replaceAll("\"ack_floor\":\\{[^}]*}", "")
              .replaceAll("\"num_waiting\":\\d+", "");
      return withPending ? plain : plain.replaceAll("\"num_pending\":\\d+", "");
    }
  }
}
