// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Locale;

/**
 * Reads strings, numbers and dates.
 *
 * <p>What begins with a digit is a number, a date, an address or a string: which one shows only
 * after it, so {@link #number} decides as it reads. One thread, that of its scanner.
 */
final class ConfigScalars {

  private static final String SUFFIXES = "kmgtpe";
  private static final int DATE_LENGTH = "2006-01-02T15:04:05Z".length();

  private final ConfigScanner in;

  ConfigScalars(ConfigScanner in) {
    this.in = in;
  }

  /** A string in single quotes, which stand for themselves until the next one. */
  ConfigValue rawString(SourcePosition position) throws ConfigException {
    in.next();
    int start = in.offset();
    while (in.peek() != '\'') {
      if (in.next() == ConfigScanner.END) {
        throw in.error("Unexpected EOF in a quoted string that began at " + place(position));
      }
    }
    String text = in.since(start);
    in.next();
    return new ConfigValue.Text(text, position);
  }

  /** A string in double quotes, with escapes. */
  ConfigValue quotedString(SourcePosition position) throws ConfigException {
    in.next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int start = in.offset();
    while (in.peek() != '"') {
      if (in.peek() == '\\') {
        append(bytes, in.since(start));
        escape(bytes);
        start = in.offset();
      } else if (in.next() == ConfigScanner.END) {
        throw in.error("Unexpected EOF in a quoted string that began at " + place(position));
      }
    }
    append(bytes, in.since(start));
    in.next();
    return new ConfigValue.Text(bytes.toString(StandardCharsets.UTF_8), position);
  }

  /** The lines between an opening parenthesis and a line that holds only the closing one. */
  ConfigValue textBlock(SourcePosition position) throws ConfigException {
    in.next();
    int start = in.offset();
    boolean lineStart = false;
    while (true) {
      int c = in.peek();
      if (c == ConfigScanner.END) {
        throw in.error("Unexpected EOF processing block that began at " + place(position));
      }
      if (c == ')' && lineStart && (in.peek(1) == '\n' || in.peek(1) == ConfigScanner.END)) {
        String text = in.since(start);
        in.next();
        return new ConfigValue.Text(text, position);
      }
      lineStart = c == '\n';
      in.next();
    }
  }

  /**
   * A string without quotes. The caller sees to booleans and variables: {@link Bare#escaped} says
   * that it is neither.
   */
  Bare bareString() throws ConfigException {
    return bareStringFrom(in.offset());
  }

  /** An unquoted string, and whether it held escapes. */
  record Bare(String text, boolean escaped) {}

