// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.engine.SimulatedBus.Inbox;
import dev.slipstream.testkit.Seeds;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** A stream that comes into being while a checkpoint is made keeps what it acknowledged. */
class CatalogueCheckpointTest {

  @Test
  void streamsMadeDuringACheckpointAreThereAfterACrash() {
    Seeds.forEach(400, CatalogueCheckpointTest::run);
  }

  private static void run(long seed, RandomGenerator random) {
    EngineHarness engine = new EngineHarness(seed, 3, true);
    Map<String, Inbox> published = new LinkedHashMap<>();
    for (int i = 0; i < 6; i++) {
      String name = "S" + i;
      engine.bus.publish(
          "$JS.API.STREAM.CREATE." + name,
          engine.inbox().subject,
          new byte[0],
          SimulatedBus.bytes("{\"name\":\"" + name + "\",\"subjects\":[\"" + name + "\"]}"));
      steps(engine, random, 12);
      engine.askForCheckpoint();
      steps(engine, random, 25);
      for (int left = random.nextInt(4); left > 0; left--) {
        Inbox inbox = engine.inbox();
        engine.bus.publish(name, inbox.subject, new byte[0], SimulatedBus.bytes("x"));
        published.put(name + "#" + published.size(), inbox);
        steps(engine, random, 10);
      }
    }
    steps(engine, random, 60);
    Map<String, Long> acknowledged = new LinkedHashMap<>();
    published.forEach(
        (what, inbox) -> {
          if (!inbox.messages.isEmpty()) {
            acknowledged.merge(what.substring(0, 2), 1L, Long::sum);
          }
        });
    engine.crash();
    acknowledged.forEach(
        (name, count) -> {
          String info = engine.api("STREAM.INFO." + name, "");
          assertThat(info).as(name).contains("\"messages\":");
          long there = Long.parseLong(info.replaceAll(".*\"messages\":(\\d+).*", "$1"));
          assertThat(there).as(name).isGreaterThanOrEqualTo(count);
        });
  }

  private static void steps(EngineHarness engine, RandomGenerator random, int most) {
    for (int left = random.nextInt(most); left > 0; left--) {
      engine.simulation.step();
    }
  }
}
