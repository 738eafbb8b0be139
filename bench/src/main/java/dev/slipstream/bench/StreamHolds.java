// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench;

import dev.slipstream.client.Consumers;
import dev.slipstream.client.JsStream;
import dev.slipstream.client.Message;
import dev.slipstream.client.Outgoing;
import dev.slipstream.client.PullConsumer;
import dev.slipstream.client.SyncSubscription;
import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.api.PurgeRequest;
import dev.slipstream.protocol.api.StreamConfig;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;

/** What concerns many messages of a stream, each measured on a loop of its own. */
final class StreamHolds {
  private final HeldLoop loop;

  StreamHolds(HeldLoop loop) {
    this.loop = loop;
  }

  void views() throws Exception {
    JsStream stream = loop.wide(StreamConfig.builder("W").allowDirect(true));
    int messages = loop.of(5_000_000);
    loop.measure("STREAM.INFO, all subjects", () -> loop.info("{\"subjects_filter\":\">\"}"));
    loop.measure(
        "STREAM.INFO, a fifth of them", () -> loop.info("{\"subjects_filter\":\"w.3.*\"}"));
    loop.measure(
        "the last of 1,000 subjects, up to the middle",
        () -> direct(lasts(1_000), ",\"up_to_seq\":" + messages / 2));
    loop.measure("the last of 1,000 subjects", () -> direct(lasts(1_000), ""));
    loop.measure("the last of all subjects, refused", () -> direct("\"w.>\"", ""));
    stream.purge(new PurgeRequest(0, "w.3.*", 0));
    loop.measure("STREAM.INFO, deleted details", () -> loop.info("{\"deleted_details\":true}"));
  }

  private static String lasts(int count) {
    StringBuilder list = new StringBuilder();
    for (int i = 0; i < count; i++) {
      list.append(i == 0 ? "" : ",")
          .append("\"w.")
          .append(i % HeldLoop.SHARDS)
          .append('.')
          .append(i);
      list.append('"');
    }
    return list.toString();
  }

  private void direct(String subjects, String more) throws Exception {
    String inbox = loop.client.newInbox();
    try (SyncSubscription answers = loop.client.subscribeSync(inbox)) {
      String body = "{\"multi_last\":[" + subjects + "]" + more + "}";
      loop.client.publish(
          Outgoing.to("$JS.API.DIRECT.GET.W")
              .replyTo(inbox)
              .payload(body.getBytes(StandardCharsets.UTF_8)));
      while (HeldLoop.next(answers).payload().length > 0) {
        // until the end is told
      }
    }
  }

  void limits() throws Exception {
    StreamConfig.Builder config = StreamConfig.builder("W").maxMsgsPerSubject(5);
    loop.wide(config);
    int messages = loop.of(5_000_000);
    loop.js.stream("W").createConsumer(Consumers.durable("all").build());
    loop.measure(
        "four messages a subject in place of five",
        () -> loop.js.updateStream(config.maxMsgsPerSubject(4).build()));
    long bytes = loop.js.stream("W").info().state().bytes();
    loop.measure(
        "a third of the bytes less",
        () -> loop.js.updateStream(config.maxBytes(bytes * 2 / 3).build()));
    loop.measure(
        "half the messages", () -> loop.js.updateStream(config.maxMsgs(messages / 4).build()));
    loop.measure(
        "one message a subject", () -> loop.js.updateStream(config.maxMsgsPerSubject(1).build()));
  }

  void purge() throws Exception {
    JsStream stream = loop.wide(StreamConfig.builder("W"));
    int messages = loop.of(5_000_000);
    stream.createConsumer(Consumers.durable("all").build());
    stream.createConsumer(Consumers.durable("part").filterSubject("w.4.*").build());
    loop.measure("a purge of one subject", () -> stream.purge(new PurgeRequest(0, "w.3.77773", 0)));
    loop.measure(
        "a purge of a fifth by filter", () -> stream.purge(new PurgeRequest(0, "w.3.*", 0)));
    loop.measure(
        "a purge by filter that keeps a half",
        () -> stream.purge(new PurgeRequest(0, "w.2.*", messages / 10)));
    loop.measure(
        "a purge below a sequence", () -> stream.purge(new PurgeRequest(messages / 3, "", 0)));
    loop.measure(
        "a purge that keeps a third", () -> stream.purge(new PurgeRequest(0, "", messages / 6)));
    loop.fill(messages, i -> "w." + i % HeldLoop.SHARDS + "." + i % loop.of(1_000_000));
    loop.measure("a purge of everything", stream::purge);
    loop.fill(messages, i -> "w." + i % HeldLoop.SHARDS + "." + i % loop.of(1_000_000));
    loop.measure("the stream is deleted", () -> loop.js.deleteStream("W"));
  }

  void expiry() throws Exception {
    StreamConfig.Builder config = StreamConfig.builder("W");
    int messages = loop.of(1_000_000);
    JsStream stream = loop.js.createStream(config.subjects("w.>").build());
    loop.fill(messages, i -> "w." + i % HeldLoop.SHARDS + "." + i % 1000);
    stream.createConsumer(Consumers.durable("part").filterSubject("w.4.*").build());
    loop.measure("nothing else happens", () -> HeldLoop.pause(500));
    loop.measure(
        "all messages are too old",
        () -> {
          loop.js.updateStream(
              config.maxAgeNanos(1_000_000_000L).duplicateWindowNanos(1_000_000_000L).build());
          loop.awaitMessages(stream, 0);
        });
  }

  void deletes() throws Exception {
    int messages = loop.of(1_000_000);
    JsStream stream = loop.js.createStream(StreamConfig.builder("W").subjects("w.>").build());
    loop.fill(2 * messages, i -> "w." + i % 2);
    stream.createConsumer(Consumers.durable("all").build());
    loop.measure("nothing else happens", () -> HeldLoop.pause(500));
    loop.measure(
        "every other message is deleted by a request of its own",
        () -> {
          ArrayDeque<CompletableFuture<Message>> asked = new ArrayDeque<>();
          for (int i = 0; i < messages; i++) {
            byte[] body =
                ("{\"seq\":" + (2L * i + 1) + ",\"no_erase\":true}")
                    .getBytes(StandardCharsets.UTF_8);
            asked.add(loop.client.requestAsync("$JS.API.STREAM.MSG.DELETE.W", body));
            if (asked.size() > 1_000) {
              asked.remove().get();
            }
          }
          while (!asked.isEmpty()) {
            asked.remove().get();
          }
        });
    loop.measure(
        "a consumer reads what is between",
        () -> {
          PullConsumer all =
              stream.createConsumer(Consumers.ephemeral().ackPolicy(AckPolicy.NONE).build());
          HeldLoop.take(all, messages);
        });
    loop.measure("STREAM.INFO, deleted details", () -> loop.info("{\"deleted_details\":true}"));
  }
}
