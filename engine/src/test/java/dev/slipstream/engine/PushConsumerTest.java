// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.engine.SimulatedBus.Got;
import dev.slipstream.engine.SimulatedBus.Inbox;
import java.util.List;
import org.junit.jupiter.api.Test;

class PushConsumerTest {
  private final EngineHarness engine = new EngineHarness(1);

  private void streamWith(int messages) {
    assertThat(engine.api("STREAM.CREATE.S", "{\"name\":\"S\",\"subjects\":[\"s.>\"]}"))
        .contains("\"did_create\":true");
    publish(1, messages);
  }

  private void publish(int first, int last) {
    for (int i = first; i <= last; i++) {
      engine.publish("s." + i, "m" + i);
    }
  }

  private String create(String deliverSubject, String more) {
    String to = "\"deliver_subject\":\"" + deliverSubject + "\"";
    return engine.createConsumer(
        "c", "\"durable_name\":\"c\",\"ack_policy\":\"explicit\"," + to + more);
  }

  private void durable(String more) {
    assertThat(create("push.c", more)).contains("\"name\":\"c\"").doesNotContain("error");
  }

  private String info() {
    return engine.api("CONSUMER.INFO.S.c", "");
  }

  private static List<String> payloads(Inbox inbox) {
    return inbox.drain().stream().map(Got::payload).toList();
  }

  @Test
  void messagesGoToWhoeverIsSubscribedToTheDeliverSubject() {
    streamWith(2);
    durable("");
    assertThat(info()).contains("\"num_pending\":2").doesNotContain("push_bound");
    Inbox inbox = engine.bus.inbox("push.c");
    engine.simulation.runReady();
    assertThat(inbox.messages.get(0).subject()).isEqualTo("s.1");
    assertThat(inbox.messages.get(0).reply()).matches("\\$JS\\.ACK\\.S\\.c\\.1\\.1\\.1\\.\\d+\\.1");
    assertThat(payloads(inbox)).containsExactly("m1", "m2");
    assertThat(info()).contains("\"push_bound\":true", "\"num_ack_pending\":2");
    publish(3, 3);
    assertThat(payloads(inbox)).containsExactly("m3");
  }

  @Test
  void nothingIsSentWhileNobodyIsSubscribed() {
    streamWith(0);
    durable("");
    Inbox inbox = engine.bus.inbox("push.c");
    engine.bus.drop(inbox);
    publish(1, 2);
    assertThat(info()).contains("\"num_pending\":2", "\"num_ack_pending\":0");
    Inbox wildcard = engine.bus.inbox("push.*"); // only the exact subject counts
    engine.simulation.runReady();
    assertThat(wildcard.messages).isEmpty();
    assertThat(info()).contains("\"num_pending\":2");
  }

  @Test
  void unacknowledgedMessagesComeAgainUnasked() {
    streamWith(1);
    durable(",\"ack_wait\":1000000000");
    Inbox inbox = engine.bus.inbox("push.c");
    engine.simulation.runReady();
    assertThat(payloads(inbox)).containsExactly("m1");
    engine.runMillis(1_010);
    Got again = inbox.only();
    assertThat(again.reply()).startsWith("$JS.ACK.S.c.2.1.2.");
    engine.ack(again, "+ACK");
    engine.runMillis(5_000);
    assertThat(inbox.messages).isEmpty();
  }

  @Test
  void heartbeatsTellThatNothingCame() {
    streamWith(1);
    durable(",\"idle_heartbeat\":200000000");
    engine.runMillis(1_000);
    Inbox inbox = engine.bus.inbox("push.c");
    engine.simulation.runReady();
    assertThat(payloads(inbox)).containsExactly("m1");
    engine.runMillis(199);
    assertThat(inbox.messages).isEmpty();
    engine.runMillis(2);
    Got heartbeat = inbox.only();
    assertThat(heartbeat.status()).isEqualTo(100);
    assertThat(heartbeat.statusText()).isEqualTo("Idle Heartbeat");
    assertThat(heartbeat.headers().first("Nats-Last-Consumer")).isEqualTo("1");
    assertThat(heartbeat.headers().first("Nats-Last-Stream")).isEqualTo("1");
    engine.runMillis(1_000);
    assertThat(inbox.drain()).hasSize(5);
  }

