// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.protocol.wire.OutputBuffer;

/**
 * A view of a message that is to be stored: its subject lies in one array, its headers and payload
 * in another. The caller makes one and fills it again and again.
 */
public final class NewMessage {
  private static final int MOST_SUBJECT_BYTES = 0xffff;

  /** How long it lives, {@link MessageCodec#NO_TTL} or {@link MessageCodec#NEVER_TOO_OLD}. */
  public int ttlSeconds;

  /** The array that holds the subject. */
  public byte[] subject = OutputBuffer.NO_BYTES;

  /** Where the subject begins. */
  public int subjectFrom;

  /** Where the subject ends. */
  public int subjectTo;

  /** The array that holds headers and payload. */
  public byte[] content = OutputBuffer.NO_BYTES;

  /** Where the headers begin. */
  public int headersFrom;

  /** Where the headers end and the payload begins. */
  public int payloadFrom;

  /** Where the payload ends. */
  public int payloadTo;

  /** A view of nothing. */
  public NewMessage() {}

  /** Shows a subject. */
  public NewMessage subject(byte[] bytes, int from, int to) {
    if (to - from > MOST_SUBJECT_BYTES) {
      throw new IllegalArgumentException("a subject of " + (to - from) + " bytes");
    }
    subject = bytes;
    subjectFrom = from;
    subjectTo = to;
    return this;
  }

  /** Shows headers in {@code from..payload} and a payload in {@code payload..to}. */
  public NewMessage content(byte[] bytes, int from, int payload, int to) {
    content = bytes;
    headersFrom = from;
    payloadFrom = payload;
    payloadTo = to;
    return this;
  }

  /** Says how long it lives. */
  public NewMessage ttlSeconds(int seconds) {
    ttlSeconds = seconds;
    return this;
  }

  /** {@link MessageCodec#HEADERS} and {@link MessageCodec#TTL}. */
  int flags() {
    return MessageCodec.flags(payloadFrom > headersFrom, ttlSeconds);
  }

  /** The bytes of a body with those flags. */
  int bodyBytes(int flags) {
    int subjectBytes = (flags & MessageCodec.SUBJECT) != 0 ? subjectTo - subjectFrom : 0;
    return MessageCodec.fixedBytes(flags) + subjectBytes + (payloadTo - headersFrom);
  }
}
