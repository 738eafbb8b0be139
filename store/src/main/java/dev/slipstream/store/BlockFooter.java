// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.protocol.wire.OutputBuffer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The {@link BlockContents} of a block as bytes, so that a start need not read its messages.
 *
 * <p>Big-endian: i32 magic, i32 messages, i32 bytes of the block, i32 subjects, i64 first sequence,
 * i64 bytes of subjects, headers and payloads; each subject as u16 length and bytes; the {@link
 * BlockEntries}; i32 CRC32C of all before. Source: docs/data-format.md, "segment files".
 */
final class BlockFooter {
  private static final int MAGIC = 0x464f_4f35; // "FOO5"
  private static final int FIXED_BYTES = 32;

  private BlockFooter() {}

  /** The footer of a block. */
  static ByteBuffer encode(BlockContents contents) {
    BlockEntries entries = contents.entries;
    OutputBuffer out = new OutputBuffer(FIXED_BYTES + 128 + entries.count() * 8);
    out.putInt(MAGIC).putInt(entries.count()).putInt(contents.used).putInt(contents.names.size());
    out.putLong(entries.firstSeq).putLong(contents.contentBytes);
    for (byte[] name : contents.names) {
      out.putShort(name.length).put(name);
    }
    entries.encode(out);
    out.putInt(RecordHeader.crc(new CRC32C(), out.array(), 0, out.length()));
    return ByteBuffer.wrap(out.array(), 0, out.length());
  }

  /** What an intact footer says. */
  static BlockContents decode(byte[] bytes) {
    List<byte[]> names = new ArrayList<>();
    int at = FIXED_BYTES;
    for (int left = OutputBuffer.getInt(bytes, 12); left > 0; left--) {
      int length = OutputBuffer.getUnsignedShort(bytes, at);
      names.add(Arrays.copyOfRange(bytes, at + 2, at + 2 + length));
      at += 2 + length;
    }
    int count = OutputBuffer.getInt(bytes, 4);
    long firstSeq = OutputBuffer.getLong(bytes, 16);
    BlockContents contents =
        new BlockContents(BlockEntries.decode(bytes, at, firstSeq, count), names);
    contents.used = OutputBuffer.getInt(bytes, 8);
    contents.contentBytes = OutputBuffer.getLong(bytes, 24);
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
   * Says which messages of a block are not what was written.
   *
   * @param used where the last frame ends
   * @param entries where the frames begin
   * @return a bit for each damaged message; null when all are intact
   */
  static long @Nullable [] damage(byte[] data, int used, BlockEntries entries) {
    MessageCrc crc = new MessageCrc();
    StoredMessage message = new StoredMessage();
    long[] damaged = null;
    int count = entries.count();
    for (int i = 0; i < count; i++) {
      int end = entries.end(i, used);
      boolean intact =
          MessageCodec.show(
                  data, entries.offset(i), end, entries.firstSeq, entries.epochNanos(0), message)
              && message.payloadTo == end
              && message.seq == entries.seq(i)
              && message.epochNanos == entries.epochNanos(i)
              && crc.fits(message);
      if (!intact) {
        damaged = damaged == null ? new long[(count + 63) >>> 6] : damaged;
        damaged[i >>> 6] |= 1L << i;
      }
    }
    return damaged;
  }
}
