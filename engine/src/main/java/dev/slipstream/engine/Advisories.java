// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.base.Clock;
import dev.slipstream.protocol.json.JsonWriter;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;

/**
 * Tells whoever listens what happened to streams, consumers and messages; makes nothing when nobody
 * does.
 *
 * <p>Source: ADR-15 and the advisory schemas {@code io.nats.jetstream.advisory.v1}.
 */
final class Advisories {
  private static final String SUBJECT = "$JS.EVENT.ADVISORY.";
  private static final String TYPE = "io.nats.jetstream.advisory.v1.";

  private interface Fields {
    void write(JsonWriter json);
  }

  private final JetStreamAccount account;
  private final Clock clock;

  Advisories(JetStreamAccount account, Clock clock) {
    this.account = account;
    this.clock = clock;
  }

  void streamAction(String stream, String event, String action) {
    publish(
        SUBJECT + "STREAM." + event + "." + stream,
        TYPE + "stream_action",
        json -> json.field("stream", stream).field("action", action));
  }

  /** An atomic batch was given up. */
  void batchAbandoned(Stream stream, String id, String reason) {
    publish(
        SUBJECT + "STREAM.BATCH_ABANDONED." + stream.name,
        TYPE + "stream_batch_abandoned",
        json -> json.field("stream", stream.name).field("batch", id).field("reason", reason));
  }

  /** A snapshot or a restore of a stream begins, or is over; the event says which. */
  void transfer(String stream, String event, java.util.function.Consumer<JsonWriter> fields) {
    publish(
        SUBJECT + "STREAM." + event + "." + stream,
        TYPE + event.toLowerCase(java.util.Locale.ROOT),
        fields::accept);
  }

  void consumerCreated(Consumer consumer) {
    consumerAction(consumer, "CREATED", "create");
  }

  void consumerDeleted(Consumer consumer) {
    consumerAction(consumer, "DELETED", "delete");
  }

  private void consumerAction(Consumer consumer, String event, String action) {
    publish(
        SUBJECT + "CONSUMER." + event + "." + consumer.stream.name + "." + consumer.name,
        TYPE + "consumer_action",
        json ->
            json.field("stream", consumer.stream.name)
                .field("consumer", consumer.name)
                .field("action", action));
  }

  void pinned(Consumer consumer, String group, String pinId) {
    publish(
        SUBJECT + "CONSUMER.PINNED." + consumer.stream.name + "." + consumer.name,
        TYPE + "consumer_group_pinned",
        json -> group(json, consumer, group).field("pinned_id", pinId));
  }

  void unpinned(Consumer consumer, String group, String reason) {
    publish(
        SUBJECT + "CONSUMER.UNPINNED." + consumer.stream.name + "." + consumer.name,
        TYPE + "consumer_group_unpinned",
        json -> group(json, consumer, group).field("reason", reason));
  }

  private JsonWriter group(JsonWriter json, Consumer consumer, String group) {
    return json.field("account", account.name())
        .field("stream", consumer.stream.name)
        .field("consumer", consumer.name)
        .field("group", group);
  }

  void maxDeliveries(Consumer consumer, long streamSeq, int deliveries) {
    publish(
        SUBJECT + "CONSUMER.MAX_DELIVERIES." + consumer.stream.name + "." + consumer.name,
        TYPE + "max_deliver",
        json ->
            json.field("stream", consumer.stream.name)
                .field("consumer", consumer.name)
                .field("stream_seq", streamSeq)
                .field("deliveries", (long) deliveries));
  }

  /** A message was acknowledged: told for as many of a hundred as the consumer wants. */
  void acknowledged(Consumer consumer, Ack ack) {
    String frequency = consumer.config().sampleFreq();
    if (frequency.isEmpty()
        || account.random().nextInt(100) >= Integer.parseInt(frequency.replace("%", ""))) {
      return;
    }
    long now = clock.epochNanos();
    publish(
        "$JS.EVENT.METRIC.CONSUMER.ACK." + consumer.stream.name + "." + consumer.name,
        "io.nats.jetstream.metric.v1.consumer_ack",
        json -> {
          message(json, consumer, ack.streamSeq, ack.consumerSeq, ack.delivered);
          json.field("ack_time", Math.max(0, now - ack.storedEpochNanos));
        });
  }

  void naked(Consumer consumer, Ack ack) {
    publish(
        SUBJECT + "CONSUMER.MSG_NAKED." + consumer.stream.name + "." + consumer.name,
        TYPE + "nak",
        json -> message(json, consumer, ack.streamSeq, ack.consumerSeq, ack.delivered));
  }

  void terminated(Consumer consumer, Ack ack, String reason) {
    terminated(consumer, ack.streamSeq, ack.consumerSeq, ack.delivered, reason);
  }

  void terminated(
      Consumer consumer, long streamSeq, long consumerSeq, long deliveries, String reason) {
    publish(
        SUBJECT + "CONSUMER.MSG_TERMINATED." + consumer.stream.name + "." + consumer.name,
        TYPE + "terminated",
        json -> {
          message(json, consumer, streamSeq, consumerSeq, deliveries);
          if (!reason.isEmpty()) {
            json.field("reason", reason);
          }
        });
  }

  private static void message(
      JsonWriter json, Consumer consumer, long streamSeq, long consumerSeq, long deliveries) {
    json.field("stream", consumer.stream.name).field("consumer", consumer.name);
    json.field("consumer_seq", consumerSeq).field("stream_seq", streamSeq);
    json.field("deliveries", deliveries);
  }

  private void publish(String subject, String type, Fields fields) {
    byte[] to = Subject.bytes(subject);
    if (!account.isLive() || !account.bus().hasInterest(to, 0, to.length)) {
      return;
    }
    JsonWriter json = new JsonWriter().object().field("type", type);
    json.field("id", Names.unique(account.random()));
    json.timeField("timestamp", Clock.instant(clock.epochNanos()));
    fields.write(json);
    if (!account.domain().isEmpty()) {
      json.field("domain", account.domain());
    }
    byte[] payload = json.end().toBytes();
    account.bus().send(to, new MessageFrame().set(to, OutputBuffer.NO_BYTES, payload), null);
  }
}