  @Test
  void receiverThatDoesNotAnswerFlowControlGetsNoMore() {
    streamWith(0);
    String payload = "x".repeat(100_000);
    for (int i = 0; i < 60; i++) {
      engine.publish("s.x", payload);
    }
    durable(",\"flow_control\":true,\"idle_heartbeat\":1000000000");
    Inbox inbox = engine.bus.inbox("push.c");
    engine.simulation.runReady();
    List<Got> got = inbox.drain();
    Got request = got.stream().filter(each -> each.status() == 100).findFirst().orElseThrow();
    assertThat(request.statusText()).isEqualTo("FlowControl Request");
    assertThat(request.reply()).matches("\\$JS\\.FC\\.S\\.c\\.[0-9A-Za-z]{4}");
    assertThat(got).hasSize(22); // 2 MiB are 21 messages
    engine.runMillis(1_000);
    assertThat(inbox.only().headers().first("Nats-Consumer-Stalled")).isEqualTo(request.reply());
    engine.bus.publish("$JS.FC.S.c.zzzzz", "", new byte[0], new byte[0]);
    engine.simulation.runReady();
    assertThat(inbox.messages).isEmpty();
    engine.bus.publish(request.reply(), "", new byte[0], new byte[0]);
    engine.simulation.runReady();
    assertThat(inbox.drain()).hasSizeGreaterThan(30);
  }

  @Test
  void rateLimitSpreadsMessagesOverTime() {
    streamWith(0);
    for (int i = 0; i < 40; i++) {
      engine.publish("s.x", "x".repeat(100_000));
    }
    durable(",\"rate_limit_bps\":8000000"); // a megabyte a second
    Inbox inbox = engine.bus.inbox("push.c");
    engine.simulation.runReady();
    assertThat(inbox.drain()).hasSize(10); // what may be sent at once
    engine.runMillis(1_000);
    assertThat(inbox.drain()).hasSizeBetween(9, 11);
    engine.runMillis(3_000);
    assertThat(info()).contains("\"num_pending\":0");
  }

  @Test
  void ephemeralEndsWhenNobodyWasSubscribedForItsInactiveThreshold() {
    streamWith(1);
    Inbox inbox = engine.bus.inbox("push.e");
    assertThat(engine.createConsumer("e", "\"name\":\"e\",\"deliver_subject\":\"push.e\""))
        .contains("\"inactive_threshold\":5000000000");
    engine.runMillis(60_000);
    assertThat(payloads(inbox)).containsExactly("m1");
    engine.bus.drop(inbox);
    engine.runMillis(4_000);
    assertThat(engine.api("CONSUMER.INFO.S.e", "")).contains("\"name\":\"e\"");
    engine.runMillis(3_000);
    assertThat(engine.api("CONSUMER.INFO.S.e", "")).contains("\"err_code\":10014");
  }

  @Test
  void newDeliverSubjectIsRefusedWhileTheOldOneIsHeardAndGetsWhatIsPending() {
    streamWith(1);
    durable("");
    Inbox inbox = engine.bus.inbox("push.c");
    engine.simulation.runReady();
    assertThat(payloads(inbox)).containsExactly("m1");
    assertThat(create("push.d", "")).contains("\"err_code\":10013");
    engine.bus.drop(inbox);
    Inbox elsewhere = engine.bus.inbox("push.d");
    assertThat(create("push.d", "")).doesNotContain("error");
    engine.simulation.runReady();
    assertThat(payloads(elsewhere)).containsExactly("m1");
    assertThat(engine.api("CONSUMER.INFO.S.c", "")).contains("\"deliver_subject\":\"push.d\"");
  }

  @Test
  void pullRequestsAreToldThatItIsPushBased() {
    streamWith(1);
    durable("");
    assertThat(engine.pull("S.c", "1").only().statusText()).isEqualTo("Consumer is push based");
  }

  @Test
  void goesOnAfterARestartWithWhatWasNotAcknowledged() {
    streamWith(3);
    durable(",\"ack_wait\":1000000000");
    Inbox inbox = engine.bus.inbox("push.c");
    engine.simulation.runReady();
    engine.ack(inbox.drain().get(1), "+ACK");
    engine.restart();
    Inbox again = engine.bus.inbox("push.c");
    engine.runMillis(2_000);
    assertThat(again.drain()).extracting(Got::streamSeq).contains(1L, 3L).doesNotContain(2L);
  }
}
