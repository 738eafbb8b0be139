// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import io.nats.client.Connection;
import io.nats.client.ConsumerContext;
import io.nats.client.FetchConsumeOptions;
import io.nats.client.FetchConsumer;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.Message;
import io.nats.client.MessageConsumer;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.PublishOptions;
import io.nats.client.StreamContext;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.PublishAck;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Small programs on the public Java client; each makes its own stream and tells what it saw. */
final class JnatsCases {
  private static final Duration SECOND = Duration.ofSeconds(1);

  static final List<JnatsCase> ALL =
      List.of(
          new JnatsCase(
              "walk",
              JnatsCases::walk,
              List.of(
                  "consumed events.1",
                  "consumed events.2",
                  "consumed events.3",
                  "got 2 messages",
                  "got 1 messages",
                  "got 0 messages",
                  "received events.1 from durable consumer",
                  "deleted: 10014")),
          new JnatsCase(
              "publishing",
              JnatsCases::publishing,
              List.of("seq 1", "duplicate true of 1", "10071", "10060", "seq 2", "state 2 of 2")),
          new JnatsCase(
              "acknowledgements",
              JnatsCases::acknowledgements,
              List.of("naked again 2", "termed, then none", "acked, pending 0, floor 3")),
          new JnatsCase(
              "iterate",
              JnatsCases::iterate,
              List.of("0 data", "1 data", "2 data", "3 data", "4 data")),
          new JnatsCase(
              "errors",
              JnatsCases::errors,
              List.of("10059", "10058", "10065", "10014", "deleted true", "10059")));

  private JnatsCases() {}

  /** A program with the story that it should tell. */
  record JnatsCase(String name, Story story, List<String> expected) {}

  /** Tells what it sees. */
  interface Story {
    void tell(Connection connection, List<String> lines) throws Exception;
  }

  /** Runs a case on a server; its streams are deleted before and after. */
  static List<String> run(JnatsCase each, String url) throws Exception {
    List<String> lines = new ArrayList<>();
    Options options =
        Options.builder().server(url).connectionTimeout(SECOND.multipliedBy(5)).build();
    try (Connection connection = Nats.connect(options)) {
      JetStreamManagement jsm = connection.jetStreamManagement();
      for (String stream : jsm.getStreamNames()) {
        jsm.deleteStream(stream);
      }
      each.story.tell(connection, lines);
    }
    return lines;
  }

  private static StreamContext stream(Connection connection, String name, String subjects)
      throws Exception {
    connection
        .jetStreamManagement()
        .addStream(
            StreamConfiguration.builder()
                .name(name)
                .subjects(subjects)
                .storageType(StorageType.File)
                .build());
    return connection.getStreamContext(name);
  }

  private static void walk(Connection connection, List<String> lines) throws Exception {
    StreamContext stream = stream(connection, "EVENTS", "events.>");
    JetStream js = connection.jetStream();
    publishThree(js);
    ConsumerContext ephemeral =
        stream.createOrUpdateConsumer(
            ConsumerConfiguration.builder().ackPolicy(AckPolicy.Explicit).build());
    CountDownLatch three = new CountDownLatch(3);
    MessageConsumer consuming =
        ephemeral.consume(
            message -> {
              message.ack();
              lines.add("consumed " + message.getSubject());
              three.countDown();
            });
    if (!three.await(10, TimeUnit.SECONDS)) {
      lines.add("too few messages");
    }
    consuming.close();
    publishThree(js);
    long receivedBefore = connection.getStatistics().getInMsgs();
    try (FetchConsumer two =
        ephemeral.fetch(FetchConsumeOptions.builder().maxMessages(2).build())) {
      awaitQueued(connection, receivedBefore + 2);
      lines.add("got " + ackAll(two));
    }
    lines.add(
        "got " + fetch(ephemeral, FetchConsumeOptions.builder().maxMessages(100).noWait().build()));
    lines.add(
        "got "
            + fetch(
                ephemeral, FetchConsumeOptions.builder().maxMessages(1).expiresIn(1_000).build()));
    ConsumerContext durable =
        stream.createOrUpdateConsumer(
            ConsumerConfiguration.builder()
                .durable("processor")
                .ackPolicy(AckPolicy.Explicit)
                .build());
    Message first = durable.next(SECOND);
    lines.add("received " + first.getSubject() + " from durable consumer");
    stream.deleteConsumer("processor");
    lines.add("deleted: " + errorOf(() -> stream.getConsumerContext("processor")));
  }

  private static void publishThree(JetStream js) throws Exception {
    for (int i = 1; i <= 3; i++) {
      js.publish("events." + i, null);
    }
  }

  private static String fetch(ConsumerContext consumer, FetchConsumeOptions options)
      throws Exception {
    try (FetchConsumer fetched = consumer.fetch(options)) {
      return ackAll(fetched);
    }
  }

