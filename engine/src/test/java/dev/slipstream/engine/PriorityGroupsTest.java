// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.engine.SimulatedBus.Got;
import dev.slipstream.engine.SimulatedBus.Inbox;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PriorityGroupsTest {
  private final EngineHarness engine = new EngineHarness(1);

  @BeforeEach
  void stream() {
    assertThat(engine.api("STREAM.CREATE.S", "{\"name\":\"S\",\"subjects\":[\"s.>\"]}"))
        .contains("\"did_create\":true");
  }

  private void publish(int count) {
    for (int i = 1; i <= count; i++) {
      engine.publish("s." + i, "m" + i);
    }
  }

  private void durable(String policy, String more) {
    assertThat(
            engine.createConsumer(
                "c",
                "\"durable_name\":\"c\",\"ack_policy\":\"explicit\","
                    + "\"priority_groups\":[\"A\"],\"priority_policy\":\""
                    + policy
                    + "\""
                    + more))
        .contains("\"name\":\"c\"", "\"_nats.req.level\":\"1\"")
        .doesNotContain("error");
  }

  private Inbox pull(String more) {
    return engine.pull("S.c", "{\"batch\":1,\"expires\":60000000000,\"group\":\"A\"" + more + "}");
  }

  private String info() {
    return engine.api("CONSUMER.INFO.S.c", "");
  }

  @Test
  void requestsMustNameAGroupThatThereIs() {
    durable("overflow", "");
    assertThat(engine.pull("S.c", "{\"batch\":1}").only().statusText())
        .isEqualTo("Bad Request - Priority Group missing");
    assertThat(engine.pull("S.c", "{\"batch\":1,\"group\":\"B\"}").only().statusText())
        .isEqualTo("Bad Request - Invalid Priority Group");
    assertThat(pull(",\"id\":\"x\"").only().statusText())
        .isEqualTo("Bad Request - Not a Pinned Client Priority consumer");
  }

  @Test
  void overflowIsServedOnceEnoughIsPending() {
    durable("overflow", "");
    Inbox overflow = pull(",\"min_pending\":3");
    publish(2);
    assertThat(overflow.messages).isEmpty();
    publish(1);
    assertThat(overflow.only().payload()).isEqualTo("m1");
    Inbox byAcks = pull(",\"min_ack_pending\":2");
    assertThat(byAcks.messages).isEmpty();
    assertThat(pull("").only().payload()).isEqualTo("m2");
    assertThat(byAcks.only().payload()).isEqualTo("m1");
  }

  @Test
  void firstClientIsPinnedUntilItStopsAsking() {
    durable("pinned_client", ",\"priority_timeout\":10000000000");
    Inbox events = engine.bus.inbox("$JS.EVENT.ADVISORY.CONSUMER.UNPINNED.S.c");
    Inbox first = pull("");
    Inbox second = pull("");
    publish(2);
    Got pinned = first.only();
    String id = pinned.headers().first("Nats-Pin-Id");
    assertThat(id).hasSize(22);
    assertThat(second.messages).isEmpty();
    assertThat(info()).contains("\"pinned_client_id\":\"" + id + "\"");
    assertThat(pull(",\"id\":\"" + id + "\"").only().payload()).isEqualTo("m2");
    assertThat(pull(",\"id\":\"other\"").only().statusText()).isEqualTo("Nats-Pin-Id mismatch");
    publish(1);
    engine.runMillis(9_000);
    assertThat(second.messages).isEmpty();
    engine.runMillis(1_001);
    assertThat(events.only().payload()).contains("\"reason\":\"timeout\"");
    assertThat(second.only().headers().first("Nats-Pin-Id")).hasSize(22).isNotEqualTo(id);
    Inbox old = pull(",\"id\":\"" + id + "\"");
    assertThat(old.only().status()).isEqualTo(423);
  }

  @Test
  void unpinnedClientMakesRoomForAnother() {
    durable("pinned_client", "");
    Inbox first = pull("");
    Inbox second = pull("");
    publish(2);
    first.only();
    assertThat(engine.api("CONSUMER.UNPIN.S.c", "{\"group\":\"B\"}")).contains("10160");
    assertThat(engine.api("CONSUMER.UNPIN.S.c", "{\"group\":\"A\"}")).doesNotContain("error");
    assertThat(second.only().payload()).isEqualTo("m2");
  }

  @Test
  void lowerNumberIsServedFirstAndThoseAlikeInTurn() {
    durable("prioritized", "");
    Inbox five =
        engine.pull("S.c", "{\"batch\":9,\"expires\":60000000000,\"group\":\"A\",\"priority\":5}");
    Inbox one =
        engine.pull("S.c", "{\"batch\":2,\"expires\":60000000000,\"group\":\"A\",\"priority\":1}");
    Inbox alike =
        engine.pull("S.c", "{\"batch\":2,\"expires\":60000000000,\"group\":\"A\",\"priority\":1}");
    publish(6);
    assertThat(one.drain()).extracting(Got::payload).containsExactly("m1", "m3");
    assertThat(alike.drain()).extracting(Got::payload).containsExactly("m2", "m4");
    assertThat(five.drain()).extracting(Got::payload).containsExactly("m5", "m6");
  }
}
