// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.protocol.subject.TokenTable;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What a block's messages are, without their payloads: so that a start need not read those.
 *
 * <p>Big-endian: i32 magic, i32 messages, i32 bytes of the block, i32 subjects; each subject as u16
 * length and bytes; each message as i64 sequence, i64 time, i32 offset, i32 subject's index with
 * the highest bit set when it has headers; i32 CRC32C of all before. Source: docs/data-format.md,
 * "segment files".
 */
final class BlockFooter {
  private static final int MAGIC = 0x464f_4f54; // "FOOT"
  private static final int FIXED_BYTES = 16;
  private static final int MESSAGE_BYTES = 24;
  private static final int HAS_HEADERS = 0x8000_0000;

  private final ByteBuffer bytes;
  private final int messagesAt;

  /** The subjects of the block's messages, in the order of their first message. */
  final byte[][] subjects;

  /** Shows an intact footer. */
  BlockFooter(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes);
    subjects = new byte[OutputBuffer.getInt(bytes, 12)][];
    int at = FIXED_BYTES;
    for (int i = 0; i < subjects.length; i++) {
      int length = (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
      subjects[i] = Arrays.copyOfRange(bytes, at + 2, at + 2 + length);
      at += 2 + length;
    }
    messagesAt = at;
  }

  int count() {
    return bytes.getInt(4);
  }

  long seq(int index) {
    return bytes.getLong(messagesAt + index * MESSAGE_BYTES);
  }

  long epochNanos(int index) {
    return bytes.getLong(messagesAt + index * MESSAGE_BYTES + 8);
  }

  /** Where in the block the message's record begins. */
  int offset(int index) {
    return bytes.getInt(messagesAt + index * MESSAGE_BYTES + 16);
  }

  /** The index of the message's subject in {@link #subjects}. */
  int subject(int index) {
    return bytes.getInt(messagesAt + index * MESSAGE_BYTES + 20) & ~HAS_HEADERS;
  }

  boolean hasHeaders(int index) {
    return bytes.getInt(messagesAt + index * MESSAGE_BYTES + 20) < 0;
  }

  /** The footer of the records in {@code data[0..used]}. */
  static ByteBuffer encode(byte[] data, int used) {
    TokenTable<Integer> indices = new TokenTable<>();
    OutputBuffer subjects = new OutputBuffer(256);
    OutputBuffer messages = new OutputBuffer(MESSAGE_BYTES * 64);
    int count = 0;
    for (int offset = 0; offset < used; count++) {
      int body = offset + Block.FRAME_BYTES;
      int subjectTo = MessageCodec.subjectTo(data, body);
      int subjectFrom = MessageCodec.subjectFrom(body);
      Integer index = indices.get(data, subjectFrom, subjectTo);
      if (index == null) {
        index = indices.size();
        indices.put(data, subjectFrom, subjectTo, index);
        subjects.putShort(subjectTo - subjectFrom).put(data, subjectFrom, subjectTo);
      }
      int flag = MessageCodec.headersLength(data, body) > 0 ? HAS_HEADERS : 0;
      messages.putLong(MessageCodec.seq(data, body)).putLong(MessageCodec.epochNanos(data, body));
      messages.putInt(offset).putInt(index | flag);
      offset = body + OutputBuffer.getInt(data, offset);
    }
    OutputBuffer out =
        new OutputBuffer(FIXED_BYTES + subjects.length() + messages.length() + Integer.BYTES);
    out.putInt(MAGIC).putInt(count).putInt(used).putInt(indices.size());
    out.put(subjects.array(), 0, subjects.length()).put(messages.array(), 0, messages.length());
    out.putInt(RecordHeader.crc(new CRC32C(), out.array(), 0, out.length()));
    return ByteBuffer.wrap(out.array(), 0, out.length());
  }

  /**
   * Whether the first {@code size} bytes are an undamaged footer of so many messages in so many
   * bytes.
   */
  static boolean isIntact(byte[] bytes, int size, int count, int used) {
    int length = size - Integer.BYTES;
    return length >= FIXED_BYTES
        && OutputBuffer.getInt(bytes, 0) == MAGIC
        && OutputBuffer.getInt(bytes, 4) == count
        && OutputBuffer.getInt(bytes, 8) == used
        && OutputBuffer.getInt(bytes, length) == RecordHeader.crc(new CRC32C(), bytes, 0, length);
  }

  /**
   * Says which records of a block are not what was written.
   *
   * @param offsets where the {@code count} records begin
   * @return a bit for each damaged record; null when all are intact
   */
  static long @Nullable [] damage(byte[] data, int[] offsets, int count) {
    CRC32C crc = new CRC32C();
    long[] damaged = null;
    for (int i = 0; i < count; i++) {
      int offset = offsets[i];
      int body = offset + Block.FRAME_BYTES;
      int length = (i + 1 < count ? offsets[i + 1] : data.length) - body;
      if (OutputBuffer.getInt(data, offset) != length
          || OutputBuffer.getInt(data, offset + 4) != RecordHeader.crc(crc, data, body, length)
          || !MessageCodec.isPlausible(data, body, body + length)) {
        damaged = damaged == null ? new long[(count + 63) >>> 6] : damaged;
        damaged[i >>> 6] |= 1L << i;
      }
    }
    return damaged;
  }
}