  private static String ackAll(FetchConsumer fetched) throws Exception {
    int count = 0;
    for (Message message = fetched.nextMessage();
        message != null;
        message = fetched.nextMessage()) {
      message.ack();
      count++;
    }
    return count + " messages";
  }

  /**
   * Returns when so many messages have come and are queued. The public client counts the last
   * message that a fetch asked for before it queues it, and who asks for it in between is told that
   * the fetch has ended. What answers a ping is read after the messages before it are queued.
   */
  private static void awaitQueued(Connection connection, long received) throws Exception {
    boolean came;
    do {
      came = connection.getStatistics().getInMsgs() >= received;
      connection.flush(SECOND.multipliedBy(5));
    } while (!came);
  }

  private static void publishing(Connection connection, List<String> lines) throws Exception {
    StreamContext stream = stream(connection, "P", "p.>");
    JetStream js = connection.jetStream();
    PublishOptions id = PublishOptions.builder().messageId("a").build();
    lines.add("seq " + js.publish("p.1", null, id).getSeqno());
    PublishAck again = js.publish("p.1", null, id);
    lines.add("duplicate " + again.isDuplicate() + " of " + again.getSeqno());
    PublishOptions wrongSeq = PublishOptions.builder().expectedLastSequence(7).build();
    lines.add(errorOf(() -> js.publish("p.1", null, wrongSeq)));
    PublishOptions wrongStream = PublishOptions.builder().expectedStream("Q").build();
    lines.add(errorOf(() -> js.publish("p.1", null, wrongStream)));
    lines.add("seq " + js.publishAsync("p.2", null).get(5, TimeUnit.SECONDS).getSeqno());
    lines.add(
        "state "
            + stream.getStreamInfo().getStreamState().getMsgCount()
            + " of "
            + stream.getStreamInfo().getStreamState().getLastSequence());
  }

  private static void acknowledgements(Connection connection, List<String> lines) throws Exception {
    StreamContext stream = stream(connection, "A", "a");
    JetStream js = connection.jetStream();
    for (int i = 0; i < 3; i++) {
      js.publish("a", null);
    }
    ConsumerContext consumer =
        stream.createOrUpdateConsumer(
            ConsumerConfiguration.builder()
                .durable("c")
                .ackPolicy(AckPolicy.Explicit)
                .maxAckPending(1)
                .build());
    consumer.next(SECOND).nak();
    Message again = consumer.next(SECOND);
    lines.add("naked again " + again.metaData().deliveredCount());
    again.ackSync(SECOND);
    consumer.next(SECOND).term();
    Message third = consumer.next(SECOND);
    lines.add("termed, then " + (third.metaData().deliveredCount() == 1 ? "none" : "again"));
    third.inProgress();
    third.ackSync(SECOND);
    lines.add(
        "acked, pending "
            + consumer.getConsumerInfo().getNumAckPending()
            + ", floor "
            + consumer.getConsumerInfo().getAckFloor().getStreamSequence());
  }

  private static void iterate(Connection connection, List<String> lines) throws Exception {
    StreamContext stream = stream(connection, "I", "i.*");
    for (int i = 0; i < 5; i++) {
      connection
          .jetStream()
          .publish("i." + i, "data".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    ConsumerContext consumer =
        stream.createOrUpdateConsumer(
            ConsumerConfiguration.builder()
                .durable("consumer")
                .ackPolicy(AckPolicy.Explicit)
                .build());
    try (io.nats.client.IterableConsumer iterable = consumer.iterate()) {
      for (int i = 0; i < 5; i++) {
        Message message = iterable.nextMessage(SECOND.multipliedBy(5));
        lines.add(
            message.getSubject().substring(2)
                + " "
                + new String(message.getData(), java.nio.charset.StandardCharsets.UTF_8));
        message.ack();
      }
    }
  }

  private static void errors(Connection connection, List<String> lines) throws Exception {
    JetStreamManagement jsm = connection.jetStreamManagement();
    lines.add(errorOf(() -> jsm.getStreamInfo("NONE")));
    stream(connection, "E", "e.>");
    StreamConfiguration other = StreamConfiguration.builder().name("E").subjects("f").build();
    lines.add(errorOf(() -> jsm.addStream(other)));
    StreamConfiguration overlapping =
        StreamConfiguration.builder().name("F").subjects("e.x").build();
    lines.add(errorOf(() -> jsm.addStream(overlapping)));
    lines.add(errorOf(() -> jsm.getConsumerInfo("E", "none")));
    lines.add("deleted " + jsm.deleteStream("E"));
    lines.add(errorOf(() -> jsm.getStreamInfo("E")));
  }

  private interface Call {
    Object run() throws Exception;
  }

  private static String errorOf(Call call) throws Exception {
    try {
      call.run();
      return "no error";
    } catch (JetStreamApiException e) {
      return Integer.toString(e.getApiErrorCode());
    }
  }
}
