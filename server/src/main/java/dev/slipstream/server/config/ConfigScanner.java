// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

/**
 * A cursor over the text of a configuration file that knows line and column.
 *
 * <p>One thread. Characters come as {@code int}; {@link #END} stands for the end of the text.
 */
final class ConfigScanner {

  static final int END = -1;

  private final String text;
  private final String file;
  private int offset;
  private int line = 1;
  private int lineFeed;

  ConfigScanner(String text, String file) {
    this.text = text;
    this.file = file;
  }

  /** The next character, without consuming it. */
  int peek() {
    return peek(0);
  }

  /** The character {@code ahead} places after the next one. */
  int peek(int ahead) {
    int at = offset + ahead;
    return at < text.length() ? text.charAt(at) : END;
  }

  /** Consumes the next character. */
  int next() {
    int c = peek();
    if (c == END) {
      return END;
    }
    if (c == '\n') {
      line++;
      lineFeed = offset;
    }
    offset++;
    return c;
  }

  /** Consumes the next character if it is {@code expected}. */
  boolean take(char expected) {
    if (peek() != expected) {
      return false;
    }
    next();
    return true;
  }

  int offset() {
    return offset;
  }

  /** The text from {@code from} up to the cursor. */
  String since(int from) {
    return text.substring(from, offset);
  }

  SourcePosition position() {
    return new SourcePosition(file, line, offset - lineFeed);
  }

  ConfigException error(String reason) {
    return new ConfigException(position(), reason);
  }

  /** How the next character is written in a message. */
  String shown() {
    int c = peek();
    return switch (c) {
      case END -> "the end of the file";
      case '\n' -> "'\\n'";
      case '\r' -> "'\\r'";
      case '\t' -> "'\\t'";
      default -> "'" + (char) c + "'";
    };
  }

  /** Consumes white space of all kinds, line ends included. */
  void skipSpace() {
    while (isSpace(peek())) {
      next();
    }
  }

  /** Consumes blanks and tabs. */
  void skipBlanks() {
    while (isBlank(peek())) {
      next();
    }
  }

  /** Consumes a comment up to, not including, the end of its line; false if none begins here. */
  boolean skipComment() {
    if (peek() != '#' && !(peek() == '/' && peek(1) == '/')) {
      return false;
    }
    while (peek() != END && !isLineEnd(peek())) {
      next();
    }
    return true;
  }

  static boolean isBlank(int c) {
    return c == ' ' || c == '\t';
  }

  static boolean isLineEnd(int c) {
    return c == '\n' || c == '\r';
  }

  static boolean isSpace(int c) {
    return c != END
        && (c == ' ' || c >= '\t' && c <= '\r' || c == 0x85 || Character.isSpaceChar(c));
  }

  static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  /** Whether {@code c} ends a number or an unquoted string. */
  static boolean endsValue(int c) {
    return c == END || isLineEnd(c) || isBlank(c) || c == ',' || c == ';' || c == ']' || c == '}';
  }
}
