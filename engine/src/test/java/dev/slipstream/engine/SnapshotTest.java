// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.engine.SimulatedBus.Got;
import dev.slipstream.engine.SimulatedBus.Inbox;
import dev.slipstream.engine.SimulatedTransfer.Receiver;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Streams are backed up and restored. */
class SnapshotTest {
  private static final String SMALL_CHUNKS = ",\"chunk_size\":1024,\"window_size\":2048";

  private EngineHarness engine = new EngineHarness(1);
  private SimulatedTransfer transfer = new SimulatedTransfer(engine);

  private void use(EngineHarness other) {
    engine = other;
    transfer = new SimulatedTransfer(other);
  }

  private void create(String name, String fields) {
    assertThat(engine.api("STREAM.CREATE." + name, "{\"name\":\"" + name + "\"," + fields + "}"))
        .contains("\"did_create\":true");
  }

  private void publish(int count, int payloadBytes) {
    for (int i = 0; i < count; i++) {
      byte[] noise = new byte[payloadBytes / 2];
      engine.random.nextBytes(noise);
      String payload = java.util.HexFormat.of().formatHex(noise);
      assertThat(engine.publish("s." + i % 3, payload, "Key", "v" + i)).doesNotContain("error");
    }
  }

  /** Consumers with deliveries, acknowledgements out of order, and redeliveries. */
  private void consume() {
    engine.createConsumer("fresh", "\"durable_name\":\"fresh\",\"ack_policy\":\"explicit\"");
    engine.createConsumer("c", "\"durable_name\":\"c\",\"ack_policy\":\"explicit\"");
    engine.createConsumer(
        "again", "\"durable_name\":\"again\",\"ack_policy\":\"explicit\",\"ack_wait\":1000000000");
    engine.createConsumer(
        "f", "\"durable_name\":\"f\",\"ack_policy\":\"explicit\",\"filter_subject\":\"s.1\"");
    List<Got> got = engine.pull("S.c", "{\"batch\":6}").drain();
    for (int i : new int[] {0, 1, 3, 5}) {
      engine.ack(got.get(i), "+ACK");
    }
    engine.ack(engine.pull("S.f", "{\"batch\":2}").drain().get(1), "+ACK");
    engine.pull("S.again", "{\"batch\":2}");
    engine.runMillis(1_500);
    engine.pull("S.again", "{\"batch\":1}");
    engine.runMillis(100);
  }

  @ParameterizedTest
  @CsvSource({"file, 1", "file, 3", "memory, 1", "memory, 2"})
  void everythingComesBack(String storage, int loops) {
    use(new EngineHarness(5, loops, true));
    create(
        "S",
        "\"subjects\":[\"s.>\"],\"allow_msg_ttl\":true,\"allow_rollup_hdrs\":true,\"storage\":\""
            + storage
            + "\"");
    publish(40, 300);
    engine.publish("s.ttl", "lives for an hour", "Nats-TTL", "1h");
    engine.publish("s.0", "rolls up", "Nats-Rollup", "sub");
    engine.publish("s.1", "with an id", "Nats-Msg-Id", "id");
    for (int seq : new int[] {1, 2, 11, 12, 13, 30, 43}) {
      engine.api("STREAM.MSG.DELETE.S", "{\"seq\":" + seq + "}");
    }
    consume();
    List<String> messages = transfer.messages("S");
    byte[] archive = transfer.snapshot("S", SMALL_CHUNKS);
    String[] names = {"fresh", "c", "again", "f"};
    List<String> consumers =
        java.util.Arrays.stream(names).map(each -> transfer.consumer("S", each)).toList();
    engine.api("STREAM.DELETE.S", "");
    String where =
        transfer.beginRestore(
            "T",
            "\"subjects\":[\"s.>\"],\"allow_msg_ttl\":true,\"allow_rollup_hdrs\":true,\"storage\":\""
                + storage
                + "\"");
    String answer = transfer.restore(where, archive, 777);
    assertThat(answer).contains("stream_create_response").doesNotContain("\"error\"");
    assertThat(transfer.messages("T")).isEqualTo(messages).hasSizeGreaterThan(20);
    for (int i = 0; i < names.length; i++) {
      assertThat(transfer.consumer("T", names[i])).isEqualTo(consumers.get(i));
    }
    assertThat(engine.publish("s.1", "again", "Nats-Msg-Id", "id")).contains("\"seq\":44");
    if (storage.equals("file")) {
      List<String> now = transfer.messages("T");
      engine.crash();
      assertThat(transfer.messages("T")).isEqualTo(now);
      engine.restart();
      assertThat(transfer.messages("T")).isEqualTo(now);
      assertThat(transfer.consumer("T", "c")).contains("\"num_ack_pending\":2");
    }
  }

  @Test
  void anEmptyStreamKeepsItsPlace() {
    create("S", "\"subjects\":[\"s.>\"]");
    byte[] never = transfer.snapshot("S", "");
    publish(5, 10);
    engine.api("STREAM.PURGE.S", "");
    byte[] purged = transfer.snapshot("S", "");
    engine.api("STREAM.DELETE.S", "");
    String fields = "\"subjects\":[\"s.>\"]";
    assertThat(transfer.restore(transfer.beginRestore("S", fields), never, 100))
        .contains("\"last_seq\":0");
    engine.api("STREAM.DELETE.S", "");
    assertThat(transfer.restore(transfer.beginRestore("S", fields), purged, 100))
        .contains("\"first_seq\":6")
        .contains("\"last_seq\":5");
    engine.crash();
    assertThat(engine.publish("s.x", "next")).contains("\"seq\":6");
  }

