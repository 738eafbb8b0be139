// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.protocol.wire.OutputBuffer;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The {@link BlockContents} of a block as bytes, so that a start need not read its messages.
 *
 * <p>Big-endian: i32 magic, i32 messages, i32 bytes of the block, i32 subjects, i64 first sequence;
 * each subject as u16 length and bytes; then the {@link Column}s of {@link BlockEntries}:
 * sequences, times, offsets, subjects, seconds to live; i32 CRC32C of all before. Source:
 * docs/data-format.md, "segment files".
 */
final class BlockFooter {
  private static final int MAGIC = 0x464f_4f34; // "FOO4"
  private static final int FIXED_BYTES = 24;

  private BlockFooter() {}

  /** The footer of a block. */
  static ByteBuffer encode(BlockContents contents) {
    BlockEntries entries = contents.entries;
    OutputBuffer out = new OutputBuffer(FIXED_BYTES + 128 + entries.count() * 8);
    out.putInt(MAGIC).putInt(entries.count()).putInt(contents.used).putInt(contents.names.size());
    out.putLong(entries.firstSeq);
    for (byte[] name : contents.names) {
      out.putShort(name.length).put(name);
    }
    entries.seqs.encode(out);
    entries.times.encode(out);
    entries.offsets.encode(out);
    entries.subjects.encode(out);
    entries.ttls.encode(out);
    out.putInt(RecordHeader.crc(new CRC32C(), out.array(), 0, out.length()));
    return ByteBuffer.wrap(out.array(), 0, out.length());
  }

  /** What an intact footer says. */
  static BlockContents decode(byte[] bytes) {
    int count = OutputBuffer.getInt(bytes, 4);
    BlockContents contents = new BlockContents(OutputBuffer.getLong(bytes, 16));
    contents.used = OutputBuffer.getInt(bytes, 8);
    int at = FIXED_BYTES;
    for (int left = OutputBuffer.getInt(bytes, 12); left > 0; left--) {
      int length = (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
      contents.names.add(Arrays.copyOfRange(bytes, at + 2, at + 2 + length));
      at += 2 + length;
    }
    BlockEntries entries = contents.entries;
    entries.seqs = Column.decode(bytes, at, count);
    at = Column.end(bytes, at, count);
    entries.times = Column.decode(bytes, at, count);
    at = Column.end(bytes, at, count);
    entries.offsets = Column.decode(bytes, at, count);
    at = Column.end(bytes, at, count);
    entries.subjects = Column.decode(bytes, at, count);
    at = Column.end(bytes, at, count);
    entries.ttls = Column.decode(bytes, at, count);
    return contents;
  }

  /**
   * Whether the first {@code size} bytes are an undamaged footer of so many messages from that
   * sequence on in so many bytes.
   */
  static boolean isIntact(byte[] bytes, int size, long firstSeq, int count, int used) {
    int length = size - Integer.BYTES;
    return length >= FIXED_BYTES
        && OutputBuffer.getInt(bytes, 0) == MAGIC
        && OutputBuffer.getInt(bytes, 4) == count
        && OutputBuffer.getInt(bytes, 8) == used
        && OutputBuffer.getLong(bytes, 16) == firstSeq
        && OutputBuffer.getInt(bytes, length) == RecordHeader.crc(new CRC32C(), bytes, 0, length);
  }

  /**
   * Says which records of a block are not what was written.
   *
   * @param used where the last record ends
   * @param entries where the records begin
   * @return a bit for each damaged record; null when all are intact
   */
  static long @Nullable [] damage(byte[] data, int used, BlockEntries entries) {
    CRC32C crc = new CRC32C();
    long[] damaged = null;
    int count = entries.count();
    for (int i = 0; i < count; i++) {
      int offset = entries.offset(i);
      int body = offset + Block.FRAME_BYTES;
      int length = entries.end(i, used) - body;
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
