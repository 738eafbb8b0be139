// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.protocol.wire.OutputBuffer;
import java.io.IOException;

/**
 * Goes through the blocks of a {@link StreamManifest} in a file, one at a time: {@link #next}, then
 * the fields.
 */
final class ManifestReader {
  private static final int FIXED_BYTES = 20;
  private static final int BLOCK_BYTES = 56;

  private final FileWindow window;
  private final long to;
  private long at;
  private int left;

  /** The stream's last sequence. */
  final long streamLastSeq;

  long firstSeq;
  long lastSeq;
  int count;
  int live;
  int used;
  long fileNumber;

  /** Whether the block is a {@link CompressedBlock}. */
  boolean compressed;

  /** How many bytes of the file the block takes. */
  int storedBytes;

  long offset;
  long footerOffset;
  int footerLength;

  /** A bit for each message, set: removed. */
  long[] gone = {};

  /** A reader of the manifest in the given range, whose section is intact. */
  ManifestReader(FileWindow window, long from, long to) throws IOException {
    this.window = window;
    this.to = to;
    int index = window.index(from, FIXED_BYTES);
    streamLastSeq = OutputBuffer.getLong(window.bytes(), index);
    left = OutputBuffer.getInt(window.bytes(), index + 16);
    at = from + FIXED_BYTES;
  }

  /** Moves to the next block; false behind the last. */
  boolean next() throws IOException {
    if (left-- <= 0) {
      return false;
    }
    check(BLOCK_BYTES <= to - at);
    int index = window.index(at, BLOCK_BYTES);
    byte[] bytes = window.bytes();
    firstSeq = OutputBuffer.getLong(bytes, index);
    lastSeq = OutputBuffer.getLong(bytes, index + 8);
    count = OutputBuffer.getInt(bytes, index + 16);
    live = OutputBuffer.getInt(bytes, index + 20);
    used = OutputBuffer.getInt(bytes, index + 24);
    fileNumber = OutputBuffer.getLong(bytes, index + 28);
    offset = OutputBuffer.getLong(bytes, index + 36);
    footerOffset = OutputBuffer.getLong(bytes, index + 44);
    footerLength = OutputBuffer.getInt(bytes, index + 52);
    compressed = footerLength < 0;
    footerLength = Math.abs(footerLength);
    storedBytes = StreamManifest.storedBytes(compressed, offset, footerOffset, used);
    at += BLOCK_BYTES;
    check(count >= live && live >= 0 && used >= 0 && footerLength >= 0);
    int words = live < count ? (count + 63) >>> 6 : 0;
    check((long) words * Long.BYTES <= to - at);
    gone = new long[words];
    index = window.index(at, words * Long.BYTES);
    for (int i = 0; i < words; i++) {
      gone[i] = OutputBuffer.getLong(window.bytes(), index + i * Long.BYTES);
    }
    at += (long) words * Long.BYTES;
    return true;
  }

  boolean isGone(int index) {
    return gone.length > 0 && (gone[index >>> 6] & 1L << index) != 0;
  }

  private static void check(boolean plausible) throws IOException {
    if (!plausible) {
      throw new IOException("the manifest contradicts itself");
    }
  }
}
