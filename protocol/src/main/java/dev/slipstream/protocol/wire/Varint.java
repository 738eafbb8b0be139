// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.wire;

/**
 * Unsigned numbers of up to 64 bits, seven bits a byte, the lowest first; a byte behind which
 * another one follows has its highest bit set. One that is to have more bytes than it needs ends
 * with zeros.
 */
public final class Varint {
  static final int MOST_BYTES = 10;

  private Varint() {}

  /** How many bytes a number needs. */
  public static int bytes(long number) {
    return (Long.SIZE - Long.numberOfLeadingZeros(number | 1) + 6) / 7;
  }

  /**
   * Writes a number.
   *
   * @param least how many bytes it has at least
   * @return the index behind it
   */
  public static int put(byte[] into, int at, long number, int least) {
    int next = at;
    long rest = number;
    while ((rest & ~0x7fL) != 0 || next + 1 < at + least) {
      into[next++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    into[next++] = (byte) rest;
    return next;
  }

  /** The number that begins at {@code at}, of which {@link #end} was asked. */
  public static long get(byte[] bytes, int at) {
    long number = 0;
    int next = at;
    int shift = 0;
    byte each;
    do {
      each = bytes[next++];
      number |= (each & 0x7fL) << shift;
      shift += 7;
    } while (each < 0);
    return number;
  }

  /** The index behind the number that begins at {@code at}; -1 when none ends before the limit. */
  public static int end(byte[] bytes, int at, int limit) {
    if (at < 0) {
      return -1;
    }
    int last = Math.min(limit, at + MOST_BYTES);
    for (int next = at; next < last; next++) {
      if (bytes[next] >= 0) {
        boolean fits = next < at + MOST_BYTES - 1 || bytes[next] <= 1;
        return fits ? next + 1 : -1;
      }
    }
    return -1;
  }

  /** Folds the sign into the lowest bit, so that small negative numbers stay short. */
  public static long zigzag(long number) {
    return number << 1 ^ number >> Long.SIZE - 1;
  }

  /** Takes {@link #zigzag} back. */
  public static long unzigzag(long folded) {
    return folded >>> 1 ^ -(folded & 1);
  }
}
