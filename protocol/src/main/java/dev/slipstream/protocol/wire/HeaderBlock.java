// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads a header block in place: {@code NATS/1.0[ status]} CR LF, lines {@code Key: value} CR LF,
 * CR LF.
 *
 * <p>Keys are told apart by case; of equal keys the first counts. Source: ADR-4.
 */
public final class HeaderBlock {
  /** What every block begins with. */
  static final byte[] VERSION = "NATS/1.0".getBytes(StandardCharsets.US_ASCII);

  /** Decides about a line from where it begins to where the next one does. */
  private interface LineTest {
    boolean test(int line, int next);
  }

  private HeaderBlock() {}

  /** The value of the first header {@code key} in {@code bytes[from..to]}, or null. */
  public static @Nullable String get(byte[] bytes, int from, int to, byte[] key) {
    long range = find(bytes, from, to, key);
    if (range < 0) {
      return null;
    }
    int start = (int) (range >>> 32);
    return new String(bytes, start, (int) range - start, StandardCharsets.UTF_8);
  }

  /** The value of the first header {@code key} of a whole block; empty without one. */
  public static String text(byte[] block, byte[] key) {
    String value = get(block, 0, block.length, key);
    return value == null ? "" : value;
  }

  /** Whether a header {@code key} is there. */
  public static boolean has(byte[] bytes, int from, int to, byte[] key) {
    return find(bytes, from, to, key) >= 0;
  }

  /** Whether there is a header whose key begins so. */
  public static boolean hasPrefix(byte[] bytes, int from, int to, byte[] prefix) {
    for (int line = nextLine(bytes, from, to); line < to; line = nextLine(bytes, line, to)) {
      if (startsWith(prefix, bytes, line, to)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Where the value of the first header {@code key} lies: its start in the upper half of the result
   * and its end in the lower; -1 when there is none.
   */
  public static long find(byte[] bytes, int from, int to, byte[] key) {
    int line = nextLine(bytes, from, to);
    while (line < to) {
      int next = nextLine(bytes, line, to);
      if (isLineOf(key, bytes, line, next)) {
        int start = line + key.length + 1;
        int end = lineEnd(bytes, start, next);
        while (start < end && bytes[start] == ' ') {
          start++;
        }
        return (long) start << 32 | end;
      }
      line = next;
    }
    return -1;
  }

  /** The block without its status text: a stored message keeps its headers but no status. */
  public static byte[] withoutStatus(byte[] bytes, int from, int to) {
    int first = nextLine(bytes, from, to);
    int end = lineEnd(bytes, from, first);
    if (end == from + VERSION.length) {
      return Arrays.copyOfRange(bytes, from, to);
    }
    if (to - first <= 2) {
      return OutputBuffer.NO_BYTES;
    }
    OutputBuffer block = new OutputBuffer(to - from);
    return block.put(VERSION).putLineEnd().put(bytes, first, to).toBytes();
  }

  /** Whether the first line has anything behind the version. */
  public static boolean hasStatus(byte[] bytes, int from, int to) {
    int end = lineEnd(bytes, from, nextLine(bytes, from, to));
    return end > from + VERSION.length;
  }

  /** The block with lines ("Key: value" pairs) added at its end; {@code from == to} begins one. */
  public static byte[] with(byte[] bytes, int from, int to, String... keysAndValues) {
    OutputBuffer block = new OutputBuffer(to - from + 32 * keysAndValues.length + 16);
    if (to - from < VERSION.length + 4) {
      block.put(VERSION).putLineEnd();
    } else {
      block.put(bytes, from, to - 2);
    }
    return putLines(block, keysAndValues).putLineEnd().toBytes();
  }

  /** The block with one value for a header: in the place of the first, at the end without one. */
  public static byte[] set(byte[] bytes, int from, int to, byte[] key, String value) {
    long range = find(bytes, from, to, key);
    if (range < 0) {
      return with(bytes, from, to, new String(key, StandardCharsets.UTF_8), value);
    }
    OutputBuffer block = new OutputBuffer(to - from + value.length());
    block.put(bytes, from, (int) (range >>> 32)).put(value);
    return block.put(bytes, (int) range, to).toBytes();
  }

  /** The block without the lines of a header; empty when it had no others. */
  public static byte[] without(byte[] bytes, int from, int to, byte[] key) {
    return without(bytes, from, to, (line, next) -> isLineOf(key, bytes, line, next));
  }

  /** The block without the headers whose keys begin so; empty when it had no others. */
  public static byte[] withoutPrefix(byte[] bytes, int from, int to, byte[] prefix) {
    return without(bytes, from, to, (line, next) -> startsWith(prefix, bytes, line, next));
  }

  private static byte[] without(byte[] bytes, int from, int to, LineTest unwanted) {
    int line = nextLine(bytes, from, to);
    OutputBuffer block = new OutputBuffer(to - from).put(bytes, from, line);
    while (line < to) {
      int next = nextLine(bytes, line, to);
      if (!unwanted.test(line, next)) {
        block.put(bytes, line, next);
      }
      line = next;
    }
    return block.length() <= VERSION.length + 4 ? OutputBuffer.NO_BYTES : block.toBytes();
  }

  private static boolean isLineOf(byte[] key, byte[] bytes, int line, int next) {
    int colon = line + key.length;
    return startsWith(key, bytes, line, next) && bytes[colon] == ':';
  }

  private static boolean startsWith(byte[] prefix, byte[] bytes, int line, int next) {
    int end = line + prefix.length;
    return end < next && Arrays.equals(bytes, line, end, prefix, 0, prefix.length);
  }

  /** Appends lines ("Key: value" pairs). */
  static OutputBuffer putLines(OutputBuffer block, String... keysAndValues) {
    for (int i = 0; i < keysAndValues.length; i += 2) {
      block.put(keysAndValues[i]).put(": ").put(keysAndValues[i + 1]).putLineEnd();
    }
    return block;
  }

  private static int nextLine(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && bytes[at] != '\n') {
      at++;
    }
    return Math.min(to, at + 1);
  }

  private static int lineEnd(byte[] bytes, int from, int next) {
    int end = next;
    while (end > from && (bytes[end - 1] == '\n' || bytes[end - 1] == '\r')) {
      end--;
    }
    return end;
  }
}
