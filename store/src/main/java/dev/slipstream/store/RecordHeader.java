// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.protocol.wire.OutputBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The header of a log record, 36 bytes, big-endian: u16 magic, u8 type, u8 flags, i32 length of the
 * body, i64 asset, i64 position, i32 generation, i32 CRC32C of the body, i32 CRC32C of all before.
 *
 * <p>The loop writes what it knows; the commit thread adds position, generation and the header's
 * CRC. Source: docs/data-format.md, "records".
 */
final class RecordHeader {
  static final int BYTES = 36;
  static final int MAGIC = 0x5EED;

  static final int TYPE = 2;
  static final int LENGTH = 4;
  static final int ASSET = 8;
  static final int POSITION = 16;
  static final int GENERATION = 24;
  static final int BODY_CRC = 28;
  static final int HEADER_CRC = 32;

  private static final byte[] ZEROS = new byte[4096];

  private RecordHeader() {}

  /** Writes a header whose length and CRCs are still to come. */
  static void begin(OutputBuffer out, byte type, long assetId) {
    out.ensure(BYTES);
    out.putShort(MAGIC).put(type).put(0).putInt(0);
    out.putLong(assetId).putLong(0).putLong(0).putInt(0);
  }

  /** Completes what the loop knows of the record that begins at {@code at} and ends the buffer. */
  static void end(OutputBuffer out, int at, CRC32C crc) {
    int body = at + BYTES;
    int length = out.length() - body;
    out.setInt(at + LENGTH, length);
    out.setInt(at + BODY_CRC, crc(crc, out.array(), body, length));
  }

  /** Completes a header for the log; answers the length of the whole record. */
  static int seal(byte[] bytes, int at, long position, int generation, CRC32C crc) {
    setLong(bytes, at + POSITION, position);
    setInt(bytes, at + GENERATION, generation);
    setInt(bytes, at + HEADER_CRC, crc(crc, bytes, at, HEADER_CRC));
    return BYTES + length(bytes, at);
  }

  /** Whether a sealed header of that position lies at {@code at}, where 36 bytes are readable. */
  static boolean isValid(byte[] bytes, int at, long position, CRC32C crc) {
    return hasMagic(bytes, at)
        && OutputBuffer.getLong(bytes, at + POSITION) == position
        && length(bytes, at) >= 0
        && OutputBuffer.getInt(bytes, at + HEADER_CRC) == crc(crc, bytes, at, HEADER_CRC);
  }

  static boolean hasMagic(byte[] bytes, int at) {
    return bytes[at] == (byte) (MAGIC >>> 8) && bytes[at + 1] == (byte) MAGIC;
  }

  /** Where in {@code from..to} the first magic begins; {@code to} without one. */
  static int findMagic(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to) {
      int until = Math.min(to, at + ZEROS.length);
      // most of a log's last file is zeros, and a new JVM compares arrays faster than it runs loops
      boolean empty = Arrays.equals(bytes, at, until, ZEROS, 0, until - at);
      at = empty ? until : findMagicByWords(bytes, at, until);
      if (at < until) {
        return at;
      }
    }
    return to;
  }

  private static int findMagicByWords(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to) {
      // eight bytes at a time while none of them can be the first of a magic
      if (to - at >= Long.BYTES && !hasByte(OutputBuffer.getLong(bytes, at), MAGIC >>> 8)) {
        at += Long.BYTES;
      } else if (hasMagic(bytes, at)) {
        return at;
      } else {
        at++;
      }
    }
    return to;
  }

  private static boolean hasByte(long eight, int wanted) {
    long zeroWhereWanted = eight ^ wanted * 0x0101_0101_0101_0101L;
    return ((zeroWhereWanted - 0x0101_0101_0101_0101L) & ~zeroWhereWanted & 0x8080_8080_8080_8080L)
        != 0;
  }

  static int length(byte[] bytes, int at) {
    return OutputBuffer.getInt(bytes, at + LENGTH);
  }

  static int generation(byte[] bytes, int at) {
    return OutputBuffer.getInt(bytes, at + GENERATION);
  }

  static boolean isBodyIntact(byte[] bytes, int at, CRC32C crc) {
    return OutputBuffer.getInt(bytes, at + BODY_CRC)
        == crc(crc, bytes, at + BYTES, length(bytes, at));
  }

  /** Points {@code view} at the record whose header lies at {@code at}. */
  static void show(byte[] bytes, int at, LogRecord view) {
    int length = length(bytes, at);
    view.type = bytes[at + TYPE];
    view.assetId = OutputBuffer.getLong(bytes, at + ASSET);
    view.bytes = bytes;
    view.from = at + BYTES;
    view.to = at + BYTES + length;
    view.start = OutputBuffer.getLong(bytes, at + POSITION);
    view.position = view.start + BYTES + length;
    view.generation = generation(bytes, at);
  }

  static int crc(CRC32C crc, byte[] bytes, int from, int length) {
    crc.reset();
    crc.update(bytes, from, length);
    return (int) crc.getValue();
  }

  static void setInt(byte[] bytes, int at, int value) {
    bytes[at] = (byte) (value >>> 24);
    bytes[at + 1] = (byte) (value >>> 16);
    bytes[at + 2] = (byte) (value >>> 8);
    bytes[at + 3] = (byte) value;
  }

  static void setLong(byte[] bytes, int at, long value) {
    setInt(bytes, at, (int) (value >>> 32));
    setInt(bytes, at + 4, (int) value);
  }
}
