// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.engine.SimulatedBus.Got;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams that keep messages for their consumers only: interest and work-queue retention. */
class InterestTest {
  private final EngineHarness engine = new EngineHarness(1);

  private void stream(String retention, String more) {
    assertThat(
            engine.api(
                "STREAM.CREATE.S",
                "{\"name\":\"S\",\"subjects\":[\"s.>\"],\"retention\":\""
                    + retention
                    + "\""
                    + more
                    + "}"))
        .contains("\"did_create\":true");
  }

  private String consumer(String name, String more) {
    return consumer(name, "explicit", more);
  }

  private String consumer(String name, String ackPolicy, String more) {
    return engine.createConsumer(
        name, "\"durable_name\":\"" + name + "\",\"ack_policy\":\"" + ackPolicy + "\"" + more);
  }

  private void durable(String name, String more) {
    assertThat(consumer(name, more)).contains("\"name\":\"" + name + "\"").doesNotContain("error");
  }

  private void publish(int count) {
    for (int i = 1; i <= count; i++) {
      assertThat(engine.publish("s." + i, "m" + i)).doesNotContain("error");
    }
  }

  private String state() {
    return engine.api("STREAM.INFO.S", "");
  }

  private List<Got> take(String consumer, int count) {
    List<Got> taken = engine.pull("S." + consumer, String.valueOf(count)).drain();
    assertThat(taken).hasSize(count);
    return taken;
  }

  private void ackSync(Got message) {
    assertThat(engine.request(message.reply(), "+ACK").payload()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "memory"})
  void acknowledgedItemOfWorkLeavesBeforeItsAckIsAnswered(String storage) {
    stream("workqueue", ",\"storage\":\"" + storage + "\"");
    durable("c", "");
    publish(3);
    List<Got> taken = take("c", 2);
    ackSync(taken.get(1));
    assertThat(state()).contains("\"messages\":2,", "\"num_deleted\":1");
    ackSync(taken.get(0));
    assertThat(state()).contains("\"messages\":1,", "\"first_seq\":3");
  }

  @Test
  void whatIsDoneWithStaysAwayAfterARestartAndACrash() {
    stream("workqueue", "");
    durable("c", "");
    publish(5);
    List<Got> taken = take("c", 4);
    ackSync(taken.get(0));
    engine.restart();
    assertThat(state()).contains("\"messages\":4,", "\"first_seq\":2");
    ackSync(taken.get(2));
    engine.crash();
    assertThat(state()).contains("\"messages\":3,", "\"first_seq\":2", "\"num_deleted\":1");
    engine.runMillis(31_000);
    assertThat(engine.pull("S.c", "10").drain())
        .extracting(Got::streamSeq)
        .containsExactlyInAnyOrder(2L, 4L, 5L);
  }

  @Test
  void limitsCountWhatIsStillThereAlsoWhenTheLogIsReadAgain() {
    stream("workqueue", ",\"max_msgs\":3");
    durable("c", "");
    publish(3);
    List<Got> taken = take("c", 3);
    ackSync(taken.get(1));
    ackSync(taken.get(2));
    publish(2);
    assertThat(state()).contains("\"messages\":3,", "\"first_seq\":1");
    engine.crash();
    assertThat(state()).contains("\"messages\":3,", "\"first_seq\":1");
  }

  @Test
  void workThatNoConsumerIsForWaits() {
    stream("workqueue", "");
    durable("a", ",\"filter_subject\":\"s.1\"");
    publish(2);
    ackSync(take("a", 1).get(0));
    engine.restart();
    assertThat(state()).contains("\"messages\":1,", "\"first_seq\":2");
    durable("b", ",\"filter_subject\":\"s.2\"");
    ackSync(take("b", 1).get(0));
    assertThat(state()).contains("\"messages\":0,");
  }

  @Test
  void consumersOfAWorkQueueShareNothing() {
    stream("workqueue", "");
    assertThat(consumer("x", ",\"deliver_policy\":\"new\"")).contains("\"err_code\":10101");
    durable("a", ",\"filter_subject\":\"s.1.>\"");
    assertThat(consumer("b", "")).contains("\"err_code\":10099");
    assertThat(consumer("b", ",\"filter_subject\":\"s.*.2\"")).contains("\"err_code\":10100");
    durable("b", ",\"filter_subject\":\"s.2.>\"");
    assertThat(consumer("b", ",\"filter_subject\":\"s.>\"")).contains("\"err_code\":10100");
    assertThat(consumer("n", "none", "")).contains("\"err_code\":10084");
  }

