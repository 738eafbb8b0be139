// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.store.SnappyCodec;
import java.util.zip.CRC32C;

/**
 * Writes a framed stream of Snappy, which readers of S2 read as well.
 *
 * <p>What is put in leaves in blocks of {@link #BLOCK_BYTES}, the most that the framing format
 * allows; a block that does not get smaller is kept as it is. Not thread-safe. Source: the framing
 * format of Snappy.
 */
final class SnappyFrameWriter {
  static final int BLOCK_BYTES = 64 << 10;

  private static final byte[] IDENTIFIER = {(byte) 0xff, 6, 0, 0, 's', 'N', 'a', 'P', 'p', 'Y'};
  private static final int COMPRESSED = 0x00;
  private static final int PLAIN = 0x01;

  private final OutputBuffer out;
  private final CRC32C crc = new CRC32C();
  private final byte[] block = new byte[BLOCK_BYTES];
  private final byte[] compressed = new byte[SnappyCodec.mostBytes(BLOCK_BYTES)];
  private int filled;

  /** A writer whose frames are appended to {@code out}. */
  SnappyFrameWriter(OutputBuffer out) {
    this.out = out;
    out.put(IDENTIFIER);
  }

  void put(byte[] bytes, int from, int to) {
    for (int at = from; at < to; ) {
      int count = Math.min(to - at, BLOCK_BYTES - filled);
      System.arraycopy(bytes, at, block, filled, count);
      filled += count;
      at += count;
      if (filled == BLOCK_BYTES) {
        flush();
      }
    }
  }

  /** Writes the frame of what has not left yet. */
  void flush() {
    if (filled == 0) {
      return;
    }
    int length = SnappyCodec.compress(block, 0, filled, compressed, 0);
    boolean smaller = length < filled - filled / 8;
    int checksum = S2FrameReader.maskedCrc(crc, block, 0, filled);
    int frame = Integer.BYTES + (smaller ? length : filled);
    out.put(smaller ? COMPRESSED : PLAIN).put(frame).put(frame >> 8).put(frame >> 16);
    out.putInt(Integer.reverseBytes(checksum));
    out.put(smaller ? compressed : block, 0, smaller ? length : filled);
    filled = 0;
  }
}
