// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.json;

/**
 * Text in double quotes, as Go's {@code %q} prints it.
 *
 * <p>The public server quotes foreign text this way in its error messages, and clients take the
 * quoted part out again.
 */
public final class GoQuote {
  private GoQuote() {}

  /** Returns {@code text} in double quotes, with everything that is not printable escaped. */
  public static String quote(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    text.codePoints().forEach(c -> append(out, c, '"'));
    return out.append('"').toString();
  }

  /** Returns one byte of a broken document in single quotes, as Go's JSON errors show it. */
  static String quoteByte(byte value) {
    StringBuilder out = new StringBuilder(8).append('\'');
    int c = value & 0xff;
    if (c == '"') {
      out.append('"');
    } else {
      append(out, c, '\'');
    }
    return out.append('\'').toString();
  }

  private static void append(StringBuilder out, int c, char quote) {
    if (c == quote || c == '\\') {
      out.append('\\').append((char) c);
    } else if (c >= 0xd800 && c <= 0xdfff) {
      out.append('\ufffd');
    } else if (printable(c)) {
      out.appendCodePoint(c);
    } else {
      escape(out, c);
    }
  }

  private static void escape(StringBuilder out, int c) {
    switch (c) {
      case 0x07 -> out.append("\\a");
      case '\b' -> out.append("\\b");
      case '\f' -> out.append("\\f");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      case 0x0b -> out.append("\\v");
      default -> {
        if (c < 0x80) {
          out.append(String.format("\\x%02x", c));
        } else if (c <= 0xffff) {
          out.append(String.format("\\u%04x", c));
        } else {
          out.append(String.format("\\U%08x", c));
        }
      }
    }
  }

  private static boolean printable(int c) {
    if (c < 0x7f) {
      return c >= ' ';
    }
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
