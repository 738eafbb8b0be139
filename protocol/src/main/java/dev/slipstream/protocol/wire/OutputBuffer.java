// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing array of bytes that is written at its end. Not thread-safe. */
public final class OutputBuffer {
  /** No bytes at all. */
  public static final byte[] NO_BYTES = {};

  /** From this length on an array grows by a half, a smaller one by its length. */
  private static final int LARGE_BYTES = 1 << 20;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private byte[] bytes;
  private int length;

  /** A buffer with room for {@code capacity} bytes before it grows. */
  public OutputBuffer(int capacity) {
    bytes = new byte[capacity];
  }

  /** The array behind the buffer; replaced when the buffer grows. */
  public byte[] array() {
    return bytes;
  }

  /** How many bytes were written. */
  public int length() {
    return length;
  }

  /** Forgets what was written; keeps the array. */
  public void clear() {
    length = 0;
  }

  /** Cuts the buffer to {@code newLength} bytes. */
  public void truncate(int newLength) {
    length = newLength;
  }

  /** Forgets the array when it has grown beyond {@code capacity}. */
  public void clearAndShrink(int capacity) {
    length = 0;
    if (bytes.length > capacity) {
      bytes = new byte[capacity];
    }
  }

  /** Gives the array away and goes on with a new one of {@code capacity} bytes. */
  public byte[] detach(int capacity) {
    byte[] given = bytes;
    bytes = new byte[capacity];
    length = 0;
    return given;
  }

  /** Makes room for {@code more} bytes. */
  public void ensure(int more) {
    if (bytes.length - length < more) {
      int needed = Math.addExact(length, more);
      // what comes behind something large is mostly small: it must not copy all of it again
      int behind = Math.min(needed, LARGE_BYTES) >> 4;
      int doubled = bytes.length < LARGE_BYTES ? bytes.length * 2 : bytes.length / 2 * 3;
      bytes = Arrays.copyOf(bytes, Math.max(doubled, needed + behind));
    }
  }

  /** Writes one byte. */
  public OutputBuffer put(int value) {
    ensure(1);
    bytes[length++] = (byte) value;
    return this;
  }

  /** Writes an array. */
  public OutputBuffer put(byte[] source) {
    return put(source, 0, source.length);
  }

  /** Writes the range {@code from..to} of an array. */
  public OutputBuffer put(byte[] source, int from, int to) {
    int count = to - from;
    ensure(count);
    System.arraycopy(source, from, bytes, length, count);
    length += count;
    return this;
  }

  /** Writes text in UTF-8. */
  public OutputBuffer put(String text) {
    return put(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes a number in decimal; as unsigned when it is negative. */
  public OutputBuffer putDecimal(long value) {
    if (value < 0) {
      return put(Long.toUnsignedString(value));
    }
    ensure(20);
    int digits = digits(value);
    long rest = value;
    for (int i = length + digits - 1; i >= length; i--) {
      bytes[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length += digits;
    return this;
  }

  /** Writes a number as {@link Varint} does, in as few bytes as it needs. */
  public OutputBuffer putVarint(long value) {
    ensure(Varint.MOST_BYTES);
    length = Varint.put(bytes, length, value, 1);
    return this;
  }

  /** Writes two bytes, the high one first. */
  public OutputBuffer putShort(int value) {
    return put(value >>> 8).put(value);
  }

  /** Writes four bytes, the high one first. */
  public OutputBuffer putInt(int value) {
    ensure(4);
    INT.set(bytes, length, value);
    length += 4;
    return this;
  }

  /** Writes eight bytes, the high one first. */
  public OutputBuffer putLong(long value) {
    ensure(8);
    LONG.set(bytes, length, value);
    length += 8;
    return this;
  }

  /** Overwrites four bytes at {@code index}, the high one first. */
  public void setInt(int index, int value) {
    INT.set(bytes, index, value);
  }

  /** The two bytes at {@code index} of an array as 0 to 65,535, the high one first. */
  public static int getUnsignedShort(byte[] source, int index) {
    return (source[index] & 0xff) << 8 | source[index + 1] & 0xff;
  }

  /** The four bytes at {@code index} of an array, the high one first. */
  public static int getInt(byte[] source, int index) {
    return (int) INT.get(source, index);
  }

  /** The eight bytes at {@code index} of an array, the high one first. */
  public static long getLong(byte[] source, int index) {
    return (long) LONG.get(source, index);
  }

  /** Writes CR LF. */
  public OutputBuffer putLineEnd() {
    ensure(2);
    bytes[length++] = '\r';
    bytes[length++] = '\n';
    return this;
  }

  /** A copy of what was written. */
  public byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  @Override
  public String toString() {
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  private static int digits(long value) {
    int digits = 1;
    for (long rest = value / 10; rest > 0; rest /= 10) {
      digits++;
    }
    return digits;
  }
}
