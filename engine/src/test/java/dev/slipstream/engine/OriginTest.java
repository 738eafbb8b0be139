// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.engine.SimulatedBus.Got;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mirrors and sources: what one stream takes from another. */
class OriginTest extends OriginFixture {
  private void origin() {
    create("O", "\"subjects\":[\"o.>\"]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "memory"})
  void mirrorKeepsSequencesTimesAndGaps(String storage) {
    origin();
    publish(1, 3);
    engine.api("STREAM.MSG.DELETE.O", "{\"seq\":2}");
    engine.runMillis(1_000);
    create(
        "M", "\"allow_direct\":true,\"storage\":\"" + storage + "\",\"mirror\":{\"name\":\"O\"}");
    publish(4, 5);
    assertThat(payloads("M", 1, 5)).containsExactly("m1", "-", "m3", "m4", "m5");
    assertThat(message("M", 3).headers().first("Nats-Time-Stamp"))
        .isEqualTo(
            engine
                .request("$JS.API.STREAM.MSG.GET.O", "{\"seq\":3}")
                .payload()
                .replaceAll(".*\"time\":\"([^\"]*)\".*", "$1"));
    assertThat(info("M"))
        .contains("\"messages\":4,", "\"num_deleted\":1", "\"last_seq\":5")
        .contains("\"mirror\":{\"name\":\"O\",\"lag\":0,\"active\":");
    assertThat(info("O")).contains("\"consumer_count\":0");
  }

  @Test
  void mirrorGoesOnWhereItWasAfterARestartAndACrash() {
    origin();
    create("M", "\"allow_direct\":true,\"mirror\":{\"name\":\"O\"}");
    publish(1, 2);
    engine.restart();
    publish(3, 4);
    engine.crash();
    publish(5, 6);
    assertThat(payloads("M", 1, 6)).containsExactly("m1", "m2", "m3", "m4", "m5", "m6");
    assertThat(info("M")).contains("\"messages\":6,");
  }

  @Test
  void mirrorWaitsForAStreamThatIsNotThereAndTakesItUpWhenItComes() {
    create("M", "\"allow_direct\":true,\"mirror\":{\"name\":\"O\"}");
    assertThat(info("M")).contains("\"active\":-1", "\"err_code\":10059");
    origin();
    publish(1, 2);
    assertThat(info("M")).contains("\"messages\":2,").doesNotContain("err_code");
    engine.api("STREAM.DELETE.O", "");
    engine.simulation.runReady();
    assertThat(info("M")).contains("\"messages\":2,", "\"err_code\":10059");
    origin();
    publish(1, 4);
    assertThat(payloads("M", 1, 4)).containsExactly("m1", "m2", "m3", "m4");
  }

  @Test
  void mirrorOfAStreamThatBeginsLateBeginsThere() {
    origin();
    engine.api("STREAM.PURGE.O", "{\"seq\":100}");
    create("M", "\"mirror\":{\"name\":\"O\"}");
    assertThat(info("M")).contains("\"first_seq\":100", "\"last_seq\":99");
    engine.restart();
    publish(1, 1);
    assertThat(info("M")).contains("\"first_seq\":100", "\"last_seq\":100");
  }

  @Test
  void mirrorFiltersAndTransforms() {
    origin();
    publish(1, 4);
    create(
        "M",
        "\"allow_direct\":true,\"mirror\":{\"name\":\"O\",\"opt_start_seq\":2,"
            + "\"subject_transforms\":[{\"src\":\"o.3\",\"dest\":\"three\"},"
            + "{\"src\":\"o.4\",\"dest\":\"\"}]}");
    assertThat(info("M")).contains("\"messages\":2,", "\"first_seq\":3", "\"last_seq\":4");
    assertThat(message("M", 3).headers().first("Nats-Subject")).isEqualTo("three");
    assertThat(message("M", 4).headers().first("Nats-Subject")).isEqualTo("o.4");
  }

  @Test
  void promotedMirrorTakesPublishesAndNothingElse() {
    origin();
    publish(1, 2);
    create("M", "\"allow_direct\":true,\"mirror\":{\"name\":\"O\"}");
    assertThat(engine.api("STREAM.UPDATE.M", "{\"name\":\"M\",\"mirror\":{\"name\":\"X\"}}"))
        .contains("\"err_code\":10055");
    assertThat(
            engine.api(
                "STREAM.UPDATE.M", "{\"name\":\"M\",\"subjects\":[\"m\"],\"storage\":\"file\"}"))
        .doesNotContain("error", "\"mirror\":{");
    publish(3, 3);
    assertThat(engine.publish("m", "own")).contains("\"seq\":3");
    assertThat(info("M")).contains("\"messages\":3,");
  }

  @Test
  void sourcedMessagesSayWhereTheyWere() {
    origin();
    create("P", "\"subjects\":[\"p\"]");
    publish(1, 2);
    create(
        "S",
        "\"subjects\":[\"s\"],\"allow_direct\":true,\"sources\":[{\"name\":\"O\","
            + "\"filter_subject\":\"o.2\"},{\"name\":\"P\",\"subject_transforms\":"
            + "[{\"src\":\"p\",\"dest\":\"from.p\"}]}]");
    engine.publish("p", "x", "A", "b", "Nats-Expected-Last-Sequence", "0");
    engine.simulation.runReady();
    assertThat(engine.publish("s", "own")).contains("\"seq\":3");
    Got first = message("S", 1);
    assertThat(first.headers().first("Nats-Stream-Source")).matches("O 2 o\\.2 > o\\.2 \\w{8}");
    Got second = message("S", 2);
    assertThat(second.headers().first("Nats-Subject")).isEqualTo("from.p");
    assertThat(second.headers().first("A")).isEqualTo("b");
    assertThat(second.headers().first("Nats-Stream-Source")).matches("P 1 p from\\.p p \\w{8}");
    assertThat(second.headers().first("Nats-Expected-Last-Sequence")).isNull();
    assertThat(info("S")).contains("\"sources\":[{\"name\":\"O\",\"lag\":0,\"seq\":2,");
  }

  @Test
  void sourcesGoOnWhereTheyWereAlsoWhenTheirMessagesAreGone() {
    origin();
    create("S", "\"allow_direct\":true,\"sources\":[{\"name\":\"O\"}]");
    publish(1, 3);
    engine.api("STREAM.PURGE.S", "");
    engine.restart();
    publish(4, 4);
    engine.crash();
    publish(5, 5);
    assertThat(payloads("S", 4, 5)).containsExactly("m4", "m5");
    assertThat(info("S")).contains("\"messages\":2,", "\"last_seq\":5");
  }

  @Test
  void sourceThatWasMadeAnewIsTakenFromItsBegin() {
    origin();
    create("S", "\"allow_direct\":true,\"sources\":[{\"name\":\"O\"}]");
    publish(1, 3);
    engine.api("STREAM.DELETE.O", "");
    engine.runMillis(10);
    origin();
    publish(1, 2);
    assertThat(payloads("S", 1, 5)).containsExactly("m1", "m2", "m3", "m1", "m2");
  }

  @Test
  void duplicatesOfSourcesArePassedOverForGood() {
    origin();
    create("P", "\"subjects\":[\"p\"]");
    create("S", "\"duplicate_window\":1000000000,\"sources\":[{\"name\":\"O\"},{\"name\":\"P\"}]");
    engine.publish("o.1", "x", "Nats-Msg-Id", "a");
    engine.publish("p", "x", "Nats-Msg-Id", "a");
    engine.simulation.runReady();
    assertThat(info("S")).contains("\"messages\":1,", "\"last_seq\":1");
    engine.restart();
    engine.runMillis(2_000);
    assertThat(info("S")).contains("\"messages\":1,", "\"last_seq\":1");
  }

  @Test
  void refusedMessageIsAskedForAgainUntilThereIsRoom() {
    origin();
    create(
        "S",
        "\"allow_direct\":true,\"max_msgs\":2,\"discard\":\"new\",\"sources\":[{\"name\":\"O\"}]");
    publish(1, 4);
    engine.runMillis(5_000);
    assertThat(info("S")).contains("\"messages\":2,", "maximum messages exceeded");
    engine.api("STREAM.PURGE.S", "");
    engine.runMillis(1_100);
    assertThat(payloads("S", 3, 4)).containsExactly("m3", "m4");
  }

  @Test
  void workLeavesItsQueueOnceItIsInTheOtherStream() {
    create("O", "\"subjects\":[\"o.>\"],\"retention\":\"workqueue\"");
    publish(1, 3);
    create("S", "\"allow_direct\":true,\"sources\":[{\"name\":\"O\"}]");
    engine.simulation.runReady();
    assertThat(info("O")).contains("\"messages\":0,");
    assertThat(payloads("S", 1, 3)).containsExactly("m1", "m2", "m3");
    for (int i = 4; i < 30; i++) {
      publish(i, i);
      engine.crash();
    }
    publish(30, 30);
    assertThat(info("S")).contains("\"messages\":30,", "\"last_seq\":30");
  }

  @Test
  void nobodysInterestInASourceMovesItOn() {
    origin();
    create("S", "\"retention\":\"interest\",\"sources\":[{\"name\":\"O\"}]");
    publish(1, 3);
    assertThat(info("S")).contains("\"messages\":0,", "\"last_seq\":3");
    engine.restart();
    assertThat(
            engine.api(
                "CONSUMER.CREATE.S.c",
                "{\"stream_name\":\"S\",\"config\":{\"durable_name\":\"c\",\"ack_policy\":\"explicit\"}}"))
        .doesNotContain("error");
    publish(4, 4);
    assertThat(info("S")).contains("\"messages\":1,", "\"last_seq\":4");
  }

  @Test
  void moreThanTheWindowComesOver() {
    origin();
    String large = "x".repeat(300_000);
    for (int i = 0; i < 50; i++) {
      engine.publish("o.1", large);
    }
    create("M", "\"mirror\":{\"name\":\"O\"}");
    engine.simulation.runReady();
    assertThat(info("M")).contains("\"messages\":50,", "\"lag\":0");
  }

  @Test
  void sourcesAreAddedAndTakenAway() {
    origin();
    create("P", "\"subjects\":[\"p\"]");
    create("S", "\"sources\":[{\"name\":\"O\"}]");
    publish(1, 1);
    assertThat(
            engine.api(
                "STREAM.UPDATE.S",
                "{\"name\":\"S\",\"storage\":\"file\",\"sources\":[{\"name\":\"P\"}]}"))
        .doesNotContain("error");
    publish(2, 2);
    engine.publish("p", "x");
    engine.simulation.runReady();
    assertThat(info("S"))
        .contains("\"messages\":2,", "\"sources\":[{\"name\":\"P\",\"lag\":0,\"seq\":1,");
    assertThat(
            engine.api(
                "STREAM.UPDATE.S",
                "{\"name\":\"S\",\"storage\":\"file\",\"sources\":[{\"name\":\"P\"},{\"name\":\"O\"}]}"))
        .doesNotContain("error");
    engine.simulation.runReady();
    assertThat(info("S")).contains("\"messages\":3,");
  }
}
