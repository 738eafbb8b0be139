// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.protocol.json.JsonException;
import dev.slipstream.protocol.json.JsonReader;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RefusalsTest {

  static Object read(String request, byte[] body, boolean strict) {
    JsonReader in = JsonReader.of(body).strict(strict);
    return switch (request) {
      case "stream" -> StreamConfigRequest.read(in);
      case "consumer" -> ConsumerCreateRequest.read(in);
      case "stream_names" -> PagedRequest.read(in);
      case "stream_list" -> PagedRequest.readStreamList(in);
      case "consumers" -> PagedRequest.readConsumers(in);
      case "stream_info" -> StreamInfoRequest.read(in);
      case "purge" -> PurgeRequest.read(in);
      case "msg_get" -> MsgGetRequest.read(in);
      case "msg_delete" -> MsgDeleteRequest.read(in);
      case "pause" -> PauseRequest.read(in);
      case "unpin" -> UnpinRequest.read(in);
      case "reset" -> ResetRequest.read(in);
      case "restore" -> RestoreRequest.read(in);
      case "snapshot" -> SnapshotRequest.read(in);
      case "pull" -> PullRequest.parse(body, 0, body.length);
      default -> throw new IllegalArgumentException(request);
    };
  }

  private static String fault(String request, byte[] body, boolean strict) {
    try {
      return "accepted: " + read(request, body, strict);
    } catch (JsonException refused) {
      return refused.text();
    }
  }

  @Test
  void brokenRequestsAreRefusedInThePublicServersWords() {
    List<String> differences = new ArrayList<>();
    List<String> lines = Golden.lines("refusals.txt");
    for (String line : lines) {
      String[] parts = line.split("\t", 3);
      String text = fault(parts[0], parts[1].getBytes(UTF_8), true);
      if (!text.equals(parts[2])) {
        differences.add(
            parts[0] + " " + parts[1] + "\n  theirs " + parts[2] + "\n  ours   " + text);
      }
    }
    assertThat(lines).hasSizeGreaterThan(150);
    assertThat(differences).isEmpty();
  }

  @Test
  void lenientReadingOnlyForgivesUnknownFields() {
    for (String line : Golden.lines("refusals.txt")) {
      String[] parts = line.split("\t", 3);
      boolean unknown = parts[2].startsWith("json: unknown field");
      String text = fault(parts[0], parts[1].getBytes(UTF_8), false);
      boolean sequence = parts[1].contains("}{");
      if (!sequence && !parts[1].contains("xyz")) {
        assertThat(text.startsWith("accepted")).as(line).isEqualTo(unknown);
      }
    }
  }

  @Test
  void damagedRequestsOnlyEverRaiseJsonExceptions() {
    SplittableRandom random = new SplittableRandom(7);
    List<String> lines = Golden.lines("refusals.txt");
    List<String> answers = Golden.lines("answers.txt");
    int accepted = 0;
    for (int i = 0; i < 30_000; i++) {
      String[] parts = lines.get(random.nextInt(lines.size())).split("\t", 3);
      String text = random.nextInt(4) == 0 ? answers.get(random.nextInt(answers.size())) : parts[1];
      byte[] body = text.getBytes(UTF_8);
      for (int k = random.nextInt(3); k >= 0; k--) {
        body[random.nextInt(body.length)] = (byte) random.nextInt(256);
      }
      if (fault(parts[0], body, random.nextBoolean()).startsWith("accepted")) {
        accepted++;
      }
    }
    assertThat(accepted).isPositive();
  }
}
