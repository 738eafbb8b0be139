// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench;

import dev.slipstream.client.Consumers;
import dev.slipstream.client.JsStream;
import dev.slipstream.client.Outgoing;
import dev.slipstream.client.PullConsumer;
import dev.slipstream.client.SyncSubscription;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.DeliverPolicy;
import dev.slipstream.protocol.api.RetentionPolicy;
import dev.slipstream.protocol.api.StreamConfig;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What concerns many messages or requests of consumers, each measured on a loop of its own. */
final class ConsumerHolds {
  private final HeldLoop loop;

  ConsumerHolds(HeldLoop loop) {
    this.loop = loop;
  }

  void consumers() throws Exception {
    JsStream stream = loop.wide(StreamConfig.builder("W"));
    int messages = loop.of(5_000_000);
    Instant middle = stream.message(messages / 2).orElseThrow().time();
    for (String filter : List.of("", "w.3.77773", "w.3.1111*", "w.*.77773", "w.3.*", "w.>")) {
      String of = "a new consumer of " + (filter.isEmpty() ? "all" : filter) + ", ";
      String subject = filter.replace("1111*", "11113");
      create(stream, of + "from all", subject, Consumers.ephemeral());
      create(
          stream,
          of + "from the middle",
          subject,
          Consumers.ephemeral()
              .deliverPolicy(DeliverPolicy.BY_START_SEQUENCE)
              .optStartSeq(messages / 2));
      create(
          stream,
          of + "from a time",
          subject,
          Consumers.ephemeral().deliverPolicy(DeliverPolicy.BY_START_TIME).optStartTime(middle));
      create(
          stream,
          of + "the last",
          subject,
          Consumers.ephemeral().deliverPolicy(DeliverPolicy.LAST));
      if (!subject.isEmpty()) {
        create(
            stream,
            of + "the last of each subject",
            subject,
            Consumers.ephemeral().deliverPolicy(DeliverPolicy.LAST_PER_SUBJECT));
      }
    }
  }

  private void create(JsStream stream, String what, String filter, ConsumerConfig.Builder config)
      throws Exception {
    ConsumerConfig wanted =
        filter.isEmpty() ? config.build() : config.filterSubject(filter).build();
    PullConsumer[] made = new PullConsumer[1];
    loop.measure(what, () -> made[0] = stream.createConsumer(wanted));
    made[0].delete();
  }

  void redelivery() throws Exception {
    int messages = loop.of(100_000);
    JsStream stream = loop.js.createStream(StreamConfig.builder("W").subjects("w.>").build());
    loop.fill(messages, i -> "w.x");
    PullConsumer consumer =
        stream.createConsumer(
            Consumers.durable("all")
                .maxAckPending(messages * 2)
                .ackWaitNanos(TimeUnit.SECONDS.toNanos(3))
                .build());
    long fetched = System.nanoTime();
    HeldLoop.take(consumer, messages);
    loop.measure("nothing else happens", () -> HeldLoop.pause(500));
    HeldLoop.pause(2_500 - (System.nanoTime() - fetched) / 1_000_000);
    loop.measure(
        "all redeliveries are due at once",
        () -> {
          HeldLoop.pause(1_000);
          HeldLoop.take(consumer, messages);
        });
  }

  void pulls() throws Exception {
    JsStream stream = loop.js.createStream(StreamConfig.builder("W").subjects("w.>").build());
    PullConsumer consumer =
        stream.createConsumer(
            Consumers.durable("all").maxWaiting(2_000).maxAckPending(10_000).build());
    int pulls = loop.of(1_000);
    loop.measure("nothing else happens", () -> HeldLoop.pause(500));
    for (String what : List.of("end at once", "get a message each", "lose their consumer")) {
      String inbox = loop.client.newInbox();
      try (SyncSubscription answers = loop.client.subscribeSync(inbox)) {
        byte[] body = "{\"batch\":1,\"expires\":1500000000}".getBytes(StandardCharsets.UTF_8);
        loop.measure(
            pulls + " pulls come, and " + what,
            () -> {
              for (int i = 0; i < pulls; i++) {
                loop.client.publish(
                    Outgoing.to("$JS.API.CONSUMER.MSG.NEXT.W.all").replyTo(inbox).payload(body));
              }
              loop.client.flush(HeldLoop.PATIENCE);
              if (what.startsWith("get")) {
                loop.fill(pulls, i -> "w.x");
              } else if (what.startsWith("lose")) {
                consumer.delete();
              }
              for (int i = 0; i < pulls; i++) {
                HeldLoop.next(answers);
              }
            });
      }
    }
  }

  void interest() throws Exception {
    int messages = loop.of(1_000_000);
    JsStream stream =
        loop.js.createStream(
            StreamConfig.builder("W").subjects("w.>").retention(RetentionPolicy.INTEREST).build());
    PullConsumer all = stream.createConsumer(Consumers.durable("all").build());
    PullConsumer part =
        stream.createConsumer(Consumers.durable("part").filterSubject("w.1").build());
    loop.fill(messages, i -> "w." + i % 10);
    loop.measure("nothing else happens", () -> HeldLoop.pause(500));
    loop.measure(
        "a consumer goes whose messages nobody else needs but for a tenth",
        () -> {
          all.delete();
          loop.awaitMessages(stream, messages / 10);
        });
    loop.measure(
        "the last consumer goes",
        () -> {
          part.delete();
          loop.awaitMessages(stream, 0);
        });
  }
}