  @Test
  void messageThatNobodyIsInterestedInHasASequenceOnly() {
    stream("interest", "");
    assertThat(engine.publish("s.1", "x", "Nats-Msg-Id", "a"))
        .isEqualTo("{\"stream\":\"S\",\"seq\":1}");
    assertThat(engine.publish("s.1", "x", "Nats-Msg-Id", "a")).contains("\"duplicate\": true");
    durable("c", ",\"filter_subject\":\"s.2\"");
    publish(3);
    assertThat(state()).contains("\"messages\":1,", "\"first_seq\":3", "\"last_seq\":4");
    engine.crash();
    assertThat(state()).contains("\"messages\":1,", "\"first_seq\":3", "\"last_seq\":4");
    assertThat(engine.publish("s.1", "x", "Nats-Msg-Id", "a")).contains("\"duplicate\": true");
    assertThat(take("c", 1)).extracting(Got::payload).containsExactly("m2");
  }

  @Test
  void messageLeavesWhenAllWhomItConcernsHaveDoneWithIt() {
    stream("interest", "");
    durable("a", "");
    durable("b", "");
    assertThat(consumer("all", "all", "")).doesNotContain("error");
    publish(3);
    take("a", 3).forEach(this::ackSync);
    List<Got> taken = take("b", 3);
    ackSync(taken.get(0));
    ackSync(taken.get(2));
    assertThat(state()).contains("\"messages\":3,");
    ackSync(take("all", 3).get(2));
    assertThat(state()).contains("\"first_seq\":2");
    engine.crash();
    ackSync(taken.get(1));
    engine.simulation.runReady();
    assertThat(state()).contains("\"last_seq\":3");
  }

  @Test
  void deletedConsumerNeedsNothing() {
    stream("interest", "");
    durable("a", "");
    durable("b", "");
    publish(4);
    take("a", 2).forEach(this::ackSync);
    assertThat(engine.api("CONSUMER.DELETE.S.b", "")).contains("\"success\":true");
    engine.simulation.runReady();
    assertThat(state()).contains("\"messages\":2,", "\"first_seq\":3");
    assertThat(engine.api("CONSUMER.DELETE.S.a", "")).contains("\"success\":true");
    engine.simulation.runReady();
    assertThat(state()).contains("\"messages\":0,", "\"first_seq\":5");
    engine.crash();
    assertThat(state()).contains("\"messages\":0,", "\"first_seq\":5");
  }

  @Test
  void consumerWithoutAcksHasDoneWithWhatItWasDelivered() {
    stream("interest", "");
    assertThat(consumer("n", "none", "")).doesNotContain("error");
    publish(3);
    take("n", 2);
    engine.simulation.runReady();
    assertThat(state()).contains("\"messages\":1,", "\"first_seq\":3");
  }

  @Test
  void messageThatUsedUpItsDeliveriesStays() {
    stream("workqueue", "");
    durable("c", ",\"max_deliver\":1,\"ack_wait\":1000000000");
    publish(2);
    List<Got> taken = take("c", 2);
    ackSync(taken.get(1));
    engine.runMillis(5_000);
    assertThat(engine.pull("S.c", "{\"batch\":1,\"no_wait\":true}").drain())
        .extracting(Got::status)
        .containsExactly(404);
    assertThat(state()).contains("\"messages\":1,");
    engine.restart();
    engine.simulation.runReady();
    assertThat(state()).contains("\"messages\":1,");
  }

  @Test
  void retentionGoesFromLimitsToInterestAndNeverToWorkQueue() {
    stream("limits", "");
    publish(2);
    String other = "{\"name\":\"S\",\"subjects\":[\"s.>\"],\"retention\":\"workqueue\"}";
    assertThat(engine.api("STREAM.UPDATE.S", other))
        .contains("can not change retention policy to/from workqueue");
    assertThat(engine.api("STREAM.UPDATE.S", other.replace("workqueue", "interest")))
        .doesNotContain("error");
    engine.simulation.runReady();
    assertThat(state()).contains("\"messages\":0,");
  }

  @Test
  void messagesOfAConsumerThatLivedInMemoryWaitForItAfterARestart() {
    stream("interest", "");
    durable("c", ",\"mem_storage\":true");
    publish(3);
    ackSync(take("c", 1).get(0));
    engine.restart();
    engine.simulation.runReady();
    assertThat(state()).contains("\"messages\":2,", "\"first_seq\":2");
    durable("c", "");
    assertThat(take("c", 2)).extracting(Got::payload).containsExactly("m2", "m3");
  }
}
