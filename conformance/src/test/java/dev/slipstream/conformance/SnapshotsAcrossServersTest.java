// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.client.Message;
import dev.slipstream.client.Outgoing;
import dev.slipstream.client.SyncSubscription;
import dev.slipstream.conformance.ArchiveTransfer.Archive;
import dev.slipstream.testkit.ForeignPrograms;
import dev.slipstream.testkit.ServerProcess;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * An archive of either server is restored by either: all messages with sequences, times, headers
 * and gaps, and all consumers with what they wait for.
 */
class SnapshotsAcrossServersTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final List<String> CONSUMERS =
      List.of("fresh", "half", "filtered", "again", "all", "none", "later", "short");

  private final Tools tools = Tools.find();

  @BeforeEach
  void serversAreThere() {
    tools.missing().ifPresent(ForeignPrograms::absent);
  }

  @Test
  void ourArchiveIsRestoredByUs() throws Exception {
    try (ServerProcess from = tools.startOurs();
        ServerProcess to = tools.startOurs()) {
      check(from, to, "file");
      to.killAndRestart();
      try (ArchiveTransfer source = new ArchiveTransfer(from.url());
          ArchiveTransfer target = new ArchiveTransfer(to.url())) {
        assertThat(target.messages("T")).isEqualTo(source.messages("S"));
      }
    }
  }

  @Test
  void ourArchiveIsRestoredByThePublicServer() throws Exception {
    try (ServerProcess from = tools.startOurs();
        ServerProcess to = tools.startPublic()) {
      check(from, to, "file");
    }
  }

  @Test
  void anArchiveOfThePublicServerIsRestoredByUs() throws Exception {
    try (ServerProcess from = tools.startPublic();
        ServerProcess to = tools.startOurs()) {
      check(from, to, "file");
    }
  }

  @Test
  void streamsInMemoryTravelBothWays() throws Exception {
    try (ServerProcess ours = tools.startOurs();
        ServerProcess theirs = tools.startPublic()) {
      check(ours, theirs, "memory");
    }
    try (ServerProcess ours = tools.startOurs();
        ServerProcess theirs = tools.startPublic()) {
      check(theirs, ours, "memory");
    }
  }

  private static void check(ServerProcess from, ServerProcess to, String storage) throws Exception {
    try (ArchiveTransfer source = new ArchiveTransfer(from.url());
        ArchiveTransfer target = new ArchiveTransfer(to.url())) {
      fill(source, storage);
      Archive archive = source.snapshot("S", "");
      Archive bare = source.snapshot("S", ",\"no_consumers\":true,\"chunk_size\":4096");
      assertThat(target.restore("S", archive)).doesNotContain("\"error\"");
      assertThat(target.messages("S")).isEqualTo(source.messages("S")).hasSizeGreaterThan(900);
      assertThat(target.shown("S", CONSUMERS)).isEqualTo(source.shown("S", CONSUMERS));
      assertThat(pulled(target, "half", 5)).isEqualTo(pulled(source, "half", 5));
      target.done("STREAM.DELETE.S", "");
      Archive renamed =
          new Archive(bare.told().replace("\"name\":\"S\"", "\"name\":\"T\""), bare.bytes());
      assertThat(target.restore("T", renamed)).doesNotContain("\"error\"");
      assertThat(target.messages("T")).isEqualTo(source.messages("S"));
      assertThat(target.api("CONSUMER.NAMES.T", "")).contains("\"total\":0");
    }
  }

  /** Messages that compress well and others that do not, gaps, headers, and consumers half-way. */
  private static void fill(ArchiveTransfer server, String storage) throws Exception {
    server.done(
        "STREAM.CREATE.S",
        "{\"name\":\"S\",\"subjects\":[\"s.>\"],\"allow_msg_ttl\":true,\"storage\":\""
            + storage
            + "\",\"metadata\":{\"k\":\"v\"},\"max_msgs_per_subject\":400}");
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 1100; i++) {
      byte[] payload = ("{\"event\":\"something happened\",\"n\":" + i % 7 + "}").getBytes();
      if (i % 50 == 0) {
        payload = new byte[20_000];
        random.nextBytes(payload);
      } else if (i % 50 == 1) {
        payload = new byte[200_000];
      }
      Outgoing message = Outgoing.to("s." + i % 5).payload(payload);
      if (i % 3 == 0) {
        message.header("Nats-Msg-Id", "id" + i).header("Key", "value " + i);
      }
      if (i % 100 == 2) {
        message.header("Nats-TTL", "1h");
      }
      assertThat(server.client.request(message, PATIENCE).text()).doesNotContain("error");
    }
    for (int seq : new int[] {1, 2, 10, 11, 500, 777, 1100}) {
      server.done("STREAM.MSG.DELETE.S", "{\"seq\":" + seq + "}");
    }
    consumer(server, "fresh", "");
    consumer(server, "half", "");
    consumer(server, "filtered", ",\"filter_subject\":\"s.3\"");
    consumer(server, "again", ",\"ack_wait\":100000000,\"max_deliver\":3");
    consumer(server, "none", ",\"ack_policy\":\"none\"");
    consumer(server, "later", ",\"deliver_policy\":\"by_start_sequence\",\"opt_start_seq\":900");
    server.done(
        "CONSUMER.CREATE.S.all",
        "{\"stream_name\":\"S\",\"config\":{\"durable_name\":\"all\",\"ack_policy\":\"all\"}}");
    server.done(
        "CONSUMER.CREATE.S.short",
        "{\"stream_name\":\"S\",\"config\":{\"name\":\"short\",\"ack_policy\":\"explicit\","
            + "\"inactive_threshold\":60000000000}}");
    List<Message> half = messages(server, "half", 20);
    for (int i : new int[] {0, 1, 2, 5, 9, 19}) {
      ack(server, half.get(i));
    }
    ack(server, messages(server, "filtered", 4).get(2));
    ack(server, messages(server, "all", 6).get(3));
    messages(server, "again", 3);
    messages(server, "none", 7);
    messages(server, "short", 2);
    server.client.flush(PATIENCE);
  }

  private static void consumer(ArchiveTransfer server, String name, String members) {
    String policy = members.contains("ack_policy") ? "" : ",\"ack_policy\":\"explicit\"";
    server.done(
        "CONSUMER.CREATE.S." + name,
        "{\"stream_name\":\"S\",\"config\":{\"durable_name\":\""
            + name
            + "\""
            + policy
            + members
            + "}}");
  }

  private static void ack(ArchiveTransfer server, Message message) {
    server.client.request(message.reply(), "+ACK".getBytes(), PATIENCE);
  }

  private static List<String> pulled(ArchiveTransfer server, String consumer, int count)
      throws Exception {
    return messages(server, consumer, count).stream()
        .map(
            each ->
                each.reply().replaceAll("(\\$JS\\.ACK\\.S\\.\\w+\\.\\d+\\.\\d+\\.\\d+)\\..*", "$1"))
        .toList();
  }

  private static List<Message> messages(ArchiveTransfer server, String consumer, int count)
      throws Exception {
    String inbox = server.client.newInbox();
    SyncSubscription pulled = server.client.subscribeSync(inbox);
    server.client.publish(
        Outgoing.to("$JS.API.CONSUMER.MSG.NEXT.S." + consumer)
            .replyTo(inbox)
            .text("{\"batch\":" + count + ",\"expires\":5000000000}"));
    List<Message> got = new java.util.ArrayList<>();
    while (got.size() < count) {
      Message message = pulled.poll(PATIENCE);
      assertThat(message).isNotNull();
      assertThat(message.status()).isNull();
      got.add(message);
    }
    pulled.unsubscribe();
    return got;
  }
}
