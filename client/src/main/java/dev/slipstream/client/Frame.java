// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.wire.AckBody;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One operation on its way to the server, whole and encoded by the thread that sends it; as a
 * command it hands itself to the connection on the loop.
 */
class Frame implements Runnable {
  /** What a queued frame costs beside its bytes. */
  private static final int OVERHEAD_BYTES = 64;

  private static final long NO_NUMBER = -1;
  private static final byte[] PUB = {'P', 'U', 'B', ' '};
  private static final byte[] NAK = AckBody.NAK.bytes();
  private static final byte[] HPUB = {'H', 'P', 'U', 'B', ' '};

  final Connection connection;
  final byte[] bytes;
  private int charged;

  Frame(Connection connection, byte[] bytes) {
    this.connection = connection;
    this.bytes = bytes;
  }

  /** Hands the frame over; on the loop. */
  @Override
  public void run() {
    connection.outbound().write(this);
  }

  /** The frame was put behind what the session has sent so far; on the loop. */
  void onWritten(Session session) {}

  /** The frame will never be sent; on the loop. */
  void onDropped(NatsException why) {}

  /** What it takes of the budget of queued bytes. */
  int cost() {
    return bytes.length + OVERHEAD_BYTES;
  }

  /** So much was taken from the budget for it. */
  void charge(int permits) {
    charged = permits;
  }

  /** What is to be given back to the budget, once. */
  int uncharge() {
    int due = charged;
    charged = 0;
    return due;
  }

  /**
   * Asks for a message to be delivered again, at once; {@code line[replyFrom..replyTo]} is the
   * subject of its ack.
   */
  static Frame nak(Connection connection, byte[] line, int replyFrom, int replyTo) {
    return new Frame(connection, publish(line, replyFrom, replyTo, NAK));
  }

  /** Encodes PUB or HPUB with a checked subject; reply may be null or empty. */
  static byte[] publish(String subject, @Nullable String reply, byte[] headers, byte[] payload) {
    byte[] replyBytes =
        reply == null ? OutputBuffer.NO_BYTES : reply.getBytes(StandardCharsets.UTF_8);
    byte[] to = subject.getBytes(StandardCharsets.UTF_8);
    return encode(to, 0, to.length, replyBytes, NO_NUMBER, headers, payload);
  }

  /** As above with a reply of a prefix and a number. */
  static byte[] publish(
      String subject, byte[] replyPrefix, long token, byte[] headers, byte[] payload) {
    byte[] to = subject.getBytes(StandardCharsets.UTF_8);
    return encode(to, 0, to.length, replyPrefix, token, headers, payload);
  }

  /** Encodes PUB to a range of bytes, with a reply of a prefix and a number. */
  static byte[] publish(
      byte[] subject, int from, int to, byte[] replyPrefix, long token, byte[] payload) {
    return encode(subject, from, to, replyPrefix, token, OutputBuffer.NO_BYTES, payload);
  }

  /** Encodes PUB to a range of bytes, without headers and reply. */
  static byte[] publish(byte[] subject, int from, int to, byte[] payload) {
    byte[] none = OutputBuffer.NO_BYTES;
    return encode(subject, from, to, none, NO_NUMBER, none, payload);
  }

  private static byte[] encode(
      byte[] subject, int from, int to, byte[] reply, long token, byte[] headers, byte[] payload) {
    boolean withHeaders = headers.length > 0;
    boolean withReply = reply.length > 0;
    int total = headers.length + payload.length;
    byte[] verb = withHeaders ? HPUB : PUB;
    int size = verb.length + to - from + 1 + digits(total) + 2 + total + 2;
    if (withReply) {
      size += reply.length + 1 + (token >= 0 ? digits(token) : 0);
    }
    if (withHeaders) {
      size += digits(headers.length) + 1;
    }
    byte[] out = new byte[size];
    int at = put(out, 0, verb, 0, verb.length);
    at = put(out, at, subject, from, to);
    out[at++] = ' ';
    if (withReply) {
      at = put(out, at, reply, 0, reply.length);
      if (token >= 0) {
        at = putDecimal(out, at, token);
      }
      out[at++] = ' ';
    }
    if (withHeaders) {
      at = putDecimal(out, at, headers.length);
      out[at++] = ' ';
    }
    at = putDecimal(out, at, total);
    at = putLineEnd(out, at);
    at = put(out, at, headers, 0, headers.length);
    at = put(out, at, payload, 0, payload.length);
    putLineEnd(out, at);
    return out;
  }

  private static int put(byte[] out, int at, byte[] source, int from, int to) {
    System.arraycopy(source, from, out, at, to - from);
    return at + to - from;
  }

  private static int putLineEnd(byte[] out, int at) {
    out[at] = '\r';
    out[at + 1] = '\n';
    return at + 2;
  }

  private static int putDecimal(byte[] out, int at, long value) {
    int end = at + digits(value);
    long rest = value;
    for (int i = end - 1; i >= at; i--) {
      out[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return end;
  }

  private static int digits(long value) {
    int digits = 1;
    for (long rest = value / 10; rest > 0; rest /= 10) {
      digits++;
    }
    return digits;
  }
}
