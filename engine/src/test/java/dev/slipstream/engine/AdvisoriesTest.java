// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.protocol.api.AccountLimits;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What whoever listens is told; the fields are compared with the public server's elsewhere. */
class AdvisoriesTest {
  private static final EngineOptions OPTIONS =
      new EngineOptions(
          "sim", "2.15.2", 1, "HUB", true, -1, -1, 0, 0, 0, 0, 1 << 20, BatchLimits.DEFAULT, 4096);

  private final EngineHarness server = new EngineHarness(1, OPTIONS, AccountLimits.UNLIMITED);

  private void stream() {
    server.api("STREAM.CREATE.S", "{\"name\":\"S\",\"subjects\":[\"s.>\"]}");
  }

  @Test
  void endOfAPauseIsToldAlsoAfterARestart() {
    stream();
    server.createConsumer("C", "\"durable_name\":\"C\"");
    String pause = "$JS.EVENT.ADVISORY.CONSUMER.PAUSE.S.C";
    SimulatedBus.Inbox told = server.bus.inbox(pause);
    String until = "{\"pause_until\":\"" + in60Seconds() + "\"}";
    server.api("CONSUMER.PAUSE.S.C", until);
    assertThat(told.only().payload())
        .contains("\"paused\":true", "io.nats.jetstream.advisory.v1.consumer_pause")
        .endsWith(",\"domain\":\"HUB\"}");
    server.api("CONSUMER.PAUSE.S.C", until);
    assertThat(told.drain()).isEmpty();
    server.restart();
    told = server.bus.inbox(pause);
    server.runMillis(59_000);
    assertThat(told.drain()).isEmpty();
    server.runMillis(2_000);
    assertThat(told.only().payload()).contains("\"paused\":false");
  }

  private String in60Seconds() {
    return dev.slipstream.base.Clock.instant(
            server.simulation.clock().epochNanos() + 60_000_000_000L)
        .toString();
  }

  @Test
  void ackMetricMeasuresFromTheLastDelivery() {
    stream();
    server.createConsumer(
        "C", "\"durable_name\":\"C\",\"ack_policy\":\"explicit\",\"sample_freq\":\"100\"");
    server.publish("s.a", "");
    server.runMillis(5_000);
    SimulatedBus.Inbox metrics = server.bus.inbox("$JS.EVENT.METRIC.CONSUMER.ACK.S.C");
    SimulatedBus.Got message = server.pull("S.C", "").only();
    server.runMillis(200);
    server.ack(message, "+TERM");
    assertThat(metrics.drain()).isEmpty();
    server.publish("s.a", "");
    message = server.pull("S.C", "").only();
    server.runMillis(200);
    server.ack(message, "+ACK");
    String metric = metrics.only().payload();
    long nanos = Long.parseLong(metric.replaceAll(".*\"ack_time\":(\\d+).*", "$1"));
    assertThat(nanos).isBetween(200_000_000L, 210_000_000L);
  }

  @Test
  void anAuditSaysWhoAskedWhatAndWhatWasAnswered() {
    SimulatedBus.Inbox audits = server.bus.inbox("$JS.EVENT.ADVISORY.API");
    server.bus.publisher("{\"acc\":\"$G\"}");
    byte[] body = SimulatedBus.bytes("{}");
    server.bus.publish("$JS.API.STREAM.INFO.X", "", new byte[0], body);
    server.simulation.runReady();
    assertThat(audits.only().payload())
        .contains(
            "\"server\":\"sim\",\"client\":{\"acc\":\"$G\"},\"subject\":\"$JS.API.STREAM.INFO.X\","
                + "\"request\":\"{}\",\"response\":\"{\\\"type\\\":")
        .endsWith(",\"domain\":\"HUB\"}");
  }

  @Test
  void systemAccountHasNoStreamsAndIsToldSo() {
    SimulatedBus.Inbox inbox = server.system.inbox("_INBOX.sys");
    for (String call : List.of("STREAM.NAMES", "NO.SUCH", "INFO")) {
      server.system.publish("$JS.API." + call, inbox.subject, new byte[0], new byte[0]);
    }
    server.simulation.runReady();
    assertThat(inbox.drain())
        .extracting(SimulatedBus.Got::payload)
        .allMatch(answer -> answer.contains("10039"))
        .satisfiesExactly(
            names -> assertThat(names).contains("v1.system_response"),
            unknown -> assertThat(unknown).contains("v1.system_response"),
            info -> assertThat(info).contains("v1.account_info_response"));
  }
}
