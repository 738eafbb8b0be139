// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.protocol.wire.Varint;

/**
 * How messages stand in records of the log and in blocks: a base of a sequence and a time, in the
 * log also a subject, then a frame for each message, which says how far from the base it is.
 *
 * <p>A base is i64 sequence, i64 nanoseconds since the epoch, those of the first message; in the
 * log then u16 length and its subject. A frame is i32 CRC32C; the length of the body times 8, plus
 * 4 when it has a subject, plus 2 with seconds to live, plus 1 with headers; the sequence less the
 * base's; the time less the base's, these three as varints; the body. A body is u16 length of the
 * subject when it has one, otherwise the subject is the base's; i32 length of the headers when
 * there are any; i32 seconds to live when there are; subject, headers, payload. The CRC is that of
 * {@link MessageCrc}. Source: docs/data-format.md, "messages".
 */
public final class MessageCodec {
  /** The seconds to live of a message that has as long as its stream says. */
  public static final int NO_TTL = 0;

  /** The seconds to live of a message that is never too old. */
  public static final int NEVER_TOO_OLD = -1;

  /** Bytes of a base without a subject. */
  static final int BASE_BYTES = 16;

  /** Bytes of a subject's length. */
  static final int SUBJECT_LENGTH_BYTES = 2;

  /** The most bytes of a frame before its body. */
  static final int MOST_PREFIX_BYTES = 4 + 5 + 10 + 10;

  /** The fewest bytes of a frame. */
  static final int LEAST_FRAME_BYTES = 4 + 3;

  static final int HEADERS = 1;
  static final int TTL = 2;
  static final int SUBJECT = 4;

  /** In a block, numbers take at least as many bytes, so that frames alike have the same size. */
  static final int BLOCK_SEQ_BYTES = 2;

  static final int BLOCK_TIME_BYTES = 4;

  private static final int FLAG_BITS = 3;
  private static final int CRC_BYTES = 4;

  private MessageCodec() {}

  /** Appends the body of a message, with its subject if the flags say so. */
  static void putBody(OutputBuffer out, NewMessage message, int flags) {
    boolean subject = (flags & SUBJECT) != 0;
    out.ensure(message.bodyBytes(flags));
    if (subject) {
      out.putShort(message.subjectTo - message.subjectFrom);
    }
    if (message.payloadFrom > message.headersFrom) {
      out.putInt(message.payloadFrom - message.headersFrom);
    }
    if (message.ttlSeconds != NO_TTL) {
      out.putInt(message.ttlSeconds);
    }
    if (subject) {
      out.put(message.subject, message.subjectFrom, message.subjectTo);
    }
    out.put(message.content, message.headersFrom, message.payloadTo);
  }

  /** The flags of a message, without {@link #SUBJECT}. */
  static int flags(boolean headers, int ttlSeconds) {
    return (headers ? HEADERS : 0) | (ttlSeconds == NO_TTL ? 0 : TTL);
  }

  /** The bytes of a body with those flags beside subject, headers and payload. */
  static int fixedBytes(int flags) {
    return ((flags & SUBJECT) != 0 ? SUBJECT_LENGTH_BYTES : 0)
        + ((flags & HEADERS) != 0 ? Integer.BYTES : 0)
        + ((flags & TTL) != 0 ? Integer.BYTES : 0);
  }

  /** Writes what stands before the body of a record's message; answers how long it is. */
  static int putPrefix(byte[] into, int flags, int bodyBytes, long seq, long nanos) {
    return putNumbers(into, CRC_BYTES, flags, bodyBytes, seq, 1, nanos, 1);
  }

  private static int putNumbers(
      byte[] into,
      int at,
      int flags,
      int bodyBytes,
      long seq,
      int leastSeqBytes,
      long nanos,
      int leastNanosBytes) {
    int next = Varint.put(into, at, (long) bodyBytes << FLAG_BITS | flags, 1);
    next = Varint.put(into, next, seq, leastSeqBytes);
    return Varint.put(into, next, nanos, leastNanosBytes);
  }

  /** The most bytes that the frame of a message takes in a block. */
  static int mostBlockBytes(StoredMessage message) {
    return MOST_PREFIX_BYTES + fixedBytes(message.flags | SUBJECT) + message.contentBytes();
  }

