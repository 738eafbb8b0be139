// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.protocol.wire.OutputBuffer;
import java.util.Arrays;

/**
 * A view of a stored message; the caller makes one and has it filled again and again, by {@link
 * StreamStore#read} for one.
 *
 * <p>What it shows stays while the loop's present command runs, also when the message is removed
 * meanwhile. After that other messages may stand in the array: what is needed longer is copied.
 * Headers lie directly before the payload.
 */
public final class StoredMessage {
  /** The sequence. */
  public long seq;

  /** The time in nanoseconds since the epoch. */
  public long epochNanos;

  /** How long it lives, {@link MessageCodec#NO_TTL} or {@link MessageCodec#NEVER_TOO_OLD}. */
  public int ttlSeconds;

  /** The array that everything below points into; never write to it. */
  public byte[] bytes = OutputBuffer.NO_BYTES;

  /** Where the subject begins. */
  public int subjectFrom;

  /** Where the subject ends. */
  public int subjectTo;

  /** Where the headers begin. */
  public int headersFrom;

  /** Where the headers end and the payload begins. */
  public int payloadFrom;

  /** Where the payload ends. */
  public int payloadTo;

  /** The CRC that stands with the message. */
  int crc;

  /** Where its frame begins. */
  int frameFrom;

  /** {@link MessageCodec#HEADERS} and {@link MessageCodec#TTL}. */
  int flags;

  /** A view of nothing. */
  public StoredMessage() {}

  /** The bytes of subject, headers and payload. */
  public int contentBytes() {
    return subjectTo - subjectFrom + (payloadTo - headersFrom);
  }

  /** Whether there are headers. */
  public boolean hasHeaders() {
    return payloadFrom > headersFrom;
  }

  /** A copy of the subject. */
  public byte[] copySubject() {
    return Arrays.copyOfRange(bytes, subjectFrom, subjectTo);
  }

  /** A copy of the payload. */
  public byte[] copyPayload() {
    return Arrays.copyOfRange(bytes, payloadFrom, payloadTo);
  }

  /** A copy of the header block; empty when there is none. */
  public byte[] copyHeaders() {
    return Arrays.copyOfRange(bytes, headersFrom, payloadFrom);
  }

  /**
   * Shows a message that was not stored, for a stream in memory.
   *
   * @param scratch what stood in it goes; holds what is shown
   */
  public StoredMessage set(
      long newSeq, long newEpochNanos, NewMessage message, OutputBuffer scratch) {
    int all = message.flags() | MessageCodec.SUBJECT;
    scratch.clear();
    MessageCodec.putBody(scratch, message, all);
    seq = newSeq;
    epochNanos = newEpochNanos;
    MessageCodec.showBody(scratch.array(), 0, scratch.length(), all, this);
    return this;
  }
}
