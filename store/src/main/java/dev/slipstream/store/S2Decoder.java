// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.protocol.wire.Varint;

/**
 * Reads the raw formats of Snappy and S2 without a native library, so that no machine on which that
 * cannot be loaded takes intact data for damaged, and archives of the public server are read.
 *
 * <p>The length of what it becomes as a varint, then elements, each with a tag whose two lowest
 * bits say what it is: a literal, whose bytes follow, or a copy of bytes that were written before.
 * S2 has one element more: a copy of one byte's offset that says 0 takes the offset of the copy
 * before it, and then may be longer. Never writes outside of the range that it is given, whatever
 * the bytes are. Any thread. Source: Snappy's format_description.txt, and the description of S2's
 * extensions.
 */
public final class S2Decoder {
  private static final int LITERAL = 0;
  private static final int COPY_1 = 1;
  private static final int COPY_2 = 2;

  /** Literals up to this length have it in their tag; longer ones say how many bytes it has. */
  private static final int SHORT_LITERAL = 60;

  private static final int MOST_PREFIX_BYTES = 5;

  /** How much a copy with a repeated offset copies at least, by the code in its tag. */
  private static final int[] REPEATED = {4, 5, 6, 7, 8, 8, (1 << 8) + 4, (1 << 16) + 4};

  private final byte[] from;
  private final int end;
  private final byte[] into;
  private final int intoFrom;
  private final int intoEnd;
  private int at;
  private int to;
  private int lastOffset; // 0 before the first copy

  private S2Decoder(byte[] from, int at, int end, byte[] into, int intoFrom, int intoEnd) {
    this.from = from;
    this.at = at;
    this.end = end;
    this.into = into;
    this.intoFrom = intoFrom;
    this.intoEnd = intoEnd;
    this.to = intoFrom;
  }

  /** How many bytes the given ones say that they become; -1 when they do not say it. */
  public static int decompressedBytes(byte[] from, int at, int length) {
    int prefixEnd = prefixEnd(from, at, at + length);
    long bytes = prefixEnd < 0 ? -1 : Varint.get(from, at);
    return bytes > Integer.MAX_VALUE ? -1 : (int) bytes;
  }

  private static int prefixEnd(byte[] from, int at, int end) {
    return Varint.end(from, at, Math.min(end, at + MOST_PREFIX_BYTES));
  }

  /** Decodes bytes that become exactly {@code intoLength}; false when they are something else. */
  public static boolean decode(
      byte[] from, int at, int length, byte[] into, int intoAt, int intoLength) {
    if (decompressedBytes(from, at, length) != intoLength) {
      return false;
    }
    int end = at + length;
    int elements = prefixEnd(from, at, end);
    return new S2Decoder(from, elements, end, into, intoAt, intoAt + intoLength).decode();
  }

  private boolean decode() {
    while (at < end) {
      int tag = from[at++] & 0xff;
      boolean fits =
          switch (tag & 3) {
            case LITERAL -> literal(tag >>> 2);
            case COPY_1 -> near(tag >>> 2 & 7, (tag >>> 5) << 8);
            case COPY_2 -> copy(1 + (tag >>> 2), number(2));
            default -> copy(1 + (tag >>> 2), number(4));
          };
      if (!fits) {
        return false;
      }
    }
    return to == intoEnd;
  }

  private boolean literal(int shown) {
    int length = shown + 1;
    if (length > SHORT_LITERAL) {
      long said = number(length - SHORT_LITERAL);
      if (said < 0 || said >= end) {
        return false;
      }
      length = (int) said + 1;
    }
    if (length > end - at || length > intoEnd - to) {
      return false;
    }
    System.arraycopy(from, at, into, to, length);
    at += length;
    to += length;
    return true;
  }

  /** A copy from less than 2 KiB back, or one that repeats the offset before. */
  private boolean near(int code, int highOffset) {
    long low = number(1);
    if (low < 0) {
      return false;
    }
    if (highOffset + low > 0) {
      return copy(4 + code, highOffset + low);
    }
    long more =
        switch (code) {
          case 5 -> number(1);
          case 6 -> number(2);
          case 7 -> number(3);
          default -> 0;
        };
    return more >= 0 && copy(REPEATED[code] + (int) more, lastOffset);
  }

  /** Copies bytes from so far back; they may be among those that it writes. */
  private boolean copy(int length, long offset) {
    if (offset <= 0 || offset > to - intoFrom || length > intoEnd - to) {
      return false;
    }
    int back = (int) offset;
    lastOffset = back;
    if (back >= length) {
      System.arraycopy(into, to - back, into, to, length);
      to += length;
      return true;
    }
    for (int last = to + length; to < last; to++) {
      into[to] = into[to - back];
    }
    return true;
  }

  /** The number of so many bytes that comes next, lowest first; -1 when the bytes end before. */
  private long number(int bytes) {
    if (bytes > end - at) {
      return -1;
    }
    long number = 0;
    for (int i = 0; i < bytes; i++) {
      number |= (from[at++] & 0xffL) << 8 * i;
    }
    return number;
  }
}
