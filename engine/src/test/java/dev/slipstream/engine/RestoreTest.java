// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.engine.SimulatedBus.Inbox;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.store.NewMessage;
import dev.slipstream.store.StoredMessage;
import dev.slipstream.testkit.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A restore is whole or nothing, whatever comes between. */
class RestoreTest {
  private static final String FIELDS = "\"subjects\":[\"s.>\"]";

  private final EngineHarness engine = new EngineHarness(1, 2, true);
  private final SimulatedTransfer transfer = new SimulatedTransfer(engine);

  private byte[] archive(int messages) {
    return archive(engine, transfer, messages);
  }

  /** The archive of a stream that is gone again. */
  private static byte[] archive(EngineHarness engine, SimulatedTransfer transfer, int messages) {
    engine.api("STREAM.CREATE.S", "{\"name\":\"S\"," + FIELDS + "}");
    for (int i = 0; i < messages; i++) {
      byte[] noise = new byte[100];
      engine.random.nextBytes(noise);
      engine.publish("s." + i % 3, Arrays.toString(noise));
    }
    engine.api("STREAM.MSG.DELETE.S", "{\"seq\":3}");
    engine.createConsumer("c", "\"durable_name\":\"c\",\"ack_policy\":\"explicit\"");
    engine.pull("S.c", "{\"batch\":4}");
    byte[] archive = transfer.snapshot("S", "");
    engine.api("STREAM.DELETE.S", "");
    return archive;
  }

  private String names() {
    return engine.api("STREAM.NAMES", "");
  }

  @Test
  void nothingIsSeenBeforeAllIsDurable() {
    byte[] archive = archive(400); // several frames, of which the last one is not whole yet
    String where = transfer.beginRestore("S", FIELDS);
    transfer.send(where, Arrays.copyOf(archive, archive.length - 10));
    engine.simulation.runReady();
    assertThat(names()).doesNotContain("\"S\"");
    assertThat(engine.bus.publish("s.x", "", new byte[0], new byte[0])).isZero();
    assertThat(engine.api("STREAM.CREATE.S", "{\"name\":\"S\"," + FIELDS + "}")).contains("10058");
    assertThat(engine.api("STREAM.CREATE.O", "{\"name\":\"O\",\"subjects\":[\"s.1\"]}"))
        .contains("10065");
    assertThat(engine.api("STREAM.RESTORE.S", "{\"config\":{\"name\":\"S\"}}")).contains("10130");
    transfer.send(where, Arrays.copyOfRange(archive, archive.length - 10, archive.length));
    engine.simulation.runReady();
    assertThat(names()).contains("\"S\"");
    Inbox last = transfer.send(where, new byte[0]);
    engine.simulation.runReady();
    assertThat(last.only().payload()).contains("\"messages\":399");
  }

  @Test
  void aSenderThatGoesAwayLeavesNothing() {
    byte[] archive = archive(400);
    String where = transfer.beginRestore("S", FIELDS);
    transfer.send(where, Arrays.copyOf(archive, archive.length / 2));
    engine.runMillis(5_100);
    assertThat(engine.bus.publish(where, "x", new byte[0], new byte[1])).isZero();
    assertThat(transfer.restore(transfer.beginRestore("S", FIELDS), archive, 1_000))
        .contains("\"messages\":399");
    engine.crash();
    assertThat(transfer.messages("S")).hasSize(400);
  }

  @Test
  void everyPieceCutOffAndEveryDamageIsRefusedAndLeavesNothing() throws ArchiveException {
    byte[] archive = archive(20);
    byte[] entries = decoded(archive);
    for (int length = 0; length < archive.length; length += 97) {
      String where = transfer.beginRestore("S", FIELDS);
      assertThat(transfer.restore(where, Arrays.copyOf(archive, length), 5_000)).contains("10062");
      assertThat(names()).doesNotContain("\"S\"");
    }
    int harmless = 0;
    for (int at = 0; at < archive.length; at += 61) {
      byte[] damaged = archive.clone();
      damaged[at] ^= 4;
      if (saysTheSame(damaged, entries)) {
        harmless++;
        continue;
      }
      String where = transfer.beginRestore("S", FIELDS);
      assertThat(transfer.restore(where, damaged, 5_000)).contains("10062");
      assertThat(names()).doesNotContain("\"S\"");
    }
    assertThat(harmless).isLessThan(5);
    engine.crash();
    assertThat(names()).doesNotContain("\"S\"");
  }

  /** Whether damage has made a copy one from elsewhere, where the same bytes stand. */
  private static boolean saysTheSame(byte[] damaged, byte[] entries) {
    try {
      return Arrays.equals(decoded(damaged), entries);
    } catch (ArchiveException refused) {
      return false;
    }
  }