  /**
   * Writes the frame of a message into a block.
   *
   * @param seq how far from the base it is
   * @param nanos the same of its time
   * @return where it ends
   */
  static int putBlockFrame(byte[] into, int at, StoredMessage message, long seq, long nanos) {
    int flags = message.flags | SUBJECT;
    int bodyBytes = fixedBytes(flags) + message.contentBytes();
    RecordHeader.setInt(into, at, message.crc);
    int next =
        putNumbers(
            into, at + CRC_BYTES, flags, bodyBytes, seq, BLOCK_SEQ_BYTES, nanos, BLOCK_TIME_BYTES);
    int subjectBytes = message.subjectTo - message.subjectFrom;
    into[next++] = (byte) (subjectBytes >>> 8);
    into[next++] = (byte) subjectBytes;
    if ((flags & HEADERS) != 0) {
      RecordHeader.setInt(into, next, message.payloadFrom - message.headersFrom);
      next += Integer.BYTES;
    }
    if ((flags & TTL) != 0) {
      RecordHeader.setInt(into, next, message.ttlSeconds);
      next += Integer.BYTES;
    }
    System.arraycopy(message.bytes, message.subjectFrom, into, next, subjectBytes);
    next += subjectBytes;
    int rest = message.payloadTo - message.headersFrom;
    System.arraycopy(message.bytes, message.headersFrom, into, next, rest);
    return next + rest;
  }

  /**
   * How many bytes of subject, headers and payload a frame of a block has; 0 when it is damaged and
   * too small for that.
   *
   * @param frameBytes its size
   * @param flags {@link #HEADERS} and {@link #TTL}
   * @param seq how far from the base it is
   * @param nanos the same of its time
   */
  static int contentBytes(int frameBytes, int flags, long seq, long nanos) {
    int all = flags | SUBJECT;
    int rest =
        frameBytes
            - CRC_BYTES
            - Math.max(BLOCK_SEQ_BYTES, Varint.bytes(seq))
            - Math.max(BLOCK_TIME_BYTES, Varint.bytes(nanos));
    int length = 1;
    while (rest > length && Varint.bytes((long) (rest - length) << FLAG_BITS | all) > length) {
      length++;
    }
    return Math.max(0, rest - length - fixedBytes(all));
  }

  /**
   * Shows the message of a block whose frame begins at {@code at}.
   *
   * @return whether a message can stand there: its lengths fit into {@code at..limit}
   */
  static boolean show(
      byte[] bytes, int at, int limit, long baseSeq, long baseNanos, StoredMessage into) {
    into.subjectTo = -1; // it has its own
    return showFrame(bytes, at, limit, baseSeq, baseNanos, into);
  }

  /**
   * Shows the message whose frame begins at {@code at}; as its subject stays that which is shown,
   * when the frame has none.
   */
  static boolean showFrame(
      byte[] bytes, int at, int limit, long baseSeq, long baseNanos, StoredMessage into) {
    int lengthAt = at + CRC_BYTES;
    int seqAt = Varint.end(bytes, lengthAt, limit);
    int nanosAt = Varint.end(bytes, seqAt, limit);
    int bodyAt = Varint.end(bytes, nanosAt, limit);
    if (bodyAt < 0) {
      return false;
    }
    long length = Varint.get(bytes, lengthAt);
    int flags = (int) length & (HEADERS | TTL | SUBJECT);
    long bodyBytes = length >>> FLAG_BITS;
    if (bodyBytes > limit - bodyAt || bodyBytes < fixedBytes(flags)) {
      return false;
    }
    into.frameFrom = at;
    into.crc = OutputBuffer.getInt(bytes, at);
    into.seq = baseSeq + Varint.get(bytes, seqAt);
    into.epochNanos = baseNanos + Varint.get(bytes, nanosAt);
    return showBody(bytes, bodyAt, bodyAt + (int) bodyBytes, flags, into);
  }

  /** Shows what stands in the body that lies in {@code from..to}; false when it does not fit. */
  static boolean showBody(byte[] bytes, int from, int to, int flags, StoredMessage into) {
    int at = from;
    int subjectBytes = 0;
    if ((flags & SUBJECT) != 0) {
      subjectBytes = OutputBuffer.getUnsignedShort(bytes, at);
      at += SUBJECT_LENGTH_BYTES;
    }
    int headersBytes = 0;
    if ((flags & HEADERS) != 0) {
      headersBytes = OutputBuffer.getInt(bytes, at);
      at += Integer.BYTES;
    }
    into.ttlSeconds = NO_TTL;
    if ((flags & TTL) != 0) {
      into.ttlSeconds = OutputBuffer.getInt(bytes, at);
      at += Integer.BYTES;
    }
    if ((flags & SUBJECT) != 0) {
      into.subjectFrom = at;
      into.subjectTo = at + subjectBytes;
      at += subjectBytes;
    }
    into.bytes = bytes;
    into.flags = flags & (HEADERS | TTL);
    into.headersFrom = at;
    into.payloadFrom = at + headersBytes;
    into.payloadTo = to;
    return into.subjectTo >= 0 && headersBytes >= 0 && headersBytes <= to - at && into.seq > 0;
  }
}
