// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.api.ApiReply;
import dev.slipstream.protocol.api.PullRequest;
import dev.slipstream.protocol.json.JsonWriter;
import dev.slipstream.protocol.wire.AckBody;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A consumer at the server, as fetches and consumptions reach it, and who watches what it brings.
 *
 * <p>Values for any thread; {@link #pull} and {@link #lookUp} are called on the loop.
 */
record ConsumerLink(
    Connection connection,
    Api api,
    String stream,
    String consumer,
    Pin pin,
    @Nullable DeliveryWatch watch) {
  private static final byte[] ACK = AckBody.ACK.bytes();
  private static final byte[] NEXT = AckBody.NEXT.bytes();

  /** A consumer whose messages are watched by {@code watch}; by nobody if it is null. */
  ConsumerLink(
      Connection connection,
      Api api,
      String stream,
      String consumer,
      @Nullable DeliveryWatch watch) {
    this(connection, api, stream, consumer, new Pin(), watch);
  }

  /** A message of the consumer has come; on the loop. */
  JsMessage received(MessageFrame frame) {
    JsMessage message = new JsMessage(frame, this);
    if (watch != null) {
      watch.delivered(message);
    }
    return message;
  }

  /** Sends a pull whose answers come to the subject of {@code inbox} and {@code number}. */
  void pull(PullRequest.Builder request, @Nullable Priority priority, byte[] inbox, long number) {
    byte[] body = body(request, priority);
    String subject = api.subjects().msgNext(stream, consumer);
    write(Frame.publish(subject, inbox, number, OutputBuffer.NO_BYTES, body));
  }

  /** Acknowledges a message and pulls, in one frame. */
  void ackAndPull(
      JsMessage message,
      PullRequest.Builder request,
      @Nullable Priority priority,
      byte[] inbox,
      long number) {
    OutputBuffer body = new OutputBuffer(128).put(NEXT).put(' ').put(body(request, priority));
    ackAndPull(message, inbox, number, body.toBytes());
  }

  /** Acknowledges a message and asks for one more, without expiry and heartbeats. */
  void ackAndNext(JsMessage message, byte[] inbox, long number) {
    if (watch != null) {
      watch.pulled(1, 0);
    }
    ackAndPull(message, inbox, number, NEXT);
  }

  private void ackAndPull(JsMessage message, byte[] inbox, long number, byte[] body) {
    byte[] line = message.line();
    write(Frame.publish(line, message.replyFrom(), line.length, inbox, number, body));
  }

  /** Acknowledges a message. */
  void ack(JsMessage message) {
    byte[] line = message.line();
    write(Frame.publish(line, message.replyFrom(), line.length, ACK));
  }

  private byte[] body(PullRequest.Builder request, @Nullable Priority priority) {
    if (priority != null) {
      request
          .group(priority.group())
          .minPending(priority.minPending())
          .minAckPending(priority.minAckPending())
          .priority(priority.priority())
          .id(pin.id());
    }
    PullRequest pull = request.build();
    JsonWriter json = new JsonWriter();
    pull.write(json);
    if (watch != null) {
      watch.pulled(pull.batch(), pull.maxBytes());
    }
    return json.toBytes();
  }

  private void write(byte[] frame) {
    connection.outbound().write(new Frame(connection, frame));
  }

  /**
   * Asks whether it exists; the answer comes on the loop: why it is gone, or null when it exists or
   * nobody knows.
   */
  void lookUp(Consumer<@Nullable Closed> answer) {
    api.ask(
        api.subjects().consumerInfo(stream, consumer),
        json -> {},
        (reply, failure) -> answer.accept(reply == null ? null : gone(reply)));
  }

  private static @Nullable Closed gone(ApiReply reply) {
    ApiException refusal = Api.refusal(reply);
    if (refusal instanceof ConsumerNotFoundException) {
      return new Closed.ConsumerDeleted();
    }
    return refusal instanceof StreamNotFoundException ? new Closed.StreamDeleted() : null;
  }

  /** The loop's time in nanoseconds. */
  long now() {
    return connection.loop().clock().nanos();
  }
}
