// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.engine.SimulatedBus.Got;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mirrors and sources that name a durable consumer of the stream that they take from. */
class DurableOriginTest extends OriginFixture {
  private static final String NAMED =
      "{\"name\":\"O\",\"consumer\":{\"name\":\"d\",\"deliver_subject\":\"over\"}}";

  private String consumer(String ackPolicy) {
    String flowControl =
        ackPolicy.equals("flow_control") ? ",\"flow_control\":true,\"max_ack_pending\":3" : "";
    return engine.api(
        "CONSUMER.CREATE.O.d",
        "{\"stream_name\":\"O\",\"config\":{\"durable_name\":\"d\",\"deliver_subject\":\"over\","
            + "\"idle_heartbeat\":1000000000,\"ack_policy\":\""
            + ackPolicy
            + "\""
            + flowControl
            + "}}");
  }

  private void origin(String retention) {
    create("O", "\"subjects\":[\"o.>\"],\"retention\":\"" + retention + "\"");
    assertThat(consumer("flow_control")).doesNotContain("error");
  }

  @Test
  void mirrorTakesWhatItsConsumerDelivers() {
    origin("limits");
    publish(1, 4);
    engine.api("STREAM.MSG.DELETE.O", "{\"seq\":2}");
    create("M", "\"allow_direct\":true,\"mirror\":" + NAMED);
    publish(5, 20);
    engine.runMillis(2_000);
    assertThat(payloads("M", 1, 6)).containsExactly("m1", "-", "m3", "m4", "m5", "m6");
    assertThat(info("M")).contains("\"messages\":19,", "\"last_seq\":20", "\"lag\":0");
    assertThat(engine.api("CONSUMER.INFO.O.d", ""))
        .contains("\"ack_floor\":{\"consumer_seq\":19,\"stream_seq\":20", "\"num_ack_pending\":0");
  }

  @Test
  void sourceSaysWhichConsumerBroughtAMessage() {
    origin("limits");
    create("S", "\"allow_direct\":true,\"sources\":[" + NAMED + "]");
    publish(1, 1);
    assertThat(message("S", 1).headers().first("Nats-Stream-Source"))
        .matches("O:C=" + Names.hash("d") + " 1 > > o\\.1 \\w{8}");
    assertThat(info("S")).contains("\"name\":\"O\",\"lag\":0,\"seq\":1,");
  }

  @Test
  void nothingIsAcknowledgedThatIsNotInTheOtherStream() {
    origin("workqueue");
    create(
        "S",
        "\"allow_direct\":true,\"max_msgs\":5,\"discard\":\"new\",\"sources\":[" + NAMED + "]");
    publish(1, 9);
    engine.runMillis(5_000);
    assertThat(info("S")).contains("\"messages\":5,", "maximum messages exceeded");
    // three are acknowledged at a time, when the last of them is durable
    assertThat(info("O")).contains("\"messages\":6,", "\"first_seq\":4");
    engine.crash();
    engine.runMillis(15_000);
    assertThat(info("S")).contains("\"messages\":5,");
    engine.api("STREAM.PURGE.S", "");
    engine.runMillis(20_000);
    assertThat(payloads("S", 6, 9)).containsExactly("m6", "m7", "m8", "m9");
    assertThat(info("O")).contains("\"messages\":0,");
  }

  @Test
  void allGoesOnAfterRestartsAndCrashes() {
    origin("workqueue");
    create("S", "\"allow_direct\":true,\"sources\":[" + NAMED + "]");
    List<String> expected = new ArrayList<>();
    for (int i = 1; i <= 40; i++) {
      publish(i, i);
      expected.add("m" + i);
      if (i % 4 == 0) {
        engine.crash();
      } else if (i % 7 == 0) {
        engine.restart();
      }
    }
    engine.runMillis(30_000);
    assertThat(payloads("S", 1, 40)).isEqualTo(expected);
    assertThat(info("S")).contains("\"messages\":40,", "\"last_seq\":40");
    assertThat(info("O")).contains("\"messages\":0,");
  }

