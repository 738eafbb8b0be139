// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.protocol.wire.Varint;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A column of numbers near a straight line: the number at {@code i} is a base, plus {@code i}
 * steps, plus a rest that takes as many bytes as the largest rest of the column. Numbers on the
 * line take nothing; one that does not fit makes the whole column wider.
 *
 * <p>As bytes: u8 width, base and step as folded varints, then the rests, little-endian. Source:
 * docs/data-format.md, "segment files".
 */
final class Column {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int MOST_FIXED_BYTES = 1 + 2 * 10;

  /** A rest is read as eight bytes, whatever its width. */
  private static final int BEHIND = Long.BYTES - 1;

  private static final byte[] NO_RESTS = new byte[Long.BYTES];
  private static final int FIRST_NUMBERS = 8;

  private byte[] rests = NO_RESTS;
  private int count;
  private int width;
  private long mask; // as many ones as a rest has bits
  private long base;
  private long step;

  /** Whether the base is lower than the numbers need. */
  private boolean hasRoomBelow;

  /** An empty column; the first number will be its base. */
  Column(long step) {
    this.step = step;
  }

  /** As many times the same number. */
  static Column level(int count, long number) {
    Column column = new Column(0);
    column.count = count;
    column.base = number;
    return column;
  }

  /** The column of {@code count} numbers whose rests begin at {@code from}. */
  static Column of(byte[] bytes, int from, int count, int width, long base, long step) {
    Column column = new Column(step);
    column.base = base;
    column.count = count;
    column.width(width);
    if (width > 0) {
      column.rests = new byte[count * width + BEHIND];
      System.arraycopy(bytes, from, column.rests, 0, count * width);
    }
    return column;
  }

  /** Appends the column's bytes, without the room that is kept for more numbers. */
  void encode(OutputBuffer out) {
    if (hasRoomBelow) {
      Column trimmed = new Column(step);
      trimmed.base = base;
      trimmed.count = count;
      trimmed.width(width);
      trimmed.rests = rests;
      trimmed.hasRoomBelow = true;
      trimmed.trim();
      trimmed.encode(out);
      return;
    }
    byte[] fixed = new byte[MOST_FIXED_BYTES];
    fixed[0] = (byte) width;
    int end = Varint.put(fixed, 1, Varint.zigzag(base), 1);
    end = Varint.put(fixed, end, Varint.zigzag(step), 1);
    out.put(fixed, 0, end).put(rests, 0, count * width);
  }

  int count() {
    return count;
  }

  /** Whether every number lies on the line. */
  boolean isLine() {
    return width == 0;
  }

  /** Whether all numbers are the same. */
  boolean isLevel() {
    return width == 0 && (step == 0 || count <= 1);
  }

  long get(int index) {
    return base + index * step + rest(index);
  }

  /** Appends a number. */
  void add(long number) {
    if (count == 0) {
      base = number;
    }
    set(count, number);
    count++;
  }

  /** Says how far from each other numbers are expected to be; before there is a second one. */
  void step(long expected) {
    step = expected;
  }

  /** Changes a number, or the one behind the last. */
  void set(int index, long number) {
    long rest = number - base - index * step;
    if ((rest & ~mask) != 0) {
      rest = widen(rest);
    }
    if (width == 0) {
      return;
    }
    int at = index * width;
    if (at + Long.BYTES > rests.length) {
      rests = Arrays.copyOf(rests, Math.max(FIRST_NUMBERS, 2 * index) * width + BEHIND);
    }
    LONGS.set(rests, at, (long) LONGS.get(rests, at) & ~mask | rest);
  }

  /**
   * Makes every rest so wide that {@code more} fits; answers what that is then. Numbers that sink
   * below the line go on to do so: half of the room that the width leaves is kept for them, or each
   * would change all.
   */
  private long widen(long more) {
    long least = Math.min(0, more);
    long largest = more;
    for (int i = 0; i < count; i++) {
      largest = Math.max(largest, rest(i));
    }
    int wider = bytesFor(largest - least);
    if (least < 0 && wider < Long.BYTES) {
      long room = (1L << Byte.SIZE * wider) - 1 - (largest - least);
      least -= room / 2;
      hasRoomBelow = true;
    }
    rebase(least, wider, count + 1);
    return more - least;
  }

  private static int bytesFor(long span) {
    return (Long.SIZE + 7 - Long.numberOfLeadingZeros(span)) / 8;
  }

  /** Moves the base by {@code least}; the rests are so wide, and there is room for so many. */
  private void rebase(long least, int newWidth, int numbers) {
    byte[] moved = NO_RESTS;
    if (newWidth > 0) {
      moved = new byte[Math.max(FIRST_NUMBERS, numbers) * newWidth + BEHIND];
      for (int i = 0; i < count; i++) {
        LONGS.set(moved, i * newWidth, rest(i) - least);
      }
    }
    rests = moved;
    width(newWidth);
    base += least;
  }

  private long rest(int index) {
    return (long) LONGS.get(rests, index * width) & mask;
  }

  private void width(int bytes) {
    width = bytes;
    mask = bytes == Long.BYTES ? -1 : (1L << bytes * 8) - 1;
  }

  /** Gives back the room for more numbers. */
  void trim() {
    if (hasRoomBelow && width < Long.BYTES) {
      long least = mask;
      long largest = 0;
      for (int i = 0; i < count; i++) {
        least = Math.min(least, rest(i));
        largest = Math.max(largest, rest(i));
      }
      rebase(least, bytesFor(largest - least), count);
    }
    hasRoomBelow = false;
    int needed = width == 0 ? NO_RESTS.length : count * width + BEHIND;
    if (needed < rests.length) {
      rests = Arrays.copyOf(rests, needed);
    }
  }

  /** The index of the first number of at least {@code least} in a column that does not sink. */
  int ceiling(long least) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (get(middle) < least) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
