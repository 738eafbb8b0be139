// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.json;

import java.io.ByteArrayOutputStream;

/**
 * Repairs broken UTF-8 as Go does: every byte that belongs to no valid sequence becomes U+FFFD.
 *
 * <p>Subjects and metadata come from clients that need not send valid UTF-8; the public server
 * accepts such a document, so the parser must not refuse it.
 */
final class Utf8 {
  private Utf8() {}

  /** Whether the first bytes would make the parser guess another encoding; never legal JSON. */
  static boolean ambiguousStart(byte[] bytes, int offset, int length) {
    for (int i = 0; i < Math.min(4, length); i++) {
      int b = bytes[offset + i] & 0xff;
      if (b == 0 || (i == 0 && (b == 0xef || b >= 0xfe))) {
        return true;
      }
    }
    return false;
  }

  static boolean valid(byte[] bytes, int offset, int length) {
    int end = offset + length;
    int i = offset;
    while (i < end) {
      int size = bytes[i] >= 0 ? 1 : sequence(bytes, i, end);
      if (size == 0) {
        return false;
      }
      i += size;
    }
    return true;
  }

  static byte[] repaired(byte[] bytes, int offset, int length) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(length + 16);
    int end = offset + length;
    int i = offset;
    while (i < end) {
      int size = sequence(bytes, i, end);
      if (size == 0) {
        out.write(0xef);
        out.write(0xbf);
        out.write(0xbd);
        i++;
      } else {
        out.write(bytes, i, size);
        i += size;
      }
    }
    return out.toByteArray();
  }

  /** The length of the valid sequence at {@code i}, or 0. */
  private static int sequence(byte[] bytes, int i, int end) {
    int b = bytes[i] & 0xff;
    if (b < 0x80) {
      return 1;
    }
    int size = b < 0xc2 ? 0 : b < 0xe0 ? 2 : b < 0xf0 ? 3 : b < 0xf5 ? 4 : 0;
    if (size == 0 || i + size > end) {
      return 0;
    }
    int second = bytes[i + 1] & 0xff;
    int low = b == 0xe0 ? 0xa0 : b == 0xf0 ? 0x90 : 0x80;
    int high = b == 0xed ? 0x9f : b == 0xf4 ? 0x8f : 0xbf;
    if (second < low || second > high) {
      return 0;
    }
    for (int k = 2; k < size; k++) {
      if ((bytes[i + k] & 0xc0) != 0x80) {
        return 0;
      }
    }
    return size;
  }

  /** Replaces surrogates that form no pair, which only escapes can bring in. */
  static String withoutLoneSurrogates(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> out.appendCodePoint(c >>> 11 == 0x1b ? 0xfffd : c));
        return out.toString();
      }
    }
    return text;
  }
}
