// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.engine.SimulatedBus.Got;
import dev.slipstream.engine.SimulatedBus.Inbox;
import dev.slipstream.testkit.Seeds;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The whole engine with a disk that forgets what was not synced, crashed at random moments. */
class CrashSimulationTest {

  @Test
  void whatWasAcknowledgedIsThereAfterEveryCrash() {
    Seeds.forEach(300, CrashSimulationTest::run);
  }

  @Test
  @Tag("nightly")
  void whatWasAcknowledgedIsThereAfterEveryCrashOfManySeeds() {
    Seeds.forEach(20_000, CrashSimulationTest::run);
  }

  private static void run(long seed, RandomGenerator random) {
    EngineHarness engine = new EngineHarness(seed);
    assertThat(engine.api("STREAM.CREATE.S", "{\"name\":\"S\",\"subjects\":[\"s\"]}"))
        .contains("did_create");
    assertThat(
            engine.api(
                "CONSUMER.CREATE.S.c",
                "{\"stream_name\":\"S\",\"config\":{\"durable_name\":\"c\",\"ack_policy\":\"explicit\"}}"))
        .contains("\"name\":\"c\"");
    Map<Long, String> acknowledged = new HashMap<>();
    Set<Long> settled = new HashSet<>();
    int published = 0;
    for (int life = 0; life < 4; life++) {
      Map<Inbox, String> asked = new HashMap<>();
      Map<Inbox, Long> confirmed = new HashMap<>();
      for (int step = random.nextInt(30); step > 0; step--) {
        if (random.nextInt(3) > 0) {
          String payload = "p" + ++published;
          Inbox ack = engine.inbox();
          engine.bus.publish("s", ack.subject, SimulatedBus.bytes(""), SimulatedBus.bytes(payload));
          asked.put(ack, payload);
        } else {
          Inbox pulled = engine.inbox();
          engine.bus.publish(
              "$JS.API.CONSUMER.MSG.NEXT.S.c",
              pulled.subject,
              SimulatedBus.bytes(""),
              SimulatedBus.bytes("{\"batch\":3,\"no_wait\":true}"));
          for (int turns = random.nextInt(6); turns > 0; turns--) {
            engine.simulation.step();
          }
          for (Got got : pulled.drain()) {
            if (got.status() == 0) {
              long seq = got.streamSeq();
              assertThat(settled).as("delivered again after a confirmed ack").doesNotContain(seq);
              Inbox answer = engine.inbox();
              engine.bus.publish(
                  got.reply(), answer.subject, SimulatedBus.bytes(""), SimulatedBus.bytes("+ACK"));
              confirmed.put(answer, seq);
            }
          }
        }
        for (int turns = random.nextInt(4); turns > 0; turns--) {
          engine.simulation.step();
        }
      }
      asked.forEach(
          (ack, payload) -> {
            for (Got got : ack.messages) {
              String text = got.payload();
              long seq = Long.parseLong(text.replaceAll(".*\"seq\":(\\d+)}", "$1"));
              assertThat(acknowledged.put(seq, payload)).as("two messages at %d", seq).isNull();
            }
          });
      confirmed.forEach(
          (answer, seq) -> {
            if (!answer.messages.isEmpty()) {
              settled.add(seq);
            }
          });
      engine.crash();
      check(engine, acknowledged);
    }
  }

  private static void check(EngineHarness engine, Map<Long, String> acknowledged) {
    acknowledged.forEach(
        (seq, payload) -> {
          String data = java.util.Base64.getEncoder().encodeToString(SimulatedBus.bytes(payload));
          assertThat(engine.api("STREAM.MSG.GET.S", "{\"seq\":" + seq + "}"))
              .as("acknowledged as %d", seq)
              .contains("\"data\":\"" + data + "\"");
        });
  }
}
