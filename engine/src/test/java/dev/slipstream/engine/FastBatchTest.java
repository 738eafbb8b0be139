// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.engine.SimulatedBus.Got;
import dev.slipstream.engine.SimulatedBus.Inbox;
import dev.slipstream.protocol.wire.Headers;
import dev.slipstream.testkit.Seeds;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class FastBatchTest {
  private static final int START = 0;
  private static final int APPEND = 1;
  private static final int COMMIT = 2;
  private static final int END = 3;
  private static final int PING = 4;

  private final EngineHarness engine = engine(1);

  private static EngineHarness engine(long seed) {
    EngineHarness engine = new EngineHarness(seed);
    assertThat(
            engine.api(
                "STREAM.CREATE.S",
                "{\"name\":\"S\",\"subjects\":[\"s.>\"],\"allow_batched\":true}"))
        .contains("\"did_create\":true");
    return engine;
  }

  private static void send(
      EngineHarness engine, String batch, int seq, int operation, String... headers) {
    engine.bus.publish(
        "s.a",
        "_INBOX.f." + batch + "." + seq + "." + operation + ".$FI",
        Headers.of(headers).toBytes(),
        SimulatedBus.bytes("m" + seq));
  }

  private static List<String> answers(Inbox inbox) {
    return inbox.drain().stream().map(Got::payload).toList();
  }

  @Test
  void whatComesBehindMessagesUnderWayIsAnsweredInTheOrderOfItsComing() {
    Inbox inbox = engine.bus.inbox("_INBOX.f.>");
    send(engine, "b.100.fail", 1, START);
    send(engine, "b.100.fail", 2, APPEND);
    send(engine, "b.100.fail", 2, PING);
    send(engine, "b.100.fail", 3, APPEND);
    send(engine, "b.100.fail", 4, END);
    send(engine, "b.100.fail", 4, APPEND);
    engine.simulation.runReady();
    assertThat(answers(inbox))
        .satisfiesExactly(
            begun -> assertThat(begun).isEqualTo("{\"type\":\"ack\",\"seq\":0,\"msgs\":100}"),
            ping -> assertThat(ping).isEqualTo("{\"type\":\"ack\",\"seq\":0,\"msgs\":100}"),
            end ->
                assertThat(end)
                    .isEqualTo("{\"stream\":\"S\",\"seq\":3,\"batch\":\"b\",\"count\":3}"),
            unknown -> assertThat(unknown).contains("10208"));
  }

  @Test
  void gapBehindMessagesUnderWayEndsTheBatchWithWhatWasStored() {
    Inbox inbox = engine.bus.inbox("_INBOX.f.>");
    send(engine, "b.100.fail", 1, START);
    send(engine, "b.100.fail", 2, APPEND);
    send(engine, "b.100.fail", 4, APPEND);
    engine.simulation.runReady();
    assertThat(answers(inbox))
        .containsExactly(
            "{\"type\":\"ack\",\"seq\":0,\"msgs\":100}",
            "{\"type\":\"gap\",\"last_seq\":3,\"seq\":4}",
            "{\"stream\":\"S\",\"seq\":2,\"batch\":\"b\",\"count\":2}");
  }

  @Test
  void oneThatIsIdleEndsAndIsUnknownThen() {
    Inbox inbox = engine.bus.inbox("_INBOX.f.>");
    send(engine, "b.2.fail", 1, START);
    engine.runMillis(9_900);
    send(engine, "b.2.fail", 2, APPEND);
    engine.runMillis(10_100);
    send(engine, "b.2.fail", 3, COMMIT);
    engine.simulation.runReady();
    assertThat(answers(inbox))
        .satisfiesExactly(
            begun -> assertThat(begun).contains("\"seq\":0"),
            stored -> assertThat(stored).contains("\"seq\":2"),
            unknown -> assertThat(unknown).contains("10208"));
    assertThat(engine.api("STREAM.INFO.S", "")).contains("\"messages\":2,");
  }

  @Test
  void whatItsPublisherHasHeardOfIsThereAfterACrash() {
    Seeds.forEach(60, FastBatchTest::crashes);
  }

  @Test
  @Tag("nightly")
  void whatItsPublisherHasHeardOfIsThereForManySeeds() {
    Seeds.forEach(10_000, FastBatchTest::crashes);
  }

  private static void crashes(long seed, RandomGenerator random) {
    EngineHarness engine = engine(seed);
    Inbox inbox = engine.bus.inbox("_INBOX.f.>");
    int flow = 1 + random.nextInt(8);
    int last = 1 + random.nextInt(60);
    for (int seq = 1; seq <= last; seq++) {
      int operation = seq == 1 ? START : seq == last ? COMMIT : APPEND;
      send(engine, "b." + flow + ".fail", seq, operation);
      if (random.nextInt(10) == 0) {
        send(engine, "b." + flow + ".fail", seq, PING);
      }
      for (int steps = random.nextInt(3); steps > 0; steps--) {
        engine.simulation.step();
      }
    }
    long heard = 0;
    for (String answer : answers(inbox)) {
      boolean whole = answer.contains("\"count\"");
      long upTo = whole ? last : Long.parseLong(answer.replaceAll(".*\"seq\":(\\d+),.*", "$1"));
      assertThat(upTo).isGreaterThanOrEqualTo(heard);
      heard = upTo;
    }
    engine.crash();
    String info = engine.api("STREAM.INFO.S", "");
    long stored = Long.parseLong(info.replaceAll(".*\"messages\":(\\d+),.*", "$1"));
    assertThat(stored).isBetween(heard, (long) last);
  }
}
