// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.base.Clock;
import dev.slipstream.engine.SimulatedBus.Got;
import dev.slipstream.engine.SimulatedBus.Inbox;
import dev.slipstream.protocol.json.Rfc3339;
import dev.slipstream.protocol.wire.Headers;
import dev.slipstream.testkit.Seeds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What was put off comes once, whenever the process ends; and never behind the acknowledgement of
 * what replaced or ended it.
 */
class ScheduleCrashTest {

  /** A publish under a subject of schedules. */
  private static final class Step {
    final String subject;
    final @Nullable String payload; // of a schedule; null of what ends one
    final Inbox inbox;
    long seq; // 0: nobody was told

    Step(String subject, @Nullable String payload, Inbox inbox) {
      this.subject = subject;
      this.payload = payload;
      this.inbox = inbox;
    }

    /** Takes over what the publisher was told. */
    Step hear() {
      for (Got got : inbox.drain()) {
        String text = got.payload();
        if (text.contains("\"seq\":")) {
          seq = Long.parseLong(text.replaceAll(".*\"seq\":(\\d+)}", "$1"));
        }
      }
      return this;
    }
  }

  @Test
  void everythingComesOnceWheneverTheProcessEnds() {
    Seeds.forEach(60, (seed, random) -> new Lives(seed, random).run());
  }

  @Test
  @Tag("nightly")
  void everythingComesOnceForManySeeds() {
    Seeds.forEach(10_000, (seed, random) -> new Lives(seed, random).run());
  }

  @Test
  void whatLiesOnDiskIsReadWhenItIsDue() {
    Seeds.forEach(
        10,
        (seed, random) -> {
          try {
            readFromDisk(seed);
          } catch (dev.slipstream.store.StoreException e) {
            throw new AssertionError(e);
          }
        });
  }

  private static void readFromDisk(long seed) throws dev.slipstream.store.StoreException {
    FaultyEngine faulty = new FaultyEngine(seed);
    faulty.open();
    faulty.api(
        "STREAM.CREATE.S",
        "{\"name\":\"S\",\"subjects\":[\"s.>\"],\"allow_direct\":true,\"allow_msg_schedules\":true}");
    int count = 60;
    for (int i = 0; i < count; i++) {
      faulty.publish("s.src." + i, "source " + i + "x".repeat(300));
    }
    for (int i = 0; i < count; i++) {
      assertThat(
              faulty.publish(
                  "s.a." + i,
                  "y".repeat(300),
                  "Nats-Schedule",
                  "@at 2026-01-02T00:00:00Z",
                  "Nats-Schedule-Target",
                  "s.t." + i,
                  "Nats-Schedule-Source",
                  "s.src." + (count - 1 - i)))
          .contains("\"seq\":");
    }
    faulty.stop();
    faulty.open();
    faulty.simulation.runFor(86_400_000_000_000L);
    faulty.runMillis(5_000);
    for (int i = 0; i < count; i++) {
      Got made = faulty.request("$JS.API.DIRECT.GET.S.s.t." + i, "");
      assertThat(made).isNotNull();
      assertThat(made.payload()).startsWith("source " + (count - 1 - i) + "x");
    }
  }

  /** A stream whose process ends now and then. */
  private static final class Lives {
    private final RandomGenerator random;
    private final EngineHarness engine;
    private final List<Step> steps = new ArrayList<>();

    Lives(long seed, RandomGenerator random) {
      this.random = random;
      engine = new EngineHarness(seed);
    }

    private void run() {
      assertThat(
              engine.api(
                  "STREAM.CREATE.S",
                  "{\"name\":\"S\",\"subjects\":[\"s.>\"],\"allow_direct\":true,"
                      + "\"allow_msg_schedules\":true}"))
          .contains("did_create");
      Step every = publish("s.every", "e", "@every 1s");
      engine.simulation.runReady();
      assertThat(every.hear().seq).isEqualTo(1);
      for (int life = 1 + random.nextInt(5); life > 0; life--) {
        for (int left = random.nextInt(30); left > 0; left--) {
          step();
        }
        told();
        if (random.nextInt(4) == 0) {
          engine.restart();
        } else {
          engine.crash();
        }
        engine.simulation.clock().advance(random.nextInt(3) * random.nextLong(4_000_000_000L));
      }
      engine.runMillis(10_000);
      check();
    }

