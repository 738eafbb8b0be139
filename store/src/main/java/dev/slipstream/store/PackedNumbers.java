// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.protocol.wire.OutputBuffer;
import java.util.function.IntToLongFunction;

/**
 * A column of numbers that are not negative, each in as many bytes as the largest needs: u8 width,
 * then the numbers, big-endian. Of width 0 are nothing but zeros.
 */
final class PackedNumbers {
  private final byte[] bytes;
  private final int from;
  private final int width;

  /** Shows the column that begins at {@code from}. */
  PackedNumbers(byte[] bytes, int from) {
    this.bytes = bytes;
    this.from = from + 1;
    width = bytes[from];
  }

  /** Where a column of {@code count} numbers ends. */
  int end(int count) {
    return from + count * width;
  }

  boolean isZero() {
    return width == 0;
  }

  long get(int index) {
    long number = 0;
    int at = from + index * width;
    for (int end = at + width; at < end; at++) {
      number = number << 8 | bytes[at] & 0xff;
    }
    return number;
  }

  static void put(OutputBuffer out, int count, IntToLongFunction numbers) {
    long all = 0;
    for (int i = 0; i < count; i++) {
      all |= numbers.applyAsLong(i);
    }
    int width = (Long.SIZE - Long.numberOfLeadingZeros(all) + 7) / 8;
    out.ensure(1 + count * width);
    out.put(width);
    for (int i = 0; i < count; i++) {
      long number = numbers.applyAsLong(i);
      for (int shift = (width - 1) * 8; shift >= 0; shift -= 8) {
        out.put((int) (number >>> shift));
      }
    }
  }
}
