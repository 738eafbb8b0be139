// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.client.JetStream;
import dev.slipstream.client.JsMessage;
import dev.slipstream.client.Message;
import dev.slipstream.client.MessageInfo;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.Outgoing;
import dev.slipstream.client.PublishOptions;
import dev.slipstream.client.StreamMessage;
import dev.slipstream.client.Subscription;
import dev.slipstream.protocol.api.ConsumerInfo;
import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.wire.Headers;
import java.time.Instant;
import java.util.Locale;

/**
 * Publishes what a worker gives up, as {@link DeadLetters} describes it, and listens for what the
 * server gives up. Thread-safe; waits for the server, so not for a loop.
 */
final class DeadLetterBox {
  private static final System.Logger LOG = System.getLogger(DeadLetterBox.class.getName());
  private static final String ADVISORY = "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.";
  private static final String INSTRUCTIONS = "nats-";

  private final NatsClient client;
  private final JetStream jetStream;
  private final DeadLetters letters;
  private final String stream;
  private final String consumer;
  private final long maxDeliver;

  DeadLetterBox(NatsClient client, JetStream jetStream, DeadLetters letters, ConsumerInfo info) {
    this.client = client;
    this.jetStream = jetStream;
    this.letters = letters;
    this.stream = info.streamName();
    this.consumer = info.name();
    this.maxDeliver = info.config().maxDeliver();
  }

  /** Whether the server does not deliver a message once more. */
  boolean isLastDelivery(JsMessage message) {
    return maxDeliver > 0 && message.info().delivered() >= maxDeliver;
  }

  /** Publishes a copy of a message; returns when it is stored. */
  void bury(JsMessage message, String reason) {
    MessageInfo info = message.info();
    bury(
        message.subject(),
        info.streamSequence(),
        info.time(),
        message.headers(),
        message.payload(),
        info.delivered(),
        reason);
  }

  /** Listens for what the server gives up; one of all workers of the consumer takes each. */
  Subscription listen() {
    String of = stream + "." + consumer;
    return client.subscribe(ADVISORY + of, "slipstream-dead-letters." + of, this::onAdvisory);
  }

  private void onAdvisory(Message advisory) {
    Advisory told = Advisory.read(advisory.payload());
    StreamMessage message = jetStream.bindStream(stream).message(told.streamSeq).orElse(null);
    if (message == null) {
      LOG.log(
          System.Logger.Level.WARNING,
          "{0} > {1} has given up message {2}, which is gone",
          stream,
          consumer,
          told.streamSeq);
      return;
    }
    bury(
        message.subject(),
        message.sequence(),
        message.time(),
        message.headers(),
        message.payload(),
        told.deliveries,
        "delivered as often as allowed and not acknowledged");
  }

  private void bury(
      String subject,
      long sequence,
      Instant time,
      Headers headers,
      byte[] payload,
      long deliveries,
      String reason) {
    Headers all =
        Headers.of(
            "Nats-Stream", stream,
            "Nats-Subject", subject,
            "Nats-Sequence", Long.toString(sequence),
            "Nats-Time-Stamp", time.toString(),
            "Dead-Letter-Consumer", consumer,
            "Dead-Letter-Deliveries", Long.toString(deliveries),
            "Dead-Letter-Reason", oneLine(reason));
    for (Headers.Entry header : headers.entries()) {
      if (!header.key().toLowerCase(Locale.ROOT).startsWith(INSTRUCTIONS)) {
        all = all.with(header.key(), header.value());
      }
    }
    String id = "dead-letter:" + stream + ":" + sequence + ":" + time + ":" + consumer;
    jetStream.publish(
        Outgoing.to(letters.subject()).headers(all).payload(payload),
        PublishOptions.none().messageId(id));
  }

  /** A header is one line. */
  private static String oneLine(String text) {
    return text.replaceAll("\\s+", " ").strip();
  }

  /** What is read of the server's advisory: which message, delivered how often. */
  private static final class Advisory {
    long streamSeq;
    long deliveries;

    static Advisory read(byte[] json) {
      Advisory told = new Advisory();
      JsonReader.of(json, 0, json.length).object("MaxDeliveriesAdvisory", told::field);
      return told;
    }

    private boolean field(String name, JsonReader in) {
      switch (name) {
        case "stream_seq" -> streamSeq = in.longValue();
        case "deliveries" -> deliveries = in.longValue();
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
