// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.engine.SimulatedBus.Got;
import dev.slipstream.engine.SimulatedBus.Inbox;
import org.junit.jupiter.api.Test;

class PullConsumerTest {
  private final EngineHarness engine = new EngineHarness(1);

  private void streamWith(int messages) {
    assertThat(engine.api("STREAM.CREATE.S", "{\"name\":\"S\",\"subjects\":[\"s.>\"]}"))
        .contains("\"did_create\":true");
    for (int i = 1; i <= messages; i++) {
      assertThat(engine.publish("s." + i, "m" + i))
          .isEqualTo("{\"stream\":\"S\",\"seq\":" + i + "}");
    }
  }

  private void durable(String more) {
    assertThat(
            engine.createConsumer("c", "\"durable_name\":\"c\",\"ack_policy\":\"explicit\"" + more))
        .contains("\"name\":\"c\"")
        .doesNotContain("error");
  }

  private String info() {
    return engine.api("CONSUMER.INFO.S.c", "");
  }

  @Test
  void aPullGetsWhatIsThereAndItsTimeOutTellsTheRest() {
    streamWith(3);
    durable("");
    Inbox inbox = engine.pull("S.c", "{\"batch\":10,\"expires\":1000000000}");
    assertThat(inbox.drain()).extracting(Got::payload).containsExactly("m1", "m2", "m3");
    engine.runMillis(999);
    assertThat(inbox.messages).isEmpty();
    engine.runMillis(2);
    Got end = inbox.only();
    assertThat(end.status()).isEqualTo(408);
    assertThat(end.headers().first("Nats-Pending-Messages")).isEqualTo("7");
  }

  @Test
  void aDeliveryCarriesItsPlaceInTheAckSubject() {
    streamWith(2);
    durable("");
    Got first = engine.pull("S.c", "1").only();
    assertThat(first.subject()).isEqualTo("s.1");
    assertThat(first.reply()).matches("\\$JS\\.ACK\\.S\\.c\\.1\\.1\\.1\\.\\d+\\.1");
    Got second = engine.pull("S.c", "").only();
    assertThat(second.reply()).matches("\\$JS\\.ACK\\.S\\.c\\.1\\.2\\.2\\.\\d+\\.0");
  }

  @Test
  void noWaitEndsAtOnceWhereNothingIsLeft() {
    streamWith(1);
    durable("");
    Inbox inbox = engine.pull("S.c", "{\"batch\":5,\"no_wait\":true}");
    assertThat(inbox.messages).hasSize(2);
    assertThat(inbox.messages.get(0).payload()).isEqualTo("m1");
    assertThat(inbox.messages.get(1).status()).isEqualTo(404);
    assertThat(engine.pull("S.c", "{\"batch\":5,\"no_wait\":true}").only().status()).isEqualTo(404);
  }

  @Test
  void noWaitEndsWithTheFirstHeartbeatAtMaxAckPending() {
    streamWith(4);
    durable(",\"max_ack_pending\":2");
    Inbox inbox =
        engine.pull(
            "S.c",
            "{\"batch\":5,\"no_wait\":true,\"expires\":5000000000,\"idle_heartbeat\":100000000}");
    assertThat(inbox.drain()).extracting(Got::payload).containsExactly("m1", "m2");
    engine.runMillis(99);
    assertThat(inbox.messages).isEmpty();
    engine.runMillis(2);
    assertThat(inbox.only().status()).isEqualTo(404);
    engine.runMillis(1000);
    assertThat(inbox.messages).isEmpty();
    assertThat(info()).contains("\"num_waiting\":0");
  }

  @Test
  void anEphemeralWithTheDefaultThresholdIsNotCreatedAgain() {
    streamWith(0);
    String none = "{\"stream_name\":\"S\",\"action\":\"create\",\"config\":{\"name\":\"e\"}}";
    assertThat(engine.api("CONSUMER.CREATE.S.e", none))
        .contains("\"inactive_threshold\":5000000000");
    assertThat(engine.api("CONSUMER.CREATE.S.e", none)).contains("\"err_code\":10148");
    String same = none.replace("\"e\"}}", "\"e\",\"inactive_threshold\":5000000000}}");
    assertThat(engine.api("CONSUMER.CREATE.S.e", same))
        .contains("\"name\":\"e\"")
        .doesNotContain("err_code");
  }

  @Test
  void aWaitingPullGetsWhatIsPublishedLater() {
    streamWith(0);
    durable("");
    Inbox inbox = engine.pull("S.c", "{\"batch\":2,\"expires\":5000000000}");
    assertThat(inbox.messages).isEmpty();
    engine.publish("s.x", "later");
    assertThat(inbox.only().payload()).isEqualTo("later");
  }

