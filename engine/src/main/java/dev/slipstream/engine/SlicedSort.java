// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import java.util.Arrays;

/**
 * Sorts many sequences a part at a time, so that a loop does other work in between: by their
 * digits, from the lowest to the highest in which they differ.
 */
final class SlicedSort {
  private static final int DIGIT_BITS = 11;
  private static final int DIGITS = 1 << DIGIT_BITS;

  private final int[] places = new int[DIGITS];
  private final long least;
  private final int bits;
  private long[] from;
  private long[] to;
  private int shift;
  private int at;
  private boolean counted;

  /** Of {@code values}, which are its own from now on. */
  SlicedSort(long[] values) {
    long smallest = Long.MAX_VALUE;
    long largest = Long.MIN_VALUE;
    for (long value : values) {
      smallest = Math.min(smallest, value);
      largest = Math.max(largest, value);
    }
    least = smallest;
    bits = values.length < 2 ? 0 : Long.SIZE - Long.numberOfLeadingZeros(largest - smallest);
    from = values;
    to = bits == 0 ? values : new long[values.length];
  }

  /** Sorts on, looking at {@code most} values; true when all are sorted. */
  boolean step(int most) {
    if (shift >= bits) {
      return true;
    }
    int end = (int) Math.min((long) at + most, from.length);
    if (counted) {
      move(end);
    } else {
      count(end);
    }
    return shift >= bits;
  }

  private int digit(long value) {
    return (int) (value - least >>> shift) & DIGITS - 1;
  }

  private void count(int end) {
    for (; at < end; at++) {
      places[digit(from[at])]++;
    }
    if (at == from.length) {
      int place = 0;
      for (int digit = 0; digit < DIGITS; digit++) {
        int here = places[digit];
        places[digit] = place;
        place += here;
      }
      counted = true;
      at = 0;
    }
  }

  private void move(int end) {
    for (; at < end; at++) {
      long value = from[at];
      to[places[digit(value)]++] = value;
    }
    if (at == from.length) {
      long[] before = from;
      from = to;
      to = before;
      shift += DIGIT_BITS;
      counted = false;
      at = 0;
      Arrays.fill(places, 0);
    }
  }

  /** The values, ascending once all are sorted. */
  long[] values() {
    return from;
  }
}
