// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.store.S2Decoder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Decodes a framed stream of Snappy or S2 that comes in pieces.
 *
 * <p>A frame is one byte of type, three of length, the lowest first, and so many bytes: the
 * stream's identifier, a block with the checksum of what it stands for, or what is to be passed
 * over. Holds one frame at most, and what has come behind it. Not thread-safe. Source: the framing
 * format of Snappy, which S2 shares with larger blocks.
 */
final class S2FrameReader {
  /** The largest block that S2 has; Snappy's are smaller. */
  private static final int MOST_BLOCK_BYTES = 4 << 20;

  /** A block that does not get smaller may grow by so much. */
  private static final int MOST_FRAME_BYTES = MOST_BLOCK_BYTES + (MOST_BLOCK_BYTES >> 5);

  private static final int HEADER_BYTES = 4;
  private static final int CRC_BYTES = 4;
  private static final int COMPRESSED = 0x00;
  private static final int PLAIN = 0x01;
  private static final int FIRST_SKIPPABLE = 0x80;
  private static final int IDENTIFIER = 0xff;
  private static final byte[] SNAPPY = {'s', 'N', 'a', 'P', 'p', 'Y'};
  private static final byte[] S2 = {'S', '2', 's', 'T', 'w', 'O'};

  private final CRC32C crc = new CRC32C();
  private final OutputBuffer input = new OutputBuffer(64 << 10);
  private int at;
  private long skipping;
  private boolean begun;

  /** Takes the next piece; it is copied. */
  void add(byte[] piece) {
    if (at > 0) {
      int rest = input.length() - at;
      System.arraycopy(input.array(), at, input.array(), 0, rest);
      input.truncate(rest);
      at = 0;
    }
    input.put(piece);
  }

  /**
   * Decodes one frame and appends what it holds.
   *
   * @return how many bytes it was; -1 when it has not come whole yet
   */
  int decode(OutputBuffer out) throws ArchiveException {
    if (skipping > 0) {
      int skipped = (int) Math.min(skipping, input.length() - at);
      at += skipped;
      skipping -= skipped;
      return skipped == 0 ? -1 : skipped;
    }
    byte[] bytes = input.array();
    if (input.length() - at < HEADER_BYTES) {
      return -1;
    }
    int type = bytes[at] & 0xff;
    int length = bytes[at + 1] & 0xff | (bytes[at + 2] & 0xff) << 8 | (bytes[at + 3] & 0xff) << 16;
    if (!begun && type != IDENTIFIER) {
      throw corrupt();
    }
    if (type >= FIRST_SKIPPABLE && type != IDENTIFIER) {
      at += HEADER_BYTES;
      skipping = length;
      return HEADER_BYTES;
    }
    if (length > MOST_FRAME_BYTES || type != IDENTIFIER && type > PLAIN) {
      throw type > PLAIN ? new ArchiveException("s2: unsupported input") : corrupt();
    }
    int from = at + HEADER_BYTES;
    int to = from + length;
    if (to > input.length()) {
      return -1;
    }
    at = to;
    if (type == IDENTIFIER) {
      identify(bytes, from, to);
    } else {
      block(type, bytes, from, to, out);
    }
    return to - from;
  }

  private void identify(byte[] bytes, int from, int to) throws ArchiveException {
    begun = true;
    if (!Arrays.equals(bytes, from, to, SNAPPY, 0, SNAPPY.length)
        && !Arrays.equals(bytes, from, to, S2, 0, S2.length)) {
      throw corrupt();
    }
  }

  private void block(int type, byte[] bytes, int from, int to, OutputBuffer out)
      throws ArchiveException {
    if (to - from < CRC_BYTES) {
      throw corrupt();
    }
    int blockFrom = from + CRC_BYTES;
    int expected = Integer.reverseBytes(OutputBuffer.getInt(bytes, from));
    int decodedFrom = out.length();
    if (type == COMPRESSED) {
      out.put(decode(bytes, blockFrom, to - blockFrom));
    } else {
      out.put(bytes, blockFrom, to);
    }
    if (maskedCrc(crc, out.array(), decodedFrom, out.length()) != expected) {
      throw new ArchiveException("s2: corrupt input, crc mismatch");
    }
  }

  private static byte[] decode(byte[] bytes, int from, int length) throws ArchiveException {
    int decoded = S2Decoder.decompressedBytes(bytes, from, length);
    if (decoded < 0 || decoded > MOST_BLOCK_BYTES) {
      throw corrupt();
    }
    byte[] into = new byte[decoded];
    if (!S2Decoder.decode(bytes, from, length, into, 0, decoded)) {
      throw corrupt();
    }
    return into;
  }

  static ArchiveException corrupt() {
    return new ArchiveException("s2: corrupt input");
  }

  /** Whether everything that came was decoded, up to the end of a frame. */
  boolean isAtEnd() {
    return at == input.length() && skipping == 0;
  }

  /** The checksum as frames have it: of bytes that hold checksums themselves, it is no weaker. */
  static int maskedCrc(CRC32C crc, byte[] bytes, int from, int to) {
    crc.reset();
    crc.update(bytes, from, to - from);
    return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
  }
}