  @Test
  void aConsumerInMemoryEndsWithTheProcess() {
    streamWith(1);
    durable(",\"mem_storage\":true");
    engine.ack(engine.pull("S.c", "1").only(), "+ACK");
    assertThat(info()).contains("\"num_pending\":0");
    engine.crash();
    assertThat(info()).contains("\"err_code\":10014");
    durable(",\"mem_storage\":true");
    engine.restart();
    assertThat(info()).contains("\"err_code\":10014");
    durable("");
    engine.restart();
    assertThat(info()).contains("\"num_pending\":1");
  }

  @Test
  void anUnacknowledgedMessageComesAgainAfterTheAckWait() {
    streamWith(1);
    durable(",\"ack_wait\":1000000000");
    engine.pull("S.c", "1").only();
    Inbox inbox = engine.pull("S.c", "{\"batch\":1,\"expires\":60000000000}");
    engine.runMillis(990);
    assertThat(inbox.messages).isEmpty();
    engine.runMillis(20);
    Got again = inbox.only();
    assertThat(again.reply()).startsWith("$JS.ACK.S.c.2.1.2.");
    engine.ack(again, "+ACK");
    assertThat(info())
        .contains("\"num_ack_pending\":0")
        .contains("\"ack_floor\":{\"consumer_seq\":2,\"stream_seq\":1");
  }

  @Test
  void aNakBringsItBackAtOnceOrAfterItsDelay() {
    streamWith(1);
    durable("");
    Got first = engine.pull("S.c", "1").only();
    Inbox inbox = engine.pull("S.c", "{\"batch\":2,\"expires\":60000000000}");
    engine.ack(first, "-NAK");
    Got second = inbox.only();
    engine.ack(second, "-NAK {\"delay\":2000000000}");
    engine.runMillis(1990);
    assertThat(inbox.messages).isEmpty();
    engine.runMillis(30);
    assertThat(inbox.only().reply()).startsWith("$JS.ACK.S.c.3.1.3.");
  }

  @Test
  void atMaxAckPendingNothingNewGoesOutUntilAnAck() {
    streamWith(3);
    durable(",\"max_ack_pending\":2");
    Inbox inbox = engine.pull("S.c", "{\"batch\":3,\"expires\":60000000000}");
    assertThat(inbox.messages).hasSize(2);
    engine.ack(inbox.messages.get(0), "+ACK");
    assertThat(inbox.messages).hasSize(3);
  }

  @Test
  void terminatedMessagesDoNotComeAgain() {
    streamWith(1);
    durable(",\"ack_wait\":100000000");
    Inbox advisories = engine.bus.inbox("$JS.EVENT.ADVISORY.>");
    engine.ack(engine.pull("S.c", "1").only(), "+TERM no good");
    assertThat(advisories.drain())
        .anyMatch(got -> got.payload().contains("\"reason\":\"no good\""));
    engine.runMillis(500);
    assertThat(engine.pull("S.c", "{\"batch\":1,\"no_wait\":true}").only().status()).isEqualTo(404);
  }

  @Test
  void afterMaxDeliverAMessageStaysInTheStreamAndIsNotPending() {
    streamWith(1);
    durable(",\"ack_wait\":100000000,\"max_deliver\":2");
    Inbox advisories = engine.bus.inbox("$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.>");
    Inbox inbox = engine.pull("S.c", "{\"batch\":5,\"expires\":60000000000}");
    engine.runMillis(1_000);
    assertThat(inbox.messages).hasSize(2);
    assertThat(advisories.only().payload()).contains("\"deliveries\":2");
    assertThat(info()).contains("\"num_ack_pending\":0");
    assertThat(engine.api("STREAM.INFO.S", "")).contains("\"messages\":1");
  }

  @Test
  void ackNextSettlesAndPullsInOne() {
    streamWith(2);
    durable("");
    Got first = engine.pull("S.c", "1").only();
    Inbox next = engine.inbox();
    engine.bus.publish(
        first.reply(), next.subject, SimulatedBus.bytes(""), SimulatedBus.bytes("+NXT"));
    engine.simulation.runReady();
    assertThat(next.only().payload()).isEqualTo("m2");
    assertThat(info()).contains("\"ack_floor\":{\"consumer_seq\":1,\"stream_seq\":1");
  }

  @Test
  void aConfirmedAckIsAnsweredAndSurvivesACrash() {
    streamWith(2);
    durable("");
    Got first = engine.pull("S.c", "1").only();
    Got answer = engine.request(first.reply(), "+ACK");
    assertThat(answer.payload()).isEmpty();
    engine.crash();
    assertThat(info())
        .contains("\"ack_floor\":{\"consumer_seq\":1,\"stream_seq\":1")
        .contains("\"num_pending\":1");
    assertThat(engine.pull("S.c", "1").only().payload()).isEqualTo("m2");
  }

