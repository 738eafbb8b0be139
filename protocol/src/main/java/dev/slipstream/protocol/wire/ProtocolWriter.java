// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.wire;

import java.nio.charset.StandardCharsets;

/**
 * Writes operations of both sides to an {@link OutputBuffer}.
 *
 * <p>Source: NATS client protocol. Not thread-safe.
 */
public final class ProtocolWriter {
  private static final byte[] PING = ascii("PING\r\n");
  private static final byte[] PONG = ascii("PONG\r\n");
  private static final byte[] OK = ascii("+OK\r\n");
  private static final byte[] MSG = ascii("MSG ");
  private static final byte[] HMSG = ascii("HMSG ");
  private static final byte[] PUB = ascii("PUB ");
  private static final byte[] HPUB = ascii("HPUB ");
  private static final byte[] SUB = ascii("SUB ");
  private static final byte[] UNSUB = ascii("UNSUB ");

  private final OutputBuffer out;

  /** A writer that appends to {@code out}. */
  public ProtocolWriter(OutputBuffer out) {
    this.out = out;
  }

  /** The buffer that is written to. */
  public OutputBuffer buffer() {
    return out;
  }

  /** {@code INFO}, with the blanks where the public server has them. */
  public void info(byte[] json) {
    out.put("INFO ").put(json).put(' ').putLineEnd();
  }

  /** {@code CONNECT}. */
  public void connect(byte[] json) {
    out.put("CONNECT ").put(json).putLineEnd();
  }

  /** {@code PING}. */
  public void ping() {
    out.put(PING);
  }

  /** {@code PONG}. */
  public void pong() {
    out.put(PONG);
  }

  /** {@code +OK}. */
  public void ok() {
    out.put(OK);
  }

  /** {@code -ERR} with a text that is put between quotes. */
  public void err(String text) {
    out.put("-ERR '").put(text).put('\'').putLineEnd();
  }

  /** {@code SUB}; {@code queue} may be empty. */
  public void subscribe(String subject, String queue, long sid) {
    out.put(SUB).put(subject).put(' ');
    if (!queue.isEmpty()) {
      out.put(queue).put(' ');
    }
    out.putDecimal(sid).putLineEnd();
  }

  /** {@code UNSUB}; {@code max} of 0 means at once. */
  public void unsubscribe(long sid, long max) {
    out.put(UNSUB).putDecimal(sid);
    if (max > 0) {
      out.put(' ').putDecimal(max);
    }
    out.putLineEnd();
  }

  /** {@code PUB}, or {@code HPUB} when there are headers; reply and headers may be empty. */
  public void publish(byte[] subject, byte[] reply, byte[] headers, byte[] payload) {
    publish(subject, reply, 0, reply.length, headers, payload, 0, payload.length);
  }

  /** As {@link #publish(byte[], byte[], byte[], byte[])} with ranges of reply and payload. */
  public void publish(
      byte[] subject,
      byte[] reply,
      int replyFrom,
      int replyTo,
      byte[] headers,
      byte[] payload,
      int payloadFrom,
      int payloadTo) {
    out.put(headers.length > 0 ? HPUB : PUB).put(subject).put(' ');
    if (replyTo > replyFrom) {
      out.put(reply, replyFrom, replyTo).put(' ');
    }
    int payloadLength = payloadTo - payloadFrom;
    if (headers.length > 0) {
      out.putDecimal(headers.length).put(' ');
    }
    out.putDecimal((long) headers.length + payloadLength).putLineEnd();
    out.put(headers).put(payload, payloadFrom, payloadTo).putLineEnd();
  }

  /**
   * Begins {@code MSG}, or {@code HMSG} when {@code headersLength > 0}: the line with its sizes.
   * The caller appends headers and payload and then {@link OutputBuffer#putLineEnd()}.
   */
  public OutputBuffer message(
      byte[] subject,
      int subjectFrom,
      int subjectTo,
      byte[] sid,
      byte[] reply,
      int replyFrom,
      int replyTo,
      int headersLength,
      int payloadLength) {
    out.ensure(64 + subjectTo - subjectFrom + sid.length + replyTo - replyFrom);
    out.put(headersLength > 0 ? HMSG : MSG).put(subject, subjectFrom, subjectTo).put(' ');
    out.put(sid).put(' ');
    if (replyTo > replyFrom) {
      out.put(reply, replyFrom, replyTo).put(' ');
    }
    if (headersLength > 0) {
      out.putDecimal(headersLength).put(' ');
    }
    out.putDecimal((long) headersLength + payloadLength).putLineEnd();
    out.ensure(headersLength + payloadLength + 2);
    return out;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
