// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.wire.Headers;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A message to be published: {@code Outgoing.to("orders.new").payload(bytes).header("Key", "x")}.
 *
 * <p>Immutable, except that the payload's array is not copied before the message is published.
 */
public final class Outgoing {
  private final String subject;
  private final @Nullable String reply;
  private final Headers headers;
  private final byte[] payload;

  private Outgoing(String subject, @Nullable String reply, Headers headers, byte[] payload) {
    this.subject = subject;
    this.reply = reply;
    this.headers = headers;
    this.payload = payload;
  }

  /** An empty message to {@code subject}. */
  public static Outgoing to(String subject) {
    Objects.requireNonNull(subject, "subject");
    return new Outgoing(subject, null, Headers.empty(), OutputBuffer.NO_BYTES);
  }

  /** With a payload; null is an empty one. */
  public Outgoing payload(byte @Nullable [] bytes) {
    return new Outgoing(subject, reply, headers, bytes == null ? OutputBuffer.NO_BYTES : bytes);
  }

  /** With a text in UTF-8 as payload. */
  public Outgoing text(String text) {
    return payload(text.getBytes(StandardCharsets.UTF_8));
  }

  /** With one more header. */
  public Outgoing header(String key, String value) {
    return new Outgoing(subject, reply, headers.with(key, value), payload);
  }

  /** With these headers instead of those before. */
  public Outgoing headers(Headers newHeaders) {
    return new Outgoing(subject, reply, newHeaders, payload);
  }

  /** With a subject for answers. */
  public Outgoing replyTo(String replySubject) {
    return new Outgoing(subject, replySubject, headers, payload);
  }

  /** Where it goes. */
  public String subject() {
    return subject;
  }

  /** Where answers go, or null. */
  public @Nullable String reply() {
    return reply;
  }

  /** The headers. */
  public Headers headers() {
    return headers;
  }

  /** The payload, not copied. */
  public byte[] payload() {
    return payload;
  }
}
