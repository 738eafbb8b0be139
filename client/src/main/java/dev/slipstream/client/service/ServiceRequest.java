// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.service;

import dev.slipstream.client.Message;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.Outgoing;
import dev.slipstream.protocol.wire.Headers;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A request that has reached an endpoint. It may be answered several times, from any thread.
 *
 * <p>An answer to a request that wants none throws {@link IllegalArgumentException}.
 */
public final class ServiceRequest {
  private final NatsClient client;
  private final Message message;
  private final Consumer<ServiceError> onError;
  private final AtomicBoolean counted = new AtomicBoolean();
  private volatile boolean answered;

  ServiceRequest(NatsClient client, Message message, Consumer<ServiceError> onError) {
    this.client = client;
    this.message = message;
    this.onError = onError;
  }

  /** The message as it came. */
  public Message message() {
    return message;
  }

  /** The subject it was sent to. */
  public String subject() {
    return message.subject();
  }

  /** The headers; empty when there are none. */
  public Headers headers() {
    return message.headers();
  }

  /** The payload, not copied. */
  public byte[] payload() {
    return message.payload();
  }

  /** The payload as UTF-8. */
  public String text() {
    return message.text();
  }

  /** Answers. */
  public void respond(byte @Nullable [] payload) {
    respond(Headers.empty(), payload);
  }

  /** Answers with a text in UTF-8. */
  public void respond(String text) {
    respond(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Answers with headers. */
  public void respond(Headers headers, byte @Nullable [] payload) {
    client.publish(Outgoing.to(reply()).headers(headers).payload(payload));
    answered = true;
  }

  /** Refuses with a code in the manner of HTTP; counted as an error of the endpoint. */
  public void respondError(int code, String description) {
    respondError(
        new ServiceError(Integer.toString(code), description),
        Headers.empty(),
        OutputBuffer.NO_BYTES);
  }

  /** Refuses with headers and a payload beside the error; counted as an error of the endpoint. */
  public void respondError(ServiceError error, Headers headers, byte @Nullable [] payload) {
    reply();
    // counted first, so that who has the answer finds it in the statistics
    countError(error);
    respond(error.addTo(headers), payload);
  }

  /** Counts an error of this request, once. */
  void countError(ServiceError error) {
    if (counted.compareAndSet(false, true)) {
      onError.accept(error);
    }
  }

  private String reply() {
    String reply = message.reply();
    if (reply == null) {
      throw new IllegalArgumentException("nobody waits for an answer to " + message);
    }
    return reply;
  }

  /** Whether it wants an answer and has none yet. */
  boolean awaitsAnswer() {
    return message.reply() != null && !answered;
  }

  @Override
  public String toString() {
    return message.toString();
  }
}
