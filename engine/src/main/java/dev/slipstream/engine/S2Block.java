// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

/**
 * Decodes one compressed block of Snappy or of S2.
 *
 * <p>A block is the length of what it stands for as a varint, then operations: bytes that follow,
 * or a copy from an offset back. S2 is Snappy with one operation more: a copy of one byte's offset
 * that says 0 takes the offset of the copy before it, and then may be longer. Every bound is
 * checked, since what is decoded comes from anywhere. Source: the format description of Snappy, and
 * that of S2's extensions.
 */
final class S2Block {
  private static final int LITERAL = 0;
  private static final int COPY_NEAR = 1;
  private static final int COPY_FAR = 2;
  private static final int SHORT_LITERALS = 60;
  private static final int MOST_LENGTH_BYTES = 5;

  private final byte[] bytes;
  private final int to;
  private int at;

  private S2Block(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.to = to;
    at = from;
  }

  /**
   * Decodes the block in {@code bytes[from..to]}.
   *
   * @param most how many bytes it may stand for
   */
  static byte[] decode(byte[] bytes, int from, int to, int most) throws ArchiveException {
    S2Block block = new S2Block(bytes, from, to);
    long length = block.readLength();
    if (length > most) {
      throw corrupt();
    }
    byte[] into = new byte[(int) length];
    block.fill(into);
    return into;
  }

  static ArchiveException corrupt() {
    return new ArchiveException("s2: corrupt input");
  }

  private long readLength() throws ArchiveException {
    long length = 0;
    for (int i = 0; i < MOST_LENGTH_BYTES; i++) {
      int next = readByte();
      length |= (next & 0x7fL) << (7 * i);
      if (next < 0x80) {
        return length;
      }
    }
    throw corrupt();
  }

  private void fill(byte[] into) throws ArchiveException {
    int filled = 0;
    int offset = 0;
    while (at < to) {
      int tag = readByte();
      int length;
      switch (tag & 3) {
        case LITERAL -> {
          length = literals(tag >> 2);
          if (length > into.length - filled || length > to - at) {
            throw corrupt();
          }
          System.arraycopy(bytes, at, into, filled, length);
          at += length;
          filled += length;
          continue;
        }
        case COPY_NEAR -> {
          int near = (tag & 0xe0) << 3 | readByte();
          int code = tag >> 2 & 7;
          length = near == 0 ? repeated(code) : code + 4;
          offset = near == 0 ? offset : near;
        }
        case COPY_FAR -> {
          offset = readNumber(2);
          length = (tag >> 2) + 1;
        }
        default -> {
          offset = readNumber(4);
          length = (tag >> 2) + 1;
        }
      }
      if (offset <= 0 || offset > filled || length > into.length - filled) {
        throw corrupt();
      }
      copy(into, filled, offset, length);
      filled += length;
    }
    if (filled != into.length) {
      throw corrupt();
    }
  }

  /** A copy may run into what it writes, which then repeats. */
  private static void copy(byte[] into, int to, int offset, int length) {
    if (offset >= length) {
      System.arraycopy(into, to - offset, into, to, length);
      return;
    }
    for (int i = to; i < to + length; i++) {
      into[i] = into[i - offset];
    }
  }

  private int literals(int code) throws ArchiveException {
    int length = code < SHORT_LITERALS ? code : readNumber(code - SHORT_LITERALS + 1);
    if (length < 0 || length == Integer.MAX_VALUE) {
      throw corrupt();
    }
    return length + 1;
  }

  private int repeated(int code) throws ArchiveException {
    return switch (code) {
      case 5 -> readNumber(1) + 8;
      case 6 -> readNumber(2) + (1 << 8) + 4;
      case 7 -> readNumber(3) + (1 << 16) + 4;
      default -> code + 4;
    };
  }

  /** A number of up to four bytes, the lowest first; negative when it is larger than an int. */
  private int readNumber(int count) throws ArchiveException {
    int number = 0;
    for (int i = 0; i < count; i++) {
      number |= readByte() << (8 * i);
    }
    return number;
  }

  private int readByte() throws ArchiveException {
    if (at >= to) {
      throw corrupt();
    }
    return bytes[at++] & 0xff;
  }
}
