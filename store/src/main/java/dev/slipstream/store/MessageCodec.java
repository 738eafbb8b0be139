// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.protocol.wire.OutputBuffer;

/**
 * How messages stand in records of the log and in blocks: a base of a sequence and a time, then a
 * frame for each message, which says how far from the base it is.
 *
 * <p>A base is i64 sequence, i64 nanoseconds since the epoch, those of the first message. A frame
 * is i32 CRC32C; the length of the body times 4, plus 2 with seconds to live, plus 1 with headers;
 * the sequence less the base's; the time less the base's, these three as varints; the body. A body
 * is u16 length of the subject, with headers i32 their length, with seconds to live i32 those;
 * subject, headers, payload. The CRC is that of the i64 sequence, the i64 time, the two flags as
 * u8, and the body, so that it stays the same wherever the message stands. Source:
 * docs/data-format.md, "messages".
 */
public final class MessageCodec {
  /** The seconds to live of a message that has as long as its stream says. */
  public static final int NO_TTL = 0;

  /** The seconds to live of a message that is never too old. */
  public static final int NEVER_TOO_OLD = -1;

  /** Bytes of a base. */
  static final int BASE_BYTES = 16;

  /** The most bytes of a frame before its body. */
  static final int MOST_PREFIX_BYTES = 4 + 5 + 10 + 10;

  /** The fewest bytes of a frame. */
  static final int LEAST_FRAME_BYTES = 4 + 3 + 2;

  static final int HEADERS = 1;
  static final int TTL = 2;

  /** In a block, numbers take at least as many bytes, so that frames alike have the same size. */
  static final int BLOCK_SEQ_BYTES = 2;

  static final int BLOCK_TIME_BYTES = 4;

  private static final int FLAG_BITS = 2;
  private static final int CRC_BYTES = 4;
  private static final int SUBJECT_LENGTH_BYTES = 2;

  private MessageCodec() {}

  /** Appends the body of a message. */
  static void putBody(OutputBuffer out, NewMessage message) {
    int subjectLength = message.subjectTo - message.subjectFrom;
    out.ensure(message.bodyBytes());
    out.putShort(subjectLength);
    if (message.payloadFrom > message.headersFrom) {
      out.putInt(message.payloadFrom - message.headersFrom);
    }
    if (message.ttlSeconds != NO_TTL) {
      out.putInt(message.ttlSeconds);
    }
    out.put(message.subject, message.subjectFrom, message.subjectTo);
    out.put(message.content, message.headersFrom, message.payloadTo);
  }

  /** The bytes of a body with those flags beside subject, headers and payload. */
  static int fixedBytes(int flags) {
    return SUBJECT_LENGTH_BYTES
        + ((flags & HEADERS) != 0 ? Integer.BYTES : 0)
        + ((flags & TTL) != 0 ? Integer.BYTES : 0);
  }

  /** Writes what stands before the body of a record's message; answers where that begins. */
  static int putPrefix(byte[] into, int at, int flags, int bodyBytes, long seq, long nanos) {
    int next = Varint.put(into, at + CRC_BYTES, (long) bodyBytes << FLAG_BITS | flags, 1);
    next = Varint.put(into, next, seq, 1);
    return Varint.put(into, next, nanos, 1);
  }

  /** The same in a block, with the CRC. */
  static int putBlockPrefix(
      byte[] into, int at, int crc, int flags, int bodyBytes, long seq, long nanos) {
    RecordHeader.setInt(into, at, crc);
    int next = Varint.put(into, at + CRC_BYTES, (long) bodyBytes << FLAG_BITS | flags, 1);
    next = Varint.put(into, next, seq, BLOCK_SEQ_BYTES);
    return Varint.put(into, next, nanos, BLOCK_TIME_BYTES);
  }

  /**
   * How many bytes of subject, headers and payload a frame of a block has; 0 when it is damaged and
   * too small for that.
   *
   * @param frameBytes its size
   * @param seq how far from the base it is
   * @param nanos the same of its time
   */
  static int contentBytes(int frameBytes, int flags, long seq, long nanos) {
    int rest =
        frameBytes
            - CRC_BYTES
            - Math.max(BLOCK_SEQ_BYTES, Varint.bytes(seq))
            - Math.max(BLOCK_TIME_BYTES, Varint.bytes(nanos));
    int length = 1;
    while (rest > length && Varint.bytes((long) (rest - length) << FLAG_BITS | flags) > length) {
      length++;
    }
    return Math.max(0, rest - length - fixedBytes(flags));
  }

  /**
   * Shows the message whose frame begins at {@code at}.
   *
   * @return whether a message can stand there: its lengths fit into {@code at..limit}
   */
  static boolean show(
      byte[] bytes, int at, int limit, long baseSeq, long baseNanos, StoredMessage into) {
    int lengthAt = at + CRC_BYTES;
    int seqAt = Varint.end(bytes, lengthAt, limit);
    int nanosAt = Varint.end(bytes, seqAt, limit);
    int bodyAt = Varint.end(bytes, nanosAt, limit);
    if (bodyAt < 0) {
      return false;
    }
    long length = Varint.get(bytes, lengthAt);
    int flags = (int) length & (HEADERS | TTL);
    long bodyBytes = length >>> FLAG_BITS;
    if (bodyBytes > limit - bodyAt || bodyBytes < fixedBytes(flags)) {
      return false;
    }
    into.frameFrom = at;
    into.crc = OutputBuffer.getInt(bytes, at);
    long seq = baseSeq + Varint.get(bytes, seqAt);
    long epochNanos = baseNanos + Varint.get(bytes, nanosAt);
    return showBody(bytes, bodyAt, bodyAt + (int) bodyBytes, flags, seq, epochNanos, into);
  }

  /** Shows the message whose body lies in {@code from..to}; false when its lengths do not fit. */
  static boolean showBody(
      byte[] bytes, int from, int to, int flags, long seq, long epochNanos, StoredMessage into) {
    int at = from + SUBJECT_LENGTH_BYTES;
    int subjectLength = (bytes[from] & 0xff) << 8 | bytes[from + 1] & 0xff;
    int headersLength = 0;
    if ((flags & HEADERS) != 0) {
      headersLength = OutputBuffer.getInt(bytes, at);
      at += Integer.BYTES;
    }
    into.ttlSeconds = NO_TTL;
    if ((flags & TTL) != 0) {
      into.ttlSeconds = OutputBuffer.getInt(bytes, at);
      at += Integer.BYTES;
    }
    into.bytes = bytes;
    into.seq = seq;
    into.epochNanos = epochNanos;
    into.flags = flags;
    into.bodyFrom = from;
    into.subjectFrom = at;
    into.subjectTo = at + subjectLength;
    into.headersFrom = at + subjectLength;
    into.payloadFrom = at + subjectLength + headersLength;
    into.payloadTo = to;
    return headersLength >= 0 && headersLength <= to - into.headersFrom && seq > 0;
  }
}
