// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One PUB, HPUB, MSG or HMSG as ranges of bytes: a view that the parser reuses, valid only during
 * the call that hands it over.
 *
 * <p>Subject, sid and reply are ranges of {@link #line}; headers and payload are ranges of {@link
 * #body}, headers first. An absent reply or header block is an empty range. The arrays belong to
 * the parser and its caller: never write to them, copy what must last.
 */
public final class MessageFrame {
  /** The array that holds subject, sid and reply. */
  public byte[] line = OutputBuffer.NO_BYTES;

  /** Where the subject begins. */
  public int subjectStart;

  /** Where the subject ends. */
  public int subjectEnd;

  /** Where the sid begins; of MSG and HMSG only. */
  public int sidStart;

  /** Where the sid ends. */
  public int sidEnd;

  /** Where the reply begins. */
  public int replyStart;

  /** Where the reply ends; equal to the start when there is none. */
  public int replyEnd;

  /** The array that holds headers and payload. */
  public byte[] body = OutputBuffer.NO_BYTES;

  /** Where the header block begins. */
  public int headersStart;

  /** Where the payload begins, which is where the header block ends. */
  public int payloadStart;

  /** Where the payload ends. */
  public int payloadEnd;

  /** Whether a reply subject is there. */
  public boolean hasReply() {
    return replyEnd > replyStart;
  }

  /** Bytes of the header block; 0 when there is none. */
  public int headersLength() {
    return payloadStart - headersStart;
  }

  /** Bytes of the payload. */
  public int payloadLength() {
    return payloadEnd - payloadStart;
  }

  /** The subject as text. */
  public String subject() {
    return new String(line, subjectStart, subjectEnd - subjectStart, StandardCharsets.UTF_8);
  }

  /** The reply subject as text; empty when there is none. */
  public String reply() {
    return new String(line, replyStart, replyEnd - replyStart, StandardCharsets.UTF_8);
  }

  /** A message like this one on arrays of its own, without a sid. */
  public MessageFrame copy() {
    byte[] subject = Arrays.copyOfRange(line, subjectStart, subjectEnd);
    return new MessageFrame().set(subject, copyReply(), copyHeaders(), copyPayload());
  }

  /** A copy of the reply subject; empty without one. */
  public byte[] copyReply() {
    return Arrays.copyOfRange(line, replyStart, replyEnd);
  }

  /** A copy of the header block. */
  public byte[] copyHeaders() {
    return Arrays.copyOfRange(body, headersStart, payloadStart);
  }

  /** A copy of the payload. */
  public byte[] copyPayload() {
    return Arrays.copyOfRange(body, payloadStart, payloadEnd);
  }

  /** The sid as a number, or -1 when it is none. */
  public long sidAsLong() {
    long value = 0;
    for (int i = sidStart; i < sidEnd; i++) {
      int digit = line[i] - '0';
      if (digit < 0 || digit > 9 || sidEnd - sidStart > 18) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return sidEnd > sidStart ? value : -1;
  }

  /** Points this view at arrays of the caller's, as a message without reply. */
  public MessageFrame set(byte[] subject, byte[] headers, byte[] payload) {
    return set(subject, OutputBuffer.NO_BYTES, headers, payload);
  }

  /** Points this view at arrays of the caller's; subject and reply are joined in a new line. */
  public MessageFrame set(byte[] subject, byte[] reply, byte[] headers, byte[] payload) {
    sidStart = 0;
    sidEnd = 0;
    setLine(subject, reply);
    setBody(headers, payload);
    return this;
  }

  private void setLine(byte[] subject, byte[] reply) {
    line = join(subject, reply);
    subjectStart = 0;
    subjectEnd = subject.length;
    replyStart = subject.length;
    replyEnd = line.length;
  }

  private void setBody(byte[] headers, byte[] payload) {
    body = join(headers, payload);
    headersStart = 0;
    payloadStart = headers.length;
    payloadEnd = body.length;
  }

  /** A view of this message under another subject, without a sid; the body is the same array. */
  public MessageFrame withSubject(byte[] subject) {
    MessageFrame other = new MessageFrame();
    other.setLine(subject, copyReply());
    other.body = body;
    other.headersStart = headersStart;
    other.payloadStart = payloadStart;
    other.payloadEnd = payloadEnd;
    return other;
  }

  /** A view of this message with other headers, without a sid; the line is the same array. */
  public MessageFrame withHeaders(byte[] headers) {
    MessageFrame other = new MessageFrame();
    other.line = line;
    other.subjectStart = subjectStart;
    other.subjectEnd = subjectEnd;
    other.replyStart = replyStart;
    other.replyEnd = replyEnd;
    other.setBody(headers, copyPayload());
    return other;
  }

  private static byte[] join(byte[] first, byte[] second) {
    if (first.length == 0) {
      return second;
    }
    if (second.length == 0) {
      return first;
    }
    byte[] joined = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, joined, first.length, second.length);
    return joined;
  }
}