    private void step() {
      String subject = "s.a." + random.nextInt(4);
      switch (random.nextInt(6)) {
        case 0, 1, 2 -> publish(subject, "p" + steps.size(), in(random.nextInt(3_000)));
        case 3 -> end(subject, "s.a.x", "Nats-Scheduler", subject, "Nats-Schedule-Next", "purge");
        case 4 -> end(subject, subject);
        default -> engine.bus.publish("s.b", "", new byte[0], new byte[0]);
      }
      if (random.nextInt(3) == 0) {
        engine.simulation.runFor(random.nextLong(700_000_000L));
      }
      for (int turns = random.nextInt(8); turns > 0; turns--) {
        engine.simulation.step();
      }
    }

    private String in(int millis) {
      long now = engine.simulation.clock().epochNanos();
      return "@at " + Rfc3339.format(Clock.instant(now + millis * 1_000_000L));
    }

    private Step publish(String subject, String payload, String pattern) {
      Step step = new Step(subject, payload, engine.inbox());
      byte[] headers =
          Headers.of("Nats-Schedule", pattern, "Nats-Schedule-Target", "s.t").toBytes();
      steps.add(step);
      engine.bus.publish(subject, step.inbox.subject, headers, SimulatedBus.bytes(payload));
      return step;
    }

    private void end(String subject, String publishedTo, String... headers) {
      Step step = new Step(subject, null, engine.inbox());
      steps.add(step);
      byte[] block = headers.length == 0 ? new byte[0] : Headers.of(headers).toBytes();
      engine.bus.publish(publishedTo, step.inbox.subject, block, new byte[0]);
    }

    private void told() {
      steps.forEach(Step::hear);
    }

    private void check() {
      told();
      Map<String, Long> made = new HashMap<>();
      Set<String> every = new HashSet<>();
      String last = "";
      Got info = engine.request("$JS.API.STREAM.INFO.S", "");
      long lastSeq = Long.parseLong(info.payload().replaceAll(".*\"last_seq\":(\\d+),.*", "$1"));
      for (long seq = 1; seq <= lastSeq; seq++) {
        Got got = engine.request("$JS.API.DIRECT.GET.S", "{\"seq\":" + seq + "}");
        if (got.status() == 404 || !got.headers().all("Nats-Subject").contains("s.t")) {
          continue;
        }
        if (got.payload().equals("e")) {
          String next = String.valueOf(got.headers().first("Nats-Schedule-Next"));
          assertThat(every.add(next)).as("due once at %s", next).isTrue();
          assertThat(Rfc3339.parse(next))
              .isAfter(last.isEmpty() ? Rfc3339.ZERO : Rfc3339.parse(last));
          last = next;
        } else {
          assertThat(made.put(got.payload(), seq)).as("%s came twice", got.payload()).isNull();
        }
      }
      assertThat(every).hasSizeGreaterThan(5);
      for (int i = 1; i < steps.size(); i++) {
        check(i, made);
      }
    }

    private void check(int at, Map<String, Long> made) {
      Step step = steps.get(at);
      if (step.payload == null || step.seq == 0) {
        return;
      }
      boolean alone = true;
      for (Step later : steps.subList(at + 1, steps.size())) {
        if (later.subject.equals(step.subject)) {
          alone = false;
          if (later.seq > 0 && made.containsKey(step.payload)) {
            assertThat(made.get(step.payload))
                .as("%s came behind what ended it", step.payload)
                .isLessThan(later.seq);
          }
        }
      }
      if (alone) {
        assertThat(made).as("nothing ended %s", step.payload).containsKey(step.payload);
      }
    }
  }
}