  @Test
  void sourceThatWasMadeAnewIsTakenFromItsBegin() {
    origin("limits");
    create("S", "\"allow_direct\":true,\"sources\":[" + NAMED + "]");
    publish(1, 3);
    engine.api("STREAM.DELETE.O", "");
    engine.runMillis(10);
    origin("limits");
    publish(1, 2);
    engine.runMillis(30_000);
    assertThat(payloads("S", 1, 5)).containsExactly("m1", "m2", "m3", "m1", "m2");
  }

  @Test
  void consumerThatComesLaterIsTakenUpSoon() {
    create("S", "\"allow_direct\":true,\"sources\":[" + NAMED + "]");
    engine.runMillis(6_000);
    assertThat(info("S")).contains("\"err_code\":10014");
    create("O", "\"subjects\":[\"o.>\"]");
    publish(1, 2);
    engine.runMillis(300_000); // asks every two minutes now
    assertThat(consumer("flow_control")).doesNotContain("error");
    engine.runMillis(4_000);
    assertThat(payloads("S", 1, 2)).containsExactly("m1", "m2");
    assertThat(info("S")).doesNotContain("err_code");
  }

  @Test
  void consumerThatDoesNotAcknowledgeIsRefused() {
    create("O", "\"subjects\":[\"o.>\"]");
    assertThat(consumer("explicit")).doesNotContain("error");
    create("S", "\"sources\":[" + NAMED + "]");
    create("M", "\"mirror\":" + NAMED);
    engine.runMillis(100);
    assertThat(info("S")).contains("\"err_code\":10217");
    assertThat(info("M")).contains("\"err_code\":10214");
  }

  @Test
  void deliveriesThatAreMissingAreAskedForAgain() {
    origin("limits");
    create("S", "\"allow_direct\":true,\"sources\":[" + NAMED + "]");
    publish(1, 2);
    // as if deliveries 3 and 4 had been lost on the way
    engine.bus.publish("over", "$JS.ACK.O.d.1.5.5.1.0", new byte[0], SimulatedBus.bytes("far"));
    engine.runMillis(4_000);
    publish(3, 4);
    engine.runMillis(4_000);
    assertThat(payloads("S", 1, 4)).containsExactly("m1", "m2", "m3", "m4");
    assertThat(info("S")).contains("\"messages\":4,");
  }

  @Test
  void whatOthersSendToTheDeliverSubjectIsNotTaken() {
    origin("limits");
    create("S", "\"sources\":[" + NAMED + "]");
    publish(1, 1);
    engine.send("over", "", "plain");
    engine.send("over", "$JS.ACK.O.other.1.2.2.1.0", "of another consumer");
    engine.send("over", "$JS.ACK.P.d.1.2.2.1.0", "of another stream");
    publish(2, 2);
    assertThat(info("S")).contains("\"messages\":2,", "\"last_seq\":2");
  }

  @Test
  void consumerThatFallsSilentIsReset() {
    origin("limits");
    create("S", "\"allow_direct\":true,\"sources\":[" + NAMED + "]");
    publish(1, 1);
    engine.api("CONSUMER.DELETE.O.d", "");
    publish(2, 2);
    engine.runMillis(20_000);
    assertThat(info("S")).contains("\"err_code\":10014");
    assertThat(consumer("flow_control")).doesNotContain("error");
    engine.runMillis(4_000);
    publish(3, 3);
    assertThat(payloads("S", 1, 3)).containsExactly("m1", "m2", "m3");
  }

