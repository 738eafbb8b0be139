// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.wire.HeaderBlock;
import dev.slipstream.protocol.wire.Headers;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.protocol.wire.Status;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A message that was delivered: subject, reply subject, headers and payload.
 *
 * <p>Thread-safe as long as nobody writes to the payload's array. Texts are decoded when they are
 * asked for.
 */
public sealed class Message permits JsMessage {
  /** Stands behind the last message of a queue; is never handed out. */
  static final Message END =
      new Message(
          new MessageFrame()
              .set(OutputBuffer.NO_BYTES, OutputBuffer.NO_BYTES, OutputBuffer.NO_BYTES));

  private final byte[] line;
  private final int subjectLength;
  private final int replyFrom;
  private final byte[] headerBlock;
  private final byte[] payload;
  private @Nullable String subject;
  private @Nullable Headers headers;

  /** Copies what the frame shows. */
  Message(MessageFrame frame) {
    int end = frame.hasReply() ? frame.replyEnd : frame.subjectEnd;
    line = Arrays.copyOfRange(frame.line, frame.subjectStart, end);
    subjectLength = frame.subjectEnd - frame.subjectStart;
    replyFrom = frame.hasReply() ? frame.replyStart - frame.subjectStart : line.length;
    headerBlock = frame.headersLength() == 0 ? OutputBuffer.NO_BYTES : frame.copyHeaders();
    payload = frame.payloadLength() == 0 ? OutputBuffer.NO_BYTES : frame.copyPayload();
  }

  /** The subject. */
  public String subject() {
    String known = subject;
    if (known == null) {
      known = new String(line, 0, subjectLength, StandardCharsets.UTF_8);
      subject = known;
    }
    return known;
  }

  /** Where an answer is expected, or null; of a JetStream message the subject of its ack. */
  public @Nullable String reply() {
    return replyFrom == line.length
        ? null
        : new String(line, replyFrom, line.length - replyFrom, StandardCharsets.UTF_8);
  }

  /** The headers; empty when there are none. */
  public Headers headers() {
    Headers known = headers;
    if (known == null) {
      known = Headers.parse(headerBlock, 0, headerBlock.length);
      headers = known;
    }
    return known;
  }

  /** The first value of a header, or null. */
  public @Nullable String header(String key) {
    return headerBlock.length == 0
        ? null
        : HeaderBlock.get(headerBlock, 0, headerBlock.length, key.getBytes(StandardCharsets.UTF_8));
  }

  /** The payload: the message's own array, not a copy. */
  public byte[] payload() {
    return payload;
  }

  /** The payload as UTF-8. */
  public String text() {
    return new String(payload, StandardCharsets.UTF_8);
  }

  /** The status line in the headers, or null; messages of applications have none. */
  public @Nullable Status status() {
    return headerBlock.length == 0 ? null : Status.of(headerBlock, 0, headerBlock.length);
  }

  /** Bytes of subject, reply, headers and payload, as a pull's byte limit counts them. */
  public int size() {
    return subjectLength + line.length - replyFrom + headerBlock.length + payload.length;
  }

  byte[] line() {
    return line;
  }

  int replyFrom() {
    return replyFrom;
  }

  /** {@link #size()} of a frame. */
  static int sizeOf(MessageFrame frame) {
    return frame.subjectEnd
        - frame.subjectStart
        + frame.replyEnd
        - frame.replyStart
        + frame.payloadEnd
        - frame.headersStart;
  }

  @Override
  public String toString() {
    return subject() + " (" + payload.length + " bytes)";
  }
}
