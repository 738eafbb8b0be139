// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.engine.SimulatedBus.Got;
import dev.slipstream.engine.SimulatedBus.Inbox;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Streams that count. */
class CountersTest {
  private final EngineHarness engine = new EngineHarness(1);

  private void create(String name, String fields) {
    assertThat(
            engine.api(
                "STREAM.CREATE." + name,
                "{\"name\":\""
                    + name
                    + "\",\"allow_direct\":true,\"allow_msg_counter\":true,"
                    + fields
                    + "}"))
        .contains("\"did_create\":true");
    engine.simulation.runReady();
  }

  private String add(String subject, String increment) {
    return engine.publish(subject, "", "Nats-Incr", increment);
  }

  @Test
  void eachMessageHoldsTheSumOfItsSubject() {
    create("C", "\"subjects\":[\"c.>\"]");
    assertThat(add("c.a", "5")).isEqualTo("{\"stream\":\"C\",\"seq\":1,\"val\":\"5\"}");
    assertThat(add("c.b", "-1")).contains("\"val\":\"-1\"");
    assertThat(add("c.a", "+37")).contains("\"val\":\"42\"");
    engine.crash();
    assertThat(add("c.a", "1")).contains("\"val\":\"43\"");
    Got stored = engine.request("$JS.API.DIRECT.GET.C", "{\"last_by_subj\":\"c.a\"}");
    assertThat(stored.payload()).isEqualTo("{\"val\":\"43\"}");
    assertThat(stored.headers().first("Nats-Incr")).isEqualTo("1");
  }

  @Test
  void messagesUnderWayCountToo() {
    create("C", "\"subjects\":[\"c.>\"]");
    List<Inbox> inboxes = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Inbox inbox = engine.inbox();
      inboxes.add(inbox);
      engine.bus.publish(
          "c.a",
          inbox.subject,
          SimulatedBus.bytes("NATS/1.0\r\nNats-Incr: 100000000000000000000\r\n\r\n"),
          new byte[0]);
    }
    engine.simulation.runReady();
    assertThat(inboxes.get(9).only().payload()).contains("\"val\":\"1000000000000000000000\"");
  }

  @Test
  void whatIsPublishedBehindAPurgeIsCountedBehindIt() {
    create("C", "\"subjects\":[\"c.>\"]");
    add("c.a", "5");
    engine.bus.publish("$JS.API.STREAM.PURGE.C", "", new byte[0], new byte[0]);
    assertThat(add("c.a", "1")).contains("\"val\":\"1\"");
  }

  @Test
  void whatIsNoIncrementIsRefused() {
    create("C", "\"subjects\":[\"c.>\"]");
    assertThat(engine.publish("c.a", "x")).contains("\"err_code\":10169");
    assertThat(add("c.a", "1.5")).contains("\"err_code\":10171");
    assertThat(engine.publish("c.a", "x", "Nats-Incr", "1")).contains("\"err_code\":10170");
    assertThat(engine.publish("c.a", "", "Nats-Incr", "1", "Nats-Rollup", "sub"))
        .contains("\"err_code\":10171");
    assertThat(add("c.a", "1")).contains("\"seq\":1", "\"val\":\"1\"");
  }

  @Test
  void sourcedCountersAddUp() {
    create("A", "\"subjects\":[\"a\"]");
    create("B", "\"subjects\":[\"b\"]");
    create(
        "S",
        "\"subjects\":[\"s\"],\"sources\":[{\"name\":\"A\",\"subject_transforms\":[{\"src\":\"a\",\"dest\":\"s\"}]},"
            + "{\"name\":\"B\",\"subject_transforms\":[{\"src\":\"b\",\"dest\":\"s\"}]}]");
    add("a", "5");
    add("b", "7");
    add("a", "1");
    assertThat(add("s", "100")).contains("\"val\":\"113\"");
    engine.restart();
    add("b", "-3");
    engine.simulation.runReady();
    Got stored = engine.request("$JS.API.DIRECT.GET.S", "{\"last_by_subj\":\"s\"}");
    assertThat(stored.payload()).isEqualTo("{\"val\":\"110\"}");
    assertThat(stored.headers().first("Nats-Counter-Sources"))
        .isEqualTo("{\"A\":{\"a\":\"6\"},\"B\":{\"b\":\"4\"}}");
    assertThat(stored.headers().first("Nats-Incr")).isEqualTo("-3");
  }
}