  @Test
  void answersThatDoNotReachTheConsumerAreTold() {
    origin("limits");
    create("S", "\"sources\":[" + NAMED + "]");
    publish(1, 1);
    for (int i = 1; i <= 3; i++) {
      engine.bus.publish(
          "over",
          "",
          SimulatedBus.bytes(
              "NATS/1.0 100 Idle Heartbeat\r\nNats-Last-Consumer: 1\r\nNats-Last-Stream: 1\r\n"
                  + "Nats-Consumer-Stalled: $JS.FC.O.d.lost\r\n\r\n"),
          new byte[0]);
      engine.simulation.runReady();
    }
    assertThat(info("S")).contains("\"err_code\":10228");
    publish(2, 2);
    assertThat(info("S")).contains("\"messages\":2,").doesNotContain("err_code");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "\"name\":\"a.b\",\"deliver_subject\":\"x\" | ",
        "\"deliver_subject\":\"x\" | ",
        "\"name\":\"d\" | ",
        "\"name\":\"d\",\"deliver_subject\":\"x.*\" | ",
        "\"name\":\"d\",\"deliver_subject\":\"x\" | ,\"opt_start_seq\":3",
        "\"name\":\"d\",\"deliver_subject\":\"x\" | ,\"opt_start_time\":\"2026-01-01T00:00:00Z\"",
        "\"name\":\"d\",\"deliver_subject\":\"x\" | ,\"filter_subject\":\"o.1\"",
      })
  void consumersThatCannotBeUsedAreRefused(String consumer, String more) {
    String named =
        "{\"name\":\"O\",\"consumer\":{" + consumer + "}" + (more == null ? "" : more) + "}";
    assertThat(engine.api("STREAM.CREATE.S", "{\"name\":\"S\",\"sources\":[" + named + "]}"))
        .contains("\"err_code\":10215");
    assertThat(engine.api("STREAM.CREATE.M", "{\"name\":\"M\",\"mirror\":" + named + "}"))
        .contains("\"err_code\":10213");
  }

  @Test
  void oneConsumerServesOneSource() {
    String again =
        "{\"name\":\"O\",\"consumer\":{\"name\":\"d\",\"deliver_subject\":\"other\"},"
            + "\"subject_transforms\":[{\"src\":\"o.1\",\"dest\":\"x\"}]}";
    assertThat(
            engine.api(
                "STREAM.CREATE.S", "{\"name\":\"S\",\"sources\":[" + NAMED + "," + again + "]}"))
        .contains("\"err_code\":10216");
  }

  @Test
  void consumersThatOtherServersMakeAreTiedToTheStream() {
    create("O", "\"subjects\":[\"o.>\"],\"retention\":\"workqueue\"");
    publish(1, 2);
    String body =
        "{\"stream_name\":\"O\",\"config\":{\"name\":\"JS_SRC_x\",\"direct\":true,"
            + "\"sourcing\":true,\"deliver_subject\":\"there\",\"ack_policy\":\"none\","
            + "\"max_deliver\":1,\"ack_wait\":79200000000000,\"flow_control\":true,"
            + "\"idle_heartbeat\":1000000000,\"inactive_threshold\":10000000000}}";
    Got made =
        engine.request("$JS.API.CONSUMER.CREATE.O.JS_SRC_x", body, "Nats-Stream-Identity", "");
    String identity = made.headers().first("Nats-Stream-Identity");
    assertThat(identity).matches("\\w{8}");
    assertThat(made.payload())
        .contains("\"durable_name\":\"JS_SRC_x\"", "\"ack_policy\":\"flow_control\"")
        .doesNotContain("error", "\"direct\"");
    assertThat(
            engine
                .request(
                    "$JS.API.CONSUMER.CREATE.O.JS_SRC_x", body, "Nats-Stream-Identity", "other")
                .payload())
        .contains("\"err_code\":10225", "does not match: " + identity);
    Got reset = engine.request("$JS.API.CONSUMER.RESET.O.JS_SRC_x", "", "Nats-Stream-Identity", "");
    assertThat(reset.headers().first("Nats-Stream-Identity")).isEqualTo(identity);
  }
}
