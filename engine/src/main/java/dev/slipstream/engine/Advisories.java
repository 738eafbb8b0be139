// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.base.Clock;
import dev.slipstream.protocol.json.JsonWriter;
import dev.slipstream.protocol.json.Rfc3339;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * Tells whoever listens what happened to streams, consumers and messages; makes nothing when nobody
 * does.
 *
 * <p>Source: ADR-15 and the advisory schemas {@code io.nats.jetstream.advisory.v1}.
 */
final class Advisories {
  private static final String SUBJECT = "$JS.EVENT.ADVISORY.";
  private static final String TYPE = "io.nats.jetstream.advisory.v1.";

  private static final byte[] AUDIT = Subject.bytes(SUBJECT + "API");

  private interface Fields {
    void write(JsonWriter json);
  }

  private final JetStreamAccount account;
  private final Clock clock;
  private final Nuid ids;

  Advisories(JetStreamAccount account, Clock clock, Nuid ids) {
    this.account = account;
    this.clock = clock;
    this.ids = ids;
  }

  /** Whether anybody listens to what is asked of the API. */
  boolean isAudited() {
    return account.isLive() && account.bus().hasInterest(AUDIT, 0, AUDIT.length);
  }

  /** A request was answered. */
  void audit(ApiRequest request, byte[] response) {
    byte[] client = request.client();
    if (client == null) {
      return; // nobody listened when it came
    }
    tell(
        SUBJECT + "API",
        TYPE + "api_audit",
        json -> {
          json.field("server", account.options().serverName());
          client(json, client);
          json.field("subject", request.subject());
          json.fieldIf("request", new String(request.body(), StandardCharsets.UTF_8));
          json.field("response", new String(response, StandardCharsets.UTF_8));
        });
  }

  /** Writes who asked; null when that is not known. */
  static void client(JsonWriter json, byte[] client) {
    json.name("client");
    if (client.length == 0) {
      json.nullValue();
    } else {
      json.rawValue(client);
    }
  }

  /** So many requests were dropped, since too many waited. */
  void apiLimitReached(long dropped) {
    publish(
        SUBJECT + "API.LIMIT_REACHED",
        TYPE + "api_limit_reached",
        json ->
            domain(json.field("server", account.options().serverName())).field("dropped", dropped));
  }

  void streamAction(String stream, String event, String action) {
    tell(
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
    tell(
        SUBJECT + "CONSUMER." + event + "." + consumer.stream.name + "." + consumer.name,
        TYPE + "consumer_action",
        json ->
            json.field("stream", consumer.stream.name)
                .field("consumer", consumer.name)
                .field("action", action));
  }

  /** A consumer is paused, or goes on. */
  void paused(Consumer consumer) {
    Instant until = consumer.config().pauseUntil();
    tell(
        SUBJECT + "CONSUMER.PAUSE." + consumer.stream.name + "." + consumer.name,
        TYPE + "consumer_pause",
        json ->
            json.field("stream", consumer.stream.name)
                .field("consumer", consumer.name)
                .field("paused", consumer.isPaused())
                .timeField("pause_until", until == null ? Rfc3339.ZERO : until));
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
    json.field("account", account.name());
    json.field("stream", consumer.stream.name).field("consumer", consumer.name);
    return domain(json).field("group", group);
  }

  void maxDeliveries(Consumer consumer, long streamSeq, int deliveries) {
    if (consumer.isHidden()) {
      return;
    }
    tell(
        SUBJECT + "CONSUMER.MAX_DELIVERIES." + consumer.stream.name + "." + consumer.name,
        TYPE + "max_deliver",
        json ->
            json.field("stream", consumer.stream.name)
                .field("consumer", consumer.name)
                .field("stream_seq", streamSeq)
                .field("deliveries", (long) deliveries));
  }

  /** A message was acknowledged: told for as many of a hundred as the consumer wants. */
  void acknowledged(Consumer consumer, Ack ack, long waitedNanos) {
    String frequency = consumer.config().sampleFreq().replace("%", "");
    if (consumer.stream.random().nextInt(100) >= Integer.parseInt(frequency)) {
      return;
    }
    tell(
        "$JS.EVENT.METRIC.CONSUMER.ACK." + consumer.stream.name + "." + consumer.name,
        "io.nats.jetstream.metric.v1.consumer_ack",
        json -> {
          place(json, consumer, ack.streamSeq, ack.consumerSeq);
          json.field("ack_time", waitedNanos).field("deliveries", ack.delivered);
        });
  }

  void naked(Consumer consumer, Ack ack) {
    tell(
        SUBJECT + "CONSUMER.MSG_NAKED." + consumer.stream.name + "." + consumer.name,
        TYPE + "nak",
        json -> message(json, consumer, ack.streamSeq, ack.consumerSeq, ack.delivered));
  }

  void terminated(Consumer consumer, Ack ack, String reason) {
    terminated(consumer, ack.streamSeq, ack.consumerSeq, ack.delivered, reason);
  }

  void terminated(
      Consumer consumer, long streamSeq, long consumerSeq, long deliveries, String reason) {
    if (consumer.isHidden()) {
      return;
    }
    tell(
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
    place(json, consumer, streamSeq, consumerSeq);
    json.field("deliveries", deliveries);
  }

  private static void place(JsonWriter json, Consumer consumer, long streamSeq, long consumerSeq) {
    json.field("stream", consumer.stream.name).field("consumer", consumer.name);
    json.field("consumer_seq", consumerSeq).field("stream_seq", streamSeq);
  }

  private JsonWriter domain(JsonWriter json) {
    return json.fieldIf("domain", account.domain());
  }

  /** Publishes what happened, with the domain at the end. */
  private void tell(String subject, String type, Fields fields) {
    publish(
        subject,
        type,
        json -> {
          fields.write(json);
          domain(json);
        });
  }

  private void publish(String subject, String type, Fields fields) {
    byte[] to = Subject.bytes(subject);
    if (!account.isLive() || !account.bus().hasInterest(to, 0, to.length)) {
      return;
    }
    JsonWriter json = new JsonWriter().object().field("type", type);
    json.field("id", ids.next());
    json.timeField("timestamp", Clock.instant(clock.epochNanos()));
    fields.write(json);
    byte[] payload = json.end().toBytes();
    account.bus().send(to, new MessageFrame().set(to, OutputBuffer.NO_BYTES, payload), null);
  }
}
