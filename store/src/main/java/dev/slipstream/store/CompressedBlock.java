// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.protocol.wire.OutputBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * A full block as it lies on disk when it is compressed: chunks, one behind the other, each of some
 * of the block's bytes, so that damage costs the messages of one chunk.
 *
 * <p>A chunk, big-endian: i32 magic, i32 where in all this it begins, i32 where in the block its
 * bytes begin, i32 how many those are, i32 how many bytes follow, i32 CRC32C of those, i32 CRC32C
 * of all before; then the bytes, in Snappy's raw format, or as they are when they are as many.
 * Source: docs/data-format.md, "compressed blocks".
 */
final class CompressedBlock {
  /** Bytes of a chunk before its content. */
  static final int HEADER_BYTES = 28;

  private static final int MAGIC = 0x5349_4e31; // "SIN1"
  private static final int HERE = 4;
  private static final int FROM = 8;
  private static final int LENGTH = 12;
  private static final int STORED = 16;
  private static final int CONTENT_CRC = 20;
  private static final int HEADER_CRC = 24;

  /** Hears of the chunks in their order; together they are the whole block. */
  @FunctionalInterface
  interface Visitor {
    /**
     * The bytes {@code from..to} of the block lie in {@code storedFrom..storedTo}; what is not
     * intact was filled with zeros, and may be several chunks.
     */
    void chunk(int from, int to, int storedFrom, int storedTo, boolean intact);
  }

  private final byte[] stored;
  private final int end;
  private final byte[] into;
  private final int used;
  private final Visitor visitor;
  private final CRC32C crc = new CRC32C();

  private CompressedBlock(byte[] stored, int end, byte[] into, int used, Visitor visitor) {
    this.stored = stored;
    this.end = end;
    this.into = into;
    this.used = used;
    this.visitor = visitor;
  }

  /** Writes the header of a chunk whose content is there already. */
  static void putHeader(byte[] bytes, int at, int from, int length, int storedBytes) {
    CRC32C crc = new CRC32C();
    RecordHeader.setInt(bytes, at, MAGIC);
    RecordHeader.setInt(bytes, at + HERE, at);
    RecordHeader.setInt(bytes, at + FROM, from);
    RecordHeader.setInt(bytes, at + LENGTH, length);
    RecordHeader.setInt(bytes, at + STORED, storedBytes);
    RecordHeader.setInt(
        bytes, at + CONTENT_CRC, RecordHeader.crc(crc, bytes, at + HEADER_BYTES, storedBytes));
    RecordHeader.setInt(bytes, at + HEADER_CRC, RecordHeader.crc(crc, bytes, at, HEADER_CRC));
  }

  /**
   * Decompresses the chunks in {@code stored[0..end]} into a block of {@code used} bytes.
   *
   * <p>Nothing is decompressed whose checksum is wrong. Where a header does not count, the next one
   * that does is looked for, and what lies between is damaged.
   */
  static void read(byte[] stored, int end, byte[] into, int used, Visitor visitor) {
    new CompressedBlock(stored, end, into, used, visitor).read();
  }

  private void read() {
    int at = 0;
    int next = 0;
    while (at < end || next < used) {
      int header = header(at, next);
      int from = header < 0 ? used : field(header, FROM);
      int storedFrom = header < 0 ? end : header;
      if (at < storedFrom || next < from) {
        damaged(next, from, at, storedFrom);
      }
      if (header < 0) {
        return;
      }
      int to = from + field(header, LENGTH);
      int storedTo = header + HEADER_BYTES + field(header, STORED);
      if (content(header, from, to - from)) {
        visitor.chunk(from, to, header, storedTo, true);
      } else {
        damaged(from, to, header, storedTo);
      }
      at = storedTo;
      next = to;
    }
  }

  private int field(int header, int offset) {
    return OutputBuffer.getInt(stored, header + offset);
  }

  /** Where the first header from {@code at} on begins that counts; -1 when there is none. */
  private int header(int at, int next) {
    for (int header = at; header <= end - HEADER_BYTES; header++) {
      if (field(header, 0) == MAGIC && counts(header, next)) {
        return header;
      }
    }
    return -1;
  }

  private boolean counts(int header, int next) {
    int from = field(header, FROM);
    int length = field(header, LENGTH);
    int content = field(header, STORED);
    return field(header, HERE) == header
        && field(header, HEADER_CRC) == RecordHeader.crc(crc, stored, header, HEADER_CRC)
        && from >= next
        && length > 0
        && length <= used - from
        && content > 0
        && content <= length
        && content <= end - header - HEADER_BYTES;
  }

  private boolean content(int header, int from, int length) {
    int begin = header + HEADER_BYTES;
    int bytes = field(header, STORED);
    if (field(header, CONTENT_CRC) != RecordHeader.crc(crc, stored, begin, bytes)) {
      return false;
    }
    if (bytes == length) {
      System.arraycopy(stored, begin, into, from, length);
      return true;
    }
    return SnappyCodec.decompress(stored, begin, bytes, into, from, length);
  }

  private void damaged(int from, int to, int storedFrom, int storedTo) {
    Arrays.fill(into, from, to, (byte) 0); // the array may have been another block's
    visitor.chunk(from, to, storedFrom, storedTo, false);
  }
}
