// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.protocol.wire.OutputBuffer;

/**
 * A view of a stored message; the caller makes one and has it filled again and again by {@link
 * StreamStore#read}.
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

  /** A view of nothing. */
  public StoredMessage() {}

  /** Shows the message whose body lies in {@code from..to}. */
  void set(byte[] block, int from, int to) {
    seq = MessageCodec.seq(block, from);
    epochNanos = MessageCodec.epochNanos(block, from);
    bytes = block;
    subjectFrom = MessageCodec.subjectFrom(from);
    subjectTo = MessageCodec.subjectTo(block, from);
    headersFrom = subjectTo;
    payloadFrom = subjectTo + MessageCodec.headersLength(block, from);
    payloadTo = to;
  }
}