  @Test
  void messagesThatLeaveMeanwhileLeaveGaps() {
    use(new EngineHarness(3, 1, true));
    create("S", "\"subjects\":[\"s.>\"],\"retention\":\"workqueue\"");
    publish(60, 4_000);
    engine.createConsumer("c", "\"durable_name\":\"c\",\"ack_policy\":\"explicit\"");
    List<Got> taken = engine.pull("S.c", "{\"batch\":60}").drain();
    Receiver receiver = transfer.begin("S", SMALL_CHUNKS);
    for (int i = 0; i < 20; i++) {
      engine.ack(taken.get(2 * i + 20), "+ACK"); // it leaves the stream
    }
    publish(5, 400); // not of that moment
    transfer.finish(receiver);
    engine.api("STREAM.DELETE.S", "");
    String where = transfer.beginRestore("S", "\"subjects\":[\"s.>\"],\"retention\":\"workqueue\"");
    assertThat(transfer.restore(where, receiver.archive.toByteArray(), 5_000))
        .contains("\"last_seq\":60");
    long there = transfer.messages("S").size() - 1;
    assertThat(there).isBetween(40L, 55L);
    // those that left wait for no acknowledgement any more
    assertThat(transfer.consumer("S", "c")).contains("\"num_ack_pending\":" + there);
    engine.runMillis(31_000);
    assertThat(
            engine.pull("S.c", "{\"batch\":100,\"no_wait\":true}").drain().stream()
                .filter(each -> each.status() == 0))
        .hasSize((int) there);
  }

  @Test
  void theWindowHoldsTheSnapshotUntilChunksAreAcknowledged() {
    create("S", "\"subjects\":[\"s.>\"]");
    publish(30, 1_000);
    Inbox advisories = engine.bus.inbox("$JS.EVENT.ADVISORY.STREAM.SNAPSHOT_COMPLETE.S");
    Receiver receiver = transfer.begin("S", SMALL_CHUNKS);
    assertThat(receiver.chunks).hasSize(2);
    engine.runMillis(4_900);
    assertThat(receiver.chunks).hasSize(2);
    receiver.acknowledge();
    engine.simulation.runReady();
    assertThat(receiver.chunks).hasSize(2);
    engine.runMillis(5_100);
    assertThat(receiver.chunks).hasSize(3);
    assertThat(receiver.chunks.get(2).status())
        .hasToString("Status[code=408, description=No Flow Response]");
    assertThat(advisories.only().payload()).contains("\"error\":\"no flow response\"");
    engine.bus.publish(receiver.chunks.get(0).reply(), "", new byte[0], new byte[0]);
    engine.simulation.runReady();
    assertThat(receiver.chunks).hasSize(3);
  }

  @Test
  void aReceiverThatGoesAwayEndsTheSnapshot() {
    create("S", "\"subjects\":[\"s.>\"]");
    publish(30, 1_000);
    Inbox advisories = engine.bus.inbox("$JS.EVENT.ADVISORY.STREAM.SNAPSHOT_COMPLETE.S");
    Receiver receiver = transfer.begin("S", SMALL_CHUNKS);
    receiver.leave();
    assertThat(advisories.only().payload()).contains("\"error\":\"no interest\"");
  }

  @Test
  void aStreamThatGoesAwayEndsItsSnapshot() {
    create("S", "\"subjects\":[\"s.>\"]");
    publish(60, 4_000);
    Receiver receiver = transfer.begin("S", SMALL_CHUNKS);
    engine.api("STREAM.DELETE.S", "");
    assertThat(String.valueOf(transfer.finish(receiver).status()))
        .contains("code=500")
        .contains("couldn't load next message after seq");
  }

  @Test
  void noMoreSnapshotsThanTheBound() {
    create("S", "\"subjects\":[\"s.>\"]");
    publish(30, 1_000);
    for (int i = 0; i < 64; i++) {
      transfer.begin("S", SMALL_CHUNKS);
    }
    String asked = "{\"deliver_subject\":\"x\"}";
    assertThat(engine.api("STREAM.SNAPSHOT.S", asked)).contains("10064").contains("too many");
    engine.runMillis(6_000);
    assertThat(engine.api("STREAM.SNAPSHOT.S", asked)).contains("\"state\"");
  }

  @Test
  void largeMessagesAreCutIntoManyChunks() {
    create("S", "\"subjects\":[\"s.>\"]");
    publish(2, 1_500_000);
    List<String> messages = transfer.messages("S");
    byte[] archive = transfer.snapshot("S", SMALL_CHUNKS);
    engine.api("STREAM.DELETE.S", "");
    String where = transfer.beginRestore("S", "\"subjects\":[\"s.>\"]");
    assertThat(transfer.restore(where, archive, 300_000)).doesNotContain("\"error\"");
    assertThat(transfer.messages("S")).isEqualTo(messages).hasSize(3);
  }

  @Test
  void manyMessagesOnDiskAreReadLittleByLittle() {
    use(new EngineHarness(9, 2, true));
    create("S", "\"subjects\":[\"s.>\"]");
    publish(300, 500);
    engine.restart(); // nothing of it is in memory
    List<String> messages = transfer.messages("S");
    byte[] archive = transfer.snapshot("S", "");
    engine.api("STREAM.DELETE.S", "");
    String where = transfer.beginRestore("S", "\"subjects\":[\"s.>\"]");
    assertThat(transfer.restore(where, archive, 60_000)).doesNotContain("\"error\"");
    assertThat(transfer.messages("S")).isEqualTo(messages).hasSize(301);
  }
}
