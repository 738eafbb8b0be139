// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.engine.SimulatedBus.Got;
import dev.slipstream.engine.SimulatedBus.Inbox;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.Status;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Backs up and restores streams of a simulated engine, step by step or at once. */
final class SimulatedTransfer {
  private static final Pattern DELIVER_SUBJECT =
      Pattern.compile("\"deliver_subject\":\"([^\"]+)\"");

  private final EngineHarness engine;
  private int receivers;

  SimulatedTransfer(EngineHarness engine) {
    this.engine = engine;
  }

  /** A chunk, or what ended a snapshot. */
  record Chunk(String reply, byte[] payload, @Nullable Status status) {
    boolean isEnd() {
      return payload.length == 0;
    }
  }

  /** Receives the chunks of one snapshot. */
  final class Receiver {
    final String subject = "_CHUNKS." + ++receivers;
    final List<Chunk> chunks = new ArrayList<>();
    final ByteArrayOutputStream archive = new ByteArrayOutputStream();
    private final MessageBus.Registration listening;
    private final Inbox interest;

    Receiver() {
      listening =
          engine.bus.listen(
              Subject.bytes(subject),
              message -> {
                chunks.add(new Chunk(message.reply(), message.copyPayload(), status(message)));
                return true;
              },
              () -> {});
      interest = engine.bus.inbox(subject); // which watches hear of
    }

    private @Nullable Status status(MessageFrame message) {
      return Status.of(message.body, message.headersStart, message.payloadStart);
    }

    void leave() {
      listening.cancel();
      engine.bus.drop(interest);
    }

    /** Acknowledges what came; answers the end, null while there is none. */
    @Nullable Chunk acknowledge() {
      for (Chunk chunk : List.copyOf(chunks)) {
        chunks.remove(chunk);
        if (chunk.isEnd()) {
          leave();
          return chunk;
        }
        archive.writeBytes(chunk.payload);
        if (!chunk.reply.isEmpty()) {
          engine.bus.publish(chunk.reply, "", new byte[0], new byte[0]);
        }
      }
      return null;
    }
  }

  /** Asks for a snapshot; answers its receiver. */
  Receiver begin(String stream, String members) {
    Receiver receiver = new Receiver();
    String answer =
        engine.api(
            "STREAM.SNAPSHOT." + stream,
            "{\"deliver_subject\":\"" + receiver.subject + "\"" + members + "}");
    assertThat(answer).doesNotContain("\"error\"");
    return receiver;
  }

  /** Acknowledges all chunks; answers what ended them. */
  Chunk finish(Receiver receiver) {
    Chunk end = null;
    while (end == null) {
      assertThat(receiver.chunks).as("what has come").isNotEmpty();
      end = receiver.acknowledge();
      engine.simulation.runReady();
    }
    return end;
  }

  /** Takes a whole snapshot. */
  byte[] snapshot(String stream, String members) {
    Receiver receiver = begin(stream, members);
    Status status = finish(receiver).status();
    assertThat(status == null || status.code() == 204).as("%s", status).isTrue();
    return receiver.archive.toByteArray();
  }

  /** Asks for a restore; answers where the chunks go. */
  String beginRestore(String stream, String config) {
    String answer =
        engine.api(
            "STREAM.RESTORE." + stream,
            "{\"config\":{\"name\":\"" + stream + "\"," + config + "}}");
    Matcher where = DELIVER_SUBJECT.matcher(answer);
    assertThat(where.find()).as(answer).isTrue();
    return where.group(1);
  }

  /** Sends a chunk; its answer comes to the inbox. */
  Inbox send(String where, byte[] chunk) {
    Inbox inbox = engine.inbox();
    engine.bus.publish(where, inbox.subject, new byte[0], chunk);
    return inbox;
  }

  /** Sends an archive piece by piece; answers the last answer. */
  String restore(String where, byte[] archive, int chunkBytes) {
    for (int at = 0; at < archive.length; at += chunkBytes) {
      byte[] chunk = Arrays.copyOfRange(archive, at, Math.min(archive.length, at + chunkBytes));
      Inbox answer = send(where, chunk);
      engine.simulation.runReady();
      assertThat(answer.only().payload()).isEmpty();
    }
    Inbox last = send(where, new byte[0]);
    engine.simulation.runReady();
    return last.only().payload();
  }

  /** Everything that a stream holds, one line a message. */
  List<String> messages(String stream) {
    List<String> messages = new ArrayList<>();
    String state = engine.api("STREAM.INFO." + stream, "{\"deleted_details\":true}");
    if (state.contains("\"error\"")) {
      return messages;
    }
    long last = Long.parseLong(state.replaceAll(".*\"last_seq\":(\\d+).*", "$1"));
    messages.add(state.replaceAll(".*\"state\":\\{(.*?)}.*", "$1"));
    for (long seq = 1; seq <= last; seq++) {
      Got got = engine.request("$JS.API.STREAM.MSG.GET." + stream, "{\"seq\":" + seq + "}");
      if (!got.payload().contains("\"error\"")) {
        messages.add(got.payload());
      }
    }
    return messages;
  }

  /** What a consumer says of itself, without times and without what differs between streams. */
  String consumer(String stream, String name) {
    return engine
        .api("CONSUMER.INFO." + stream + "." + name, "")
        .replaceAll(",?\"(created|ts|last_active)\":\"[^\"]*\"", "")
        .replace("\"stream_name\":\"" + stream + "\"", "");
  }
}
