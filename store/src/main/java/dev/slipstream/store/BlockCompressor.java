// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Compresses full blocks into the chunks of a {@link CompressedBlock}. Owner: the storage worker.
 *
 * <p>A chunk ends where a message ends, and only one that is larger than a chunk is cut.
 */
final class BlockCompressor {
  /** The library holds up collections while it works on an array: it is not given much at once. */
  private static final int MOST_CHUNK_BYTES = 32 << 10;

  private static final int LEAST_CHUNK_BYTES = 128;

  /** A block has about so many. */
  private static final int CHUNKS = 8;

  /** A block is compressed when that saves one of so many parts of it. */
  private static final int PARTS = 8;

  private final int blockBytes;
  private final int chunkBytes;
  private byte[] kept = {};

  /** A compressor of blocks that mostly have so many bytes. */
  BlockCompressor(int blockBytes) {
    this.blockBytes = blockBytes;
    this.chunkBytes = Math.min(MOST_CHUNK_BYTES, Math.max(LEAST_CHUNK_BYTES, blockBytes / CHUNKS));
  }

  /**
   * The chunks of a block, valid until the next call; null when it would not become much smaller.
   */
  @Nullable ByteBuffer compress(byte[] data, int used, BlockEntries entries) {
    int most = used - used / PARTS;
    byte[] into = room(most + CompressedBlock.HEADER_BYTES + SnappyCodec.mostBytes(chunkBytes));
    int at = 0;
    int index = 0;
    for (int from = 0; from < used; ) {
      int to = Math.min(used, from + chunkBytes);
      if (to < used) {
        while (index + 1 < entries.count() && entries.offset(index + 1) <= to) {
          index++;
        }
        boolean whole = entries.offset(index) > Math.max(from, MessageCodec.BASE_BYTES);
        to = whole ? entries.offset(index) : to;
      }
      at = chunk(data, from, to - from, into, at);
      if (at > most) {
        return null;
      }
      from = to;
    }
    return ByteBuffer.wrap(into, 0, at);
  }

  private byte[] room(int bytes) {
    if (kept.length >= bytes) {
      return kept;
    }
    byte[] room = new byte[bytes];
    if (bytes <= 2 * blockBytes + MOST_CHUNK_BYTES) {
      kept = room;
    }
    return room;
  }

  /** Appends a chunk; answers where it ends. */
  private static int chunk(byte[] data, int from, int length, byte[] into, int at) {
    int content = at + CompressedBlock.HEADER_BYTES;
    int stored = SnappyCodec.compress(data, from, length, into, content);
    if (stored >= length) {
      stored = length;
      System.arraycopy(data, from, into, content, length);
    }
    CompressedBlock.putHeader(into, at, from, length, stored);
    return content + stored;
  }
}
