// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.protocol.wire.OutputBuffer;

/**
 * The body of a {@link RecordType#MESSAGE} record, big-endian: i64 sequence, i64 time in
 * nanoseconds since the epoch, u16 length of the subject, i32 length of the headers, i32 seconds to
 * live, subject, headers, payload.
 *
 * <p>Source: docs/data-format.md, "messages".
 */
public final class MessageCodec {
  /** Bytes before the subject. */
  public static final int FIXED_BYTES = 26;

  private static final int TIME = 8;
  private static final int SUBJECT_LENGTH = 16;
  private static final int HEADERS_LENGTH = 18;
  private static final int TTL = 22;

  /** The seconds to live of a message that has as long as its stream says. */
  public static final int NO_TTL = 0;

  /** The seconds to live of a message that is never too old. */
  public static final int NEVER_TOO_OLD = -1;

  private MessageCodec() {}

  /**
   * Writes a message whose headers lie in {@code headersFrom..payloadFrom} of {@code body}.
   *
   * @param ttlSeconds how long it lives, {@link #NO_TTL} or {@link #NEVER_TOO_OLD}
   */
  public static void write(
      OutputBuffer out,
      long seq,
      long epochNanos,
      int ttlSeconds,
      byte[] subject,
      int subjectFrom,
      int subjectTo,
      byte[] body,
      int headersFrom,
      int payloadFrom,
      int payloadTo) {
    int subjectLength = subjectTo - subjectFrom;
    if (subjectLength > 0xffff) {
      throw new IllegalArgumentException("a subject of " + subjectLength + " bytes");
    }
    out.ensure(FIXED_BYTES + subjectLength + (payloadTo - headersFrom));
    out.putLong(seq).putLong(epochNanos).putShort(subjectLength);
    out.putInt(payloadFrom - headersFrom).putInt(ttlSeconds);
    out.put(subject, subjectFrom, subjectTo).put(body, headersFrom, payloadTo);
  }

  /** The sequence of the message whose body begins at {@code from}. */
  public static long seq(byte[] bytes, int from) {
    return OutputBuffer.getLong(bytes, from);
  }

  /** Its time in nanoseconds since the epoch. */
  public static long epochNanos(byte[] bytes, int from) {
    return OutputBuffer.getLong(bytes, from + TIME);
  }

  /** How many seconds it lives, {@link #NO_TTL} or {@link #NEVER_TOO_OLD}. */
  public static int ttlSeconds(byte[] bytes, int from) {
    return OutputBuffer.getInt(bytes, from + TTL);
  }

  /** Where its subject begins. */
  public static int subjectFrom(int from) {
    return from + FIXED_BYTES;
  }

  /** Where its subject ends and its headers begin. */
  public static int subjectTo(byte[] bytes, int from) {
    int length =
        (bytes[from + SUBJECT_LENGTH] & 0xff) << 8 | bytes[from + SUBJECT_LENGTH + 1] & 0xff;
    return from + FIXED_BYTES + length;
  }

  /** The length of its headers; 0 when it has none. */
  public static int headersLength(byte[] bytes, int from) {
    return OutputBuffer.getInt(bytes, from + HEADERS_LENGTH);
  }

  /** Where its payload begins. */
  public static int payloadFrom(byte[] bytes, int from) {
    return subjectTo(bytes, from) + headersLength(bytes, from);
  }

  /** Whether {@code from..to} can be a message: its lengths fit and its sequence is positive. */
  static boolean isPlausible(byte[] bytes, int from, int to) {
    if (to - from < FIXED_BYTES || seq(bytes, from) <= 0) {
      return false;
    }
    int headers = headersLength(bytes, from);
    return headers >= 0 && headers <= to - subjectTo(bytes, from);
  }
}
