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
        "STREAM." + event + "." + stream,
        "stream_action",
        json -> json.field("stream", stream).field("action", action));
  }

  void consumerCreated(Consumer consumer) {
    consumerAction(consumer, "CREATED", "create");
  }

  void consumerDeleted(Consumer consumer) {
    consumerAction(consumer, "DELETED", "delete");
  }

  private void consumerAction(Consumer consumer, String event, String action) {
    publish(
        "CONSUMER." + event + "." + consumer.stream.name + "." + consumer.name,
        "consumer_action",
        json ->
            json.field("stream", consumer.stream.name)
                .field("consumer", consumer.name)
                .field("action", action));
  }

  void maxDeliveries(Consumer consumer, long streamSeq, int deliveries) {
    publish(
        "CONSUMER.MAX_DELIVERIES." + consumer.stream.name + "." + consumer.name,
        "max_deliver",
        json ->
            json.field("stream", consumer.stream.name)
                .field("consumer", consumer.name)
                .field("stream_seq", streamSeq)
                .field("deliveries", (long) deliveries));
  }

  void naked(Consumer consumer, Ack ack) {
    publish(
        "CONSUMER.MSG_NAKED." + consumer.stream.name + "." + consumer.name,
        "nak",
        json -> message(json, consumer, ack.streamSeq, ack.consumerSeq, ack.delivered));
  }

  void terminated(Consumer consumer, Ack ack, String reason) {
    terminated(consumer, ack.streamSeq, ack.consumerSeq, ack.delivered, reason);
  }

  void terminated(
      Consumer consumer, long streamSeq, long consumerSeq, long deliveries, String reason) {
    publish(
        "CONSUMER.MSG_TERMINATED." + consumer.stream.name + "." + consumer.name,
        "terminated",
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
    byte[] to = Subject.bytes(SUBJECT + subject);
    if (!account.isLive() || !account.bus().hasInterest(to, 0, to.length)) {
      return;
    }
    JsonWriter json = new JsonWriter().object().field("type", TYPE + type);
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