  private static byte[] decoded(byte[] archive) throws ArchiveException {
    S2FrameReader frames = new S2FrameReader();
    OutputBuffer entries = new OutputBuffer(archive.length);
    frames.add(archive);
    while (frames.decode(entries) >= 0) {
      // until all is decoded
    }
    return entries.toBytes();
  }

  @Test
  void entriesThatMakeNoSenseAreRefused() throws ArchiveException {
    String state = "{\"messages\":2,\"first_seq\":1,\"last_seq\":2,\"consumer_count\":0}";
    check(entries("x", state), "expected state.json first");
    check(entries("state.json", "{"), "error in state.json");
    check(entries("state.json", "{\"first_seq\":5,\"last_seq\":2}"), "inconsistent");
    check(entries("state.json", "{\"messages\":9,\"first_seq\":1,\"last_seq\":2}"), "exceeds");
    check(entries("state.json", "{\"consumer_count\":-1}"), "negative consumer count");
    check(entries("state.json", state, "x", "{}"), "expected message sequence");
    String one = "{\"consumer_count\":1}";
    check(entries("state.json", one, "c", "{}"), "expected consumer, found");
    check(entries("state.json", one, "consumers/c", "{"), "failed to decode consumer");
    check(entries("state.json", one, "consumers/c", "{}"), "is missing config");
    check(entries("state.json", one, "consumers/c", "{\"config\":{}}"), "is missing state");
    check(
        entries("state.json", one, "consumers/../c", "{\"config\":{},\"state\":{}}"),
        "failed to add consumer");
    check(
        entries(
            "state.json",
            one,
            "consumers/c",
            "{\"config\":{\"durable_name\":\"c\",\"ack_policy\":\"explicit\"},\"state\":"
                + "{\"delivered\":{\"consumer_seq\":1,\"stream_seq\":1},\"pending\":{\"7\":{}}}}"),
        "out of range");
    check(message(state, "s.a", 9, 1, "Nats-TTL", "nonsense"), "failed to parse message TTL");
    check(message(state, "a b", 1, 1), "invalid subject");
    check(message(state, "s.>", 1, 1), "invalid subject");
    check(message(state, "s.a", 1, 2), "out of order");
  }

  private void check(byte[] archive, String refusal) {
    String where = transfer.beginRestore("S", FIELDS + ",\"allow_msg_ttl\":true");
    assertThat(transfer.restore(where, archive, 100)).contains("10062").contains(refusal);
    assertThat(names()).doesNotContain("\"S\"");
  }

  private static byte[] entries(String... namesAndDocuments) throws ArchiveException {
    ArchiveWriter writer = new ArchiveWriter();
    for (int i = 0; i < namesAndDocuments.length; i += 2) {
      writer.document(namesAndDocuments[i], 1, Subject.bytes(namesAndDocuments[i + 1]));
    }
    writer.end();
    return writer.take(writer.ready());
  }

  private static byte[] message(
      String state, String subject, long seq, int times, String... headers)
      throws ArchiveException {
    ArchiveWriter writer = new ArchiveWriter();
    writer.document("state.json", 1, Subject.bytes(state));
    MessageFrame frame =
        new MessageFrame()
            .set(
                Subject.bytes(subject),
                headers.length == 0
                    ? new byte[0]
                    : dev.slipstream.protocol.wire.Headers.of(headers).toBytes(),
                Subject.bytes("payload"));
    NewMessage message = new NewMessage();
    message.subject(frame.line, frame.subjectStart, frame.subjectEnd);
    message.content(frame.body, frame.headersStart, frame.payloadStart, frame.payloadEnd);
    for (int i = 0; i < times; i++) {
      StoredMessage stored = new StoredMessage().set(seq, 5, message, new OutputBuffer(64));
      writer.message(stored);
      writer.content(stored.bytes, stored.headersFrom, stored.payloadTo);
    }
    writer.end();
    return writer.take(writer.ready());
  }

  @Test
  void whatWasTooOldByItsOwnLimitLeavesItsPlaceEmpty() {
    String fields = FIELDS + ",\"allow_msg_ttl\":true";
    engine.api("STREAM.CREATE.S", "{\"name\":\"S\"," + fields + "}");
    engine.publish("s.a", "stays");
    engine.publish("s.a", "goes", "Nats-TTL", "10s");
    byte[] archive = transfer.snapshot("S", "");
    engine.api("STREAM.DELETE.S", "");
    engine.runMillis(11_000);
    assertThat(transfer.restore(transfer.beginRestore("S", fields), archive, 1_000))
        .contains("\"messages\":1")
        .contains("\"last_seq\":2");
    engine.restart();
    assertThat(engine.publish("s.a", "next")).contains("\"seq\":3");
  }