  @Test
  void deletingTheConsumerTellsItsPulls() {
    streamWith(0);
    durable("");
    Inbox inbox = engine.pull("S.c", "{\"batch\":1,\"expires\":60000000000}");
    assertThat(engine.api("CONSUMER.DELETE.S.c", "")).contains("\"success\":true");
    assertThat(inbox.only().statusText()).isEqualTo("Consumer Deleted");
    assertThat(
            engine.bus.publish(
                "$JS.API.CONSUMER.MSG.NEXT.S.c",
                "_INBOX.x",
                SimulatedBus.bytes(""),
                SimulatedBus.bytes("")))
        .isZero();
  }

  @Test
  void anIdleEphemeralGoesAwayAndADurableStays() {
    streamWith(1);
    durable("");
    String created =
        engine.api(
            "CONSUMER.CREATE.S",
            "{\"stream_name\":\"S\",\"config\":{\"ack_policy\":\"explicit\"}}");
    assertThat(created).contains("\"inactive_threshold\":5000000000");
    assertThat(engine.api("CONSUMER.NAMES.S", "")).contains("\"total\":2");
    engine.runMillis(5_000);
    assertThat(engine.api("CONSUMER.NAMES.S", "")).contains("\"total\":2");
    engine.runMillis(1_200);
    assertThat(engine.api("CONSUMER.NAMES.S", "")).contains("\"total\":1");
  }

  @Test
  void heartbeatsComeWhileAPullWaits() {
    streamWith(0);
    durable("");
    Inbox inbox =
        engine.pull("S.c", "{\"batch\":1,\"expires\":1000000000,\"idle_heartbeat\":300000000}");
    engine.runMillis(1_050);
    assertThat(inbox.drain()).extracting(Got::status).containsExactly(100, 100, 100, 408);
  }

  @Test
  void resetBelowTheStartTimeIsRefusedAlsoWhileNothingIsBehindIt() {
    streamWith(3);
    durable(",\"deliver_policy\":\"by_start_time\",\"opt_start_time\":\"2100-01-01T00:00:00Z\"");
    assertThat(engine.api("CONSUMER.RESET.S.c", "{\"seq\":3}"))
        .contains("\"err_code\":10204", "below start time");
    assertThat(engine.api("CONSUMER.RESET.S.c", "{\"seq\":4}")).contains("\"reset_seq\":4");
  }

  @Test
  void messagesBeforeTheBeginOfAConsumerThatIsAheadAreNotPending() {
    streamWith(1);
    durable("");
    engine.api("CONSUMER.RESET.S.c", "{\"seq\":4}");
    engine.publish("s.2", "m2");
    engine.publish("s.3", "m3");
    assertThat(info()).contains("\"num_pending\":0");
    engine.publish("s.4", "m4");
    assertThat(info()).contains("\"num_pending\":1");
    assertThat(engine.pull("S.c", "1").only().payload()).isEqualTo("m4");
  }

  @Test
  void resetConsumerBeginsAnewAlsoAfterACrash() {
    streamWith(4);
    durable("");
    engine.pull("S.c", "3").drain().forEach(each -> engine.ack(each, "+ACK"));
    String answer = engine.api("CONSUMER.RESET.S.c", "{\"seq\":2}");
    assertThat(answer).contains("\"reset_seq\":2", "\"num_pending\":3");
    engine.crash();
    Got first = engine.pull("S.c", "1").only();
    assertThat(first.reply()).startsWith("$JS.ACK.S.c.1.2.1.");
    engine.ack(first, "+ACK");
    assertThat(engine.api("CONSUMER.RESET.S.c", "")).contains("\"reset_seq\":3");
  }

  @Test
  void replayAtOriginalSpeedKeepsThePausesOfWhatWasThere() {
    streamWith(1);
    engine.runMillis(400);
    engine.publish("s.x", "later");
    engine.runMillis(200);
    durable(",\"replay_policy\":\"original\"");
    Inbox inbox = engine.pull("S.c", "{\"batch\":3,\"expires\":60000000000}");
    assertThat(inbox.only().payload()).isEqualTo("m1");
    engine.runMillis(399);
    assertThat(inbox.messages).isEmpty();
    engine.runMillis(2);
    assertThat(inbox.only().payload()).isEqualTo("later");
    engine.runMillis(5_000);
    engine.publish("s.y", "new");
    assertThat(inbox.only().payload()).isEqualTo("new");
  }
}
