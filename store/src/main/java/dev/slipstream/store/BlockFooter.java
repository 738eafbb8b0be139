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
 * <p>Big-endian: i32 magic, i32 messages, i32 bytes of the block, i32 subjects, i64 first sequence,
 * i64 earliest time, i32 bytes of the smallest record; each subject as u16 length and bytes; then
 * four columns of {@link PackedNumbers}: by how much each sequence, time and record size is more
 * than it must be, and twice the subject's index, one more when there are headers; i32 CRC32C of
 * all before. Source: docs/data-format.md, "segment files".
 */
final class BlockFooter {
  private static final int MAGIC = 0x464f_4f32; // "FOO2"
  private static final int FIXED_BYTES = 36;

  private BlockFooter() {}

  /** The footer of a block. */
  static ByteBuffer encode(BlockContents contents) {
    BlockEntries entries = contents.entries;
    int count = entries.count;
    long earliest = Long.MAX_VALUE;
    int smallest = Integer.MAX_VALUE;
    for (int i = 0; i < count; i++) {
      earliest = Math.min(earliest, entries.times[i]);
      smallest = Math.min(smallest, contents.end(i) - entries.offsets[i]);
    }
    OutputBuffer out = new OutputBuffer(FIXED_BYTES + 64 + count * 8);
    out.putInt(MAGIC).putInt(count).putInt(contents.used).putInt(contents.names.size());
    out.putLong(entries.firstSeq).putLong(earliest).putInt(smallest);
    for (byte[] name : contents.names) {
      out.putShort(name.length).put(name);
    }
    long leastTime = earliest;
    int leastSize = smallest;
    PackedNumbers.put(out, count, i -> entries.seq(i) - entries.firstSeq - i);
    PackedNumbers.put(out, count, i -> entries.times[i] - leastTime);
    PackedNumbers.put(out, count, i -> contents.end(i) - entries.offsets[i] - leastSize);
    PackedNumbers.put(out, count, i -> entries.subject(i) * 2L + (entries.hasHeaders(i) ? 1 : 0));
    out.putInt(RecordHeader.crc(new CRC32C(), out.array(), 0, out.length()));
    return ByteBuffer.wrap(out.array(), 0, out.length());
  }

  /** What an intact footer says. */
  static BlockContents decode(byte[] bytes) {
    int count = OutputBuffer.getInt(bytes, 4);
    BlockContents contents = new BlockContents(OutputBuffer.getLong(bytes, 16), count);
    BlockEntries entries = contents.entries;
    entries.count = count;
    contents.used = OutputBuffer.getInt(bytes, 8);
    long earliest = OutputBuffer.getLong(bytes, 24);
    int smallest = OutputBuffer.getInt(bytes, 32);
    int at = FIXED_BYTES;
    for (int left = OutputBuffer.getInt(bytes, 12); left > 0; left--) {
      int length = (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
      contents.names.add(Arrays.copyOfRange(bytes, at + 2, at + 2 + length));
      at += 2 + length;
    }
    PackedNumbers gaps = new PackedNumbers(bytes, at);
    PackedNumbers times = new PackedNumbers(bytes, gaps.end(count));
    PackedNumbers sizes = new PackedNumbers(bytes, times.end(count));
    PackedNumbers subjects = new PackedNumbers(bytes, sizes.end(count));
    entries.deltas(deltas(gaps, count));
    for (int i = 0; i < count; i++) {
      entries.times[i] = earliest + times.get(i);
    }
    int offset = 0;
    for (int i = 0; i < count; i++) {
      entries.offsets[i] = offset;
      offset += smallest + (int) sizes.get(i);
    }
    for (int i = 0; i < count && !subjects.isZero(); i++) {
      int subject = (int) subjects.get(i);
      entries.subject(i, subject >>> 1, (subject & 1) != 0);
    }
    return contents;
  }

  private static int @Nullable [] deltas(PackedNumbers gaps, int count) {
    if (gaps.isZero()) {
      return null;
    }
    int[] deltas = new int[count];
    for (int i = 0; i < count; i++) {
      deltas[i] = i + (int) gaps.get(i);
    }
    return deltas;
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
   * @param offsets where the {@code count} records begin
   * @return a bit for each damaged record; null when all are intact
   */
  static long @Nullable [] damage(byte[] data, int used, int[] offsets, int count) {
    CRC32C crc = new CRC32C();
    long[] damaged = null;
    for (int i = 0; i < count; i++) {
      int offset = offsets[i];
      int body = offset + Block.FRAME_BYTES;
      int length = (i + 1 < count ? offsets[i + 1] : used) - body;
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