  @Test
  void chunksWhoseSenderDoesNotWaitAreTakenInTheirOrder() {
    byte[] archive = archive(80);
    String where = transfer.beginRestore("S", FIELDS);
    for (int at = 0; at < archive.length; at += 500) {
      transfer.send(where, Arrays.copyOfRange(archive, at, Math.min(archive.length, at + 500)));
      if (engine.random.nextInt(3) == 0) {
        engine.simulation.step();
      }
    }
    Inbox last = transfer.send(where, new byte[0]);
    engine.simulation.runReady();
    assertThat(last.only().payload()).contains("\"messages\":79");
  }

  @Test
  void aSenderThatSendsFarTooMuchAtOnceIsRefused() {
    byte[] archive = archive(5);
    byte[] padded = new byte[40 << 20];
    System.arraycopy(archive, 0, padded, 0, 10);
    for (int at = 10; at < padded.length; at += 4 + 0xffffff) {
      Arrays.fill(padded, at, at + 4, (byte) 0xff);
      padded[at] = (byte) 0xfe; // a frame to be passed over
    }
    String where = transfer.beginRestore("S", FIELDS);
    List<Inbox> inboxes = new ArrayList<>();
    for (int at = 0; at < padded.length; at += 1 << 20) {
      inboxes.add(transfer.send(where, Arrays.copyOfRange(padded, at, at + (1 << 20))));
    }
    engine.simulation.runReady();
    Set<String> answers = new HashSet<>();
    inboxes.forEach(inbox -> inbox.drain().forEach(each -> answers.add(each.payload())));
    assertThat(String.join(" ", answers)).contains("more than 32 MiB of chunks wait");
    assertThat(names()).doesNotContain("\"S\"");
    assertThat(transfer.restore(transfer.beginRestore("S", FIELDS), archive, 1_000))
        .contains("\"messages\":4");
  }

  @Test
  void aCrashAtAnyStepLeavesAllOrNothing() {
    Seeds.forEach(150, RestoreTest::run);
  }

  @Test
  @Tag("nightly")
  void aCrashAtAnyStepLeavesAllOrNothingForManySeeds() {
    Seeds.forEach(5_000, RestoreTest::run);
  }

  private static void run(long seed, RandomGenerator random) {
    EngineHarness engine = new EngineHarness(seed, 1 + random.nextInt(3), true);
    SimulatedTransfer transfer = new SimulatedTransfer(engine);
    byte[] archive = archive(engine, transfer, 10 + random.nextInt(60));
    List<String> whole = null;
    for (int life = 0; life < 4; life++) {
      boolean answered = false;
      if (!engine.api("STREAM.NAMES", "").contains("\"S\"")) {
        answered = restoreWithin(engine, transfer, archive, random);
      }
      engine.crash();
      List<String> now = transfer.messages("S");
      if (answered || whole != null) {
        assertThat(now).as("what was answered").isNotEmpty();
      }
      if (!now.isEmpty()) {
        assertThat(now.get(0)).contains("\"consumer_count\":1");
        assertThat(transfer.consumer("S", "c")).contains("\"num_ack_pending\":4");
        assertThat(whole == null ? now : whole).isEqualTo(now);
        whole = now;
        String publishing = engine.publish("s.x", "more");
        assertThat(publishing).contains("\"seq\":" + (sequence(now) + 1));
        whole = transfer.messages("S");
      }
    }
  }

  private static long sequence(List<String> messages) {
    return Long.parseLong(messages.get(0).replaceAll(".*\"last_seq\":(\\d+).*", "$1"));
  }

  /** Restores until some step; answers whether the last answer came. */
  private static boolean restoreWithin(
      EngineHarness engine, SimulatedTransfer transfer, byte[] archive, RandomGenerator random) {
    String where = transfer.beginRestore("S", FIELDS);
    int chunk = 200 + random.nextInt(3_000);
    int steps = random.nextInt(200);
    Inbox last = null;
    for (int at = 0; last == null; at += chunk) {
      int to = Math.min(archive.length, at + chunk);
      last = at < archive.length ? null : transfer.send(where, new byte[0]);
      if (last == null) {
        transfer.send(where, Arrays.copyOfRange(archive, at, to));
      }
      if (random.nextInt(20) == 0) {
        engine.askForCheckpoint();
      }
      for (int turns = random.nextInt(20); turns > 0; turns--) {
        engine.simulation.step();
        if (--steps < 0) {
          return false;
        }
      }
    }
    while (steps-- > 0 && engine.simulation.step()) {
      // until it crashes
    }
    return !last.messages.isEmpty();
  }
}
