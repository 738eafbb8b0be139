// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.wire.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A message that is going to be sent, as an {@link Interceptor} sees it: only its headers can be
 * changed.
 *
 * <p>For the thread that sends it, during {@link Interceptor#publishing}.
 */
public final class Publication {
  private final Kind kind;
  private final String subject;
  private final @Nullable String reply;
  private final byte[] payload;
  private Headers headers;

  /** What is expected to come back. */
  public enum Kind {
    /** Nothing. */
    MESSAGE,
    /** A reply, or many. */
    REQUEST,
    /** The word of a stream. */
    STREAM
  }

  Publication(Kind kind, String subject, @Nullable String reply, Headers headers, byte[] payload) {
    this.kind = kind;
    this.subject = subject;
    this.reply = reply;
    this.headers = headers;
    this.payload = payload;
  }

  /** What is expected to come back. */
  public Kind kind() {
    return kind;
  }

  /** Where it goes. */
  public String subject() {
    return subject;
  }

  /** Where the application wants answers, or null; a request has a subject of its own. */
  public @Nullable String reply() {
    return reply;
  }

  /** The headers, with those that interceptors have set. */
  public Headers headers() {
    return headers;
  }

  /** The payload, not copied. */
  public byte[] payload() {
    return payload;
  }

  /**
   * Sets a header, in place of all values that it has.
   *
   * @throws IllegalArgumentException when key or value are none for a header
   */
  public void header(String key, String value) {
    Headers others = headers;
    if (headers.first(key) != null) {
      others = Headers.empty();
      for (Headers.Entry entry : headers.entries()) {
        others = entry.key().equals(key) ? others : others.with(entry.key(), entry.value());
      }
    }
    headers = others.with(key, value);
  }

  @Override
  public String toString() {
    return kind + " " + subject + " (" + payload.length + " bytes)";
  }
}