  private Bare bareStringFrom(int start) throws ConfigException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    boolean escaped = false;
    int from = start;
    while (!ConfigScanner.endsValue(in.peek())) {
      if (in.peek() == '\'') {
        throw in.error("Unexpected quote in an unquoted string, quote the whole value");
      }
      if (in.peek() == '\\') {
        append(bytes, in.since(from));
        escape(bytes);
        escaped = true;
        from = in.offset();
      } else {
        in.next();
      }
    }
    append(bytes, in.since(from));
    return new Bare(bytes.toString(StandardCharsets.UTF_8), escaped);
  }

  /** A number, a date, an address or a string that begins with a digit. */
  ConfigValue number(SourcePosition position) throws ConfigException {
    int start = in.offset();
    skipDigits();
    int c = in.peek();
    if (c == '-') {
      return date(start, position);
    }
    if (c == '.') {
      return fraction(start, position);
    }
    return whole(start, position, true);
  }

  /** A number with a minus sign. */
  ConfigValue negativeNumber(SourcePosition position) throws ConfigException {
    int start = in.offset();
    in.next();
    if (!ConfigScanner.isDigit(in.peek())) {
      throw in.error(
          in.peek() == '.'
              ? "Floats must start with a digit, not '.'."
              : "Expected a digit but got " + in.shown() + ".");
    }
    skipDigits();
    if (in.peek() == '.') {
      return fraction(start, position);
    }
    return whole(start, position, false);
  }

  private ConfigValue whole(int start, SourcePosition position, boolean orString)
      throws ConfigException {
    int digitsEnd = in.offset();
    if (in.peek() != ConfigScanner.END && SUFFIXES.indexOf(lower(in.peek())) >= 0) {
      in.next();
      while (lower(in.peek()) == 'b' || lower(in.peek()) == 'i') {
        in.next();
      }
    }
    if (!ConfigScanner.endsValue(in.peek())) {
      if (orString) {
        return new ConfigValue.Text(bareStringFrom(start).text(), position);
      }
      throw in.error("Expected a number to end, but got " + in.shown() + " instead.");
    }
    String all = in.since(start);
    String digits = all.substring(0, digitsEnd - start);
    String suffix = all.substring(digitsEnd - start).toLowerCase(Locale.ROOT);
    try {
      long number = Long.parseLong(digits);
      return new ConfigValue.Whole(Math.multiplyExact(number, factor(suffix, all)), position);
    } catch (ArithmeticException | NumberFormatException tooLarge) {
      throw new ConfigException(position, "integer '" + all + "' is out of the range");
    }
  }

  private long factor(String suffix, String all) throws ConfigException {
    if (suffix.isEmpty()) {
      return 1;
    }
    int power = SUFFIXES.indexOf(suffix.charAt(0)) + 1;
    long base =
        switch (suffix.substring(1)) {
          case "" -> 1000;
          case "b", "i", "ib" -> 1024;
          default -> throw in.error("unknown size suffix in '" + all + "'");
        };
    long factor = 1;
    for (int i = 0; i < power; i++) {
      factor *= base;
    }
    return factor;
  }

  private ConfigValue fraction(int start, SourcePosition position) throws ConfigException {
    in.next();
    if (!ConfigScanner.isDigit(in.peek())) {
      throw in.error("Floats must have a digit after the '.', but got " + in.shown() + " instead.");
    }
    skipDigits();
    if (in.peek() == '.') {
      return address(start, position);
    }
    double number = Double.parseDouble(in.since(start));
    if (Double.isInfinite(number)) {
      throw new ConfigException(position, "float '" + in.since(start) + "' is out of the range");
    }
    return new ConfigValue.Fraction(number, position);
  }

  private ConfigValue address(int start, SourcePosition position) {
    while (ConfigScanner.isDigit(in.peek())
        || in.peek() == '.'
        || in.peek() == ':'
        || in.peek() == '-') {
      in.next();
    }
    return new ConfigValue.Text(in.since(start), position);
  }

  private ConfigValue date(int start, SourcePosition position) throws ConfigException {
    if (in.offset() - start != 4) {
      throw in.error("All ISO8601 dates must be in full Zulu form.");
    }
    while (in.offset() - start < DATE_LENGTH && !ConfigScanner.endsValue(in.peek())) {
      in.next();
    }
    String text = in.since(start);
    try {
      if (text.length() != DATE_LENGTH || !text.endsWith("Z")) {
        throw new DateTimeException("not in Zulu form");
      }
      LocalDateTime local = LocalDateTime.parse(text.substring(0, DATE_LENGTH - 1));
      return new ConfigValue.Moment(local.toInstant(ZoneOffset.UTC), position);
    } catch (DateTimeException malformed) {
      throw in.error("expected Zulu formatted DateTime, but got '" + text + "'");
    }
  }

  private void escape(ByteArrayOutputStream bytes) throws ConfigException {
    in.next();
    switch (in.peek()) {
      case 't' -> bytes.write('\t');
      case 'n' -> bytes.write('\n');
      case 'r' -> bytes.write('\r');
      case '"' -> bytes.write('"');
      case '\\' -> bytes.write('\\');
      case 'x' -> {
        int high = Character.digit(in.peek(1), 16);
        int low = Character.digit(in.peek(2), 16);
        if (high < 0 || low < 0) {
          throw in.error("Expected two hexadecimal digits after '\\x'");
        }
        bytes.write(high << 4 | low);
        in.next();
        in.next();
      }
      default ->
          throw in.error(
              "Invalid escape character "
                  + in.shown()
                  + ". Only the following escape characters are allowed:"
                  + " \\xXX, \\t, \\n, \\r, \\\", \\\\.");
    }
    in.next();
  }

  private void skipDigits() {
    while (ConfigScanner.isDigit(in.peek())) {
      in.next();
    }
  }

  private static void append(ByteArrayOutputStream bytes, String text) {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    bytes.write(encoded, 0, encoded.length);
  }

  private static int lower(int c) {
    return c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c;
  }

  private static String place(SourcePosition position) {
    return "line " + position.line() + ", column " + position.column();
  }
}
