// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.engine.SimulatedBus.Got;
import dev.slipstream.engine.SimulatedBus.Inbox;
import dev.slipstream.testkit.Seeds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What was acknowledged arrives once and in order in the streams that take it, whatever happens
 * between.
 */
class OriginCrashTest {
  private static final String[] RETENTIONS = {"limits", "workqueue", "interest"};

  @Test
  void everyMessageArrivesOnceWheneverTheProcessEnds() {
    Seeds.forEach(60, OriginCrashTest::run);
  }

  @Test
  @Tag("nightly")
  void everyMessageArrivesOnceForManySeeds() {
    Seeds.forEach(10_000, OriginCrashTest::run);
  }

  private static void run(long seed, RandomGenerator random) {
    EngineHarness engine = new EngineHarness(seed);
    String retention = RETENTIONS[random.nextInt(RETENTIONS.length)];
    boolean mirrored = retention.equals("limits");
    create(engine, "O", "\"subjects\":[\"o\"],\"retention\":\"" + retention + "\"");
    boolean durable = random.nextInt(3) == 0;
    create(engine, "S", "\"sources\":[" + origin(engine, durable, "d") + "]");
    if (mirrored) {
      create(engine, "M", "\"mirror\":" + origin(engine, durable, "e"));
    }
    List<String> acknowledged = new ArrayList<>();
    int published = 0;
    for (int crashes = random.nextInt(6); crashes >= 0; crashes--) {
      Map<String, Inbox> waiting = new LinkedHashMap<>();
      for (int left = random.nextInt(40); left > 0; left--) {
        String payload = "m" + ++published;
        Inbox inbox = engine.inbox();
        engine.bus.publish("o", inbox.subject, new byte[0], SimulatedBus.bytes(payload));
        waiting.put(payload, inbox);
        for (int steps = random.nextInt(8); steps > 0; steps--) {
          engine.simulation.step();
        }
      }
      waiting.forEach(
          (payload, inbox) -> {
            if (!inbox.messages.isEmpty()) {
              acknowledged.add(payload);
            }
          });
      engine.crash();
    }
    engine.runMillis(durable ? 60_000 : 0); // a durable consumer acknowledges with heartbeats
    engine.simulation.runReady();
    List<String> taken = payloads(engine, "S");
    assertThat(taken)
        .containsAll(acknowledged)
        .doesNotHaveDuplicates()
        .isSortedAccordingTo(Comparator.comparing(each -> Integer.valueOf(each.substring(1))));
    if (mirrored) {
      assertThat(taken).isEqualTo(payloads(engine, "O")).isEqualTo(payloads(engine, "M"));
    } else {
      assertThat(payloads(engine, "O")).isEmpty();
    }
  }

  /** The stream O as an origin, by a durable consumer of its own or by none. */
  private static String origin(EngineHarness engine, boolean durable, String consumer) {
    if (!durable) {
      return "{\"name\":\"O\"}";
    }
    String to = "to." + consumer;
    assertThat(
            engine.api(
                "CONSUMER.CREATE.O." + consumer,
                "{\"stream_name\":\"O\",\"config\":{\"durable_name\":\""
                    + consumer
                    + "\",\"deliver_subject\":\""
                    + to
                    + "\",\"ack_policy\":\"flow_control\",\"max_ack_pending\":7}}"))
        .doesNotContain("error");
    return "{\"name\":\"O\",\"consumer\":{\"name\":\""
        + consumer
        + "\",\"deliver_subject\":\""
        + to
        + "\"}}";
  }

  private static void create(EngineHarness engine, String name, String fields) {
    assertThat(
            engine.api(
                "STREAM.CREATE." + name,
                "{\"name\":\"" + name + "\",\"allow_direct\":true," + fields + "}"))
        .contains("\"did_create\":true");
    engine.simulation.runReady();
  }

  /** What a stream holds, in its order. */
  private static List<String> payloads(EngineHarness engine, String stream) {
    List<String> payloads = new ArrayList<>();
    Got last = engine.request("$JS.API.STREAM.INFO." + stream, "");
    long lastSeq = Long.parseLong(last.payload().replaceAll(".*\"last_seq\":(\\d+),.*", "$1"));
    for (long seq = 1; seq <= lastSeq; seq++) {
      Got got = engine.request("$JS.API.DIRECT.GET." + stream, "{\"seq\":" + seq + "}");
      if (got.status() != 404) {
        payloads.add(got.payload());
      }
    }
    return payloads;
  }
}
