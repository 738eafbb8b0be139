// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.client.Message;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.Outgoing;
import dev.slipstream.client.SyncSubscription;
import dev.slipstream.protocol.wire.Status;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Backs streams up and restores them as the public tools do, and shows what a stream holds. */
final class ArchiveTransfer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Pattern DELIVER_SUBJECT =
      Pattern.compile("\"deliver_subject\":\"([^\"]+)\"");
  private static final Pattern SEQ = Pattern.compile("\"seq\":(\\d+)");

  final NatsClient client;

  /**
   * What a snapshot brought.
   *
   * @param told the answer, with configuration and state
   * @param bytes the archive
   */
  record Archive(String told, byte[] bytes) {}

  ArchiveTransfer(String url) {
    client = NatsClient.connect(url);
  }

  /** Sends an API request; answers what came back. */
  String api(String subject, String body) {
    Outgoing request = Outgoing.to("$JS.API." + subject).text(body);
    return client.request(request, PATIENCE).text();
  }

  /** The same; it has to succeed. */
  String done(String subject, String body) {
    String answer = api(subject, body);
    assertThat(answer).doesNotContain("\"error\"");
    return answer;
  }

  Archive snapshot(String stream, String members) throws InterruptedException {
    String inbox = client.newInbox();
    SyncSubscription chunks = client.subscribeSync(inbox);
    client.flush(PATIENCE);
    String told =
        done("STREAM.SNAPSHOT." + stream, "{\"deliver_subject\":\"" + inbox + "\"" + members + "}");
    ByteArrayOutputStream archive = new ByteArrayOutputStream();
    while (true) {
      Message chunk = chunks.poll(PATIENCE);
      assertThat(chunk).as("a chunk or the end").isNotNull();
      if (chunk.payload().length == 0) {
        @Nullable Status status = chunk.status();
        assertThat(status == null || status.code() == 204).as("%s", status).isTrue();
        chunks.unsubscribe();
        return new Archive(told, archive.toByteArray());
      }
      archive.writeBytes(chunk.payload());
      if (chunk.reply() != null) {
        client.respond(chunk, null);
      }
    }
  }

  /** Restores with the configuration that the snapshot told; answers the last answer. */
  String restore(String stream, Archive archive) {
    String config = archive.told.substring(archive.told.indexOf("\"config\":"));
    String asked = "{" + config;
    Matcher where = DELIVER_SUBJECT.matcher(api("STREAM.RESTORE." + stream, asked));
    assertThat(where.find()).isTrue();
    for (int at = 0; at < archive.bytes.length; at += 100_000) {
      int to = Math.min(archive.bytes.length, at + 100_000);
      byte[] chunk = Arrays.copyOfRange(archive.bytes, at, to);
      assertThat(client.request(where.group(1), chunk, PATIENCE).payload()).isEmpty();
    }
    return client.request(where.group(1), null, PATIENCE).text();
  }

  /** All messages of a stream with sequences, times, headers and payloads. */
  List<String> messages(String stream) {
    List<String> messages = new ArrayList<>();
    long seq = 1;
    while (true) {
      String got = api("STREAM.MSG.GET." + stream, "{\"seq\":" + seq + ",\"next_by_subj\":\">\"}");
      Matcher at = SEQ.matcher(got);
      if (!at.find()) {
        return messages;
      }
      String time = got.replaceAll(".*(\"time\":\"[^\"]*\").*", "$1");
      messages.add(
          got.length() > 1000 ? at.group() + " " + got.hashCode() : MaskedJson.of(got) + time);
      seq = Long.parseLong(at.group(1)) + 1;
    }
  }

  /** What a stream says of itself, and its consumers of themselves. */
  List<String> shown(String stream, List<String> consumers) {
    List<String> shown = new ArrayList<>();
    String info = api("STREAM.INFO." + stream, "{\"deleted_details\":true}");
    shown.add(MaskedJson.of(info.replaceAll(",\"cluster\":\\{[^}]*}", "")));
    for (String consumer : consumers) {
      String told = api("CONSUMER.INFO." + stream + "." + consumer, "");
      shown.add(
          MaskedJson.of(told.replaceAll(",\"cluster\":\\{[^}]*}", ""))
              .replaceAll("(, )?last_active=[^},]*", ""));
    }
    return shown;
  }

  @Override
  public void close() {
    client.close();
  }
}
