// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.json;

import org.jspecify.annotations.Nullable;

/**
 * Finds the first syntax error of a document and words it as Go's {@code encoding/json} does.
 *
 * <p>Only used after reading has failed, so it favours being obvious over being fast. Two wordings
 * exist: a strict request is decoded as a sequence of values, and its errors carry {@code at offset
 * N} (one-based, of the offending byte); a lenient one is one value, without offset.
 */
final class JsonSyntax {
  private final byte[] bytes;
  private final int start;
  private final int end;
  private final boolean sequence;
  private final int maxDepth;
  private int pos;

  private JsonSyntax(byte[] bytes, int offset, int length, boolean sequence, int maxDepth) {
    this.bytes = bytes;
    this.start = offset;
    this.end = offset + length;
    this.sequence = sequence;
    this.maxDepth = maxDepth;
    this.pos = offset;
  }

  /**
   * The text of the first syntax error, or null.
   *
   * @param sequence whether several values may follow each other (the strict wording)
   * @param values how many values of a sequence to look at
   */
  static @Nullable String error(
      byte[] bytes, int offset, int length, boolean sequence, int values, int maxDepth) {
    JsonSyntax syntax = new JsonSyntax(bytes, offset, length, sequence, maxDepth);
    try {
      for (int i = 0; sequence && i < values; i++) {
        if (!syntax.skipSpace()) {
          return null;
        }
        syntax.value(0);
      }
      if (!sequence) {
        syntax.value(0);
        if (syntax.skipSpace()) {
          throw syntax.problem("after top-level value", true);
        }
      }
      return null;
    } catch (JsonException found) {
      return found.text();
    }
  }

  private void value(int depth) {
    boolean more = skipSpace();
    switch (more ? bytes[pos] : 0) {
      case '{' -> object(depth + 1);
      case '[' -> array(depth + 1);
      case '"' -> string();
      case 't' -> word("true");
      case 'f' -> word("false");
      case 'n' -> word("null");
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
      default -> throw problem("looking for beginning of value", true);
    }
  }

  private void object(int depth) {
    open(depth);
    if (take('}')) {
      return;
    }
    while (true) {
      if (!skipSpace() || bytes[pos] != '"') {
        throw problem("looking for beginning of object key string", true);
      }
      string();
      if (!take(':')) {
        throw problem("after object key", true);
      }
      value(depth);
      if (take('}')) {
        return;
      }
      if (!take(',')) {
        throw problem("after object key:value pair", true);
      }
    }
  }

  private void array(int depth) {
    open(depth);
    if (take(']')) {
      return;
    }
    while (true) {
      value(depth);
      if (take(']')) {
        return;
      }
      if (!take(',')) {
        throw problem("after array element", true);
      }
    }
  }

  private void open(int depth) {
    if (depth > maxDepth) {
      throw problem("exceeded max depth", true);
    }
    pos++;
  }

  private void string() {
    pos++;
    while (true) {
      int c = peek();
      if (c < ' ') {
        throw problem("in string literal", true);
      }
      pos++;
      if (c == '"') {
        return;
      }
      if (c == '\\') {
        escape();
      }
    }
  }

  private void escape() {
    int c = peek();
    if (c < 0 || "bfnrt\\/\"u".indexOf(c) < 0) {
      throw problem("in string escape code", false);
    }
    pos++;
    for (int i = 0; c == 'u' && i < 4; i++) {
      if (peek() > 'f' || Character.digit(peek(), 16) < 0) {
        throw problem("in \\u hexadecimal character escape", false);
      }
      pos++;
    }
  }

  private void word(String word) {
    pos++;
    for (int i = 1; i < word.length(); i++) {
      if (peek() != word.charAt(i)) {
        String expected = "in literal " + word + " (expecting '" + word.charAt(i) + "')";
        throw problem(expected, false);
      }
      pos++;
    }
  }

  private void number() {
    if (peek() == '-') {
      pos++;
    }
    if (peek() == '0') {
      pos++;
    } else {
      digits("in numeric literal");
    }
    if (peek() == '.') {
      pos++;
      digits("after decimal point in numeric literal");
    }
    if (peek() == 'e' || peek() == 'E') {
      pos++;
      if (peek() == '+' || peek() == '-') {
        pos++;
      }
      digits("in exponent of numeric literal");
    }
  }

  private void digits(String context) {
    if (!digit()) {
      throw problem(context, false);
    }
    while (digit()) {
      pos++;
    }
  }

  private boolean digit() {
    int c = peek();
    return c >= '0' && c <= '9';
  }

  /** The next byte, or -1 at the end. */
  private int peek() {
    return pos < end ? bytes[pos] & 0xff : -1;
  }

  private boolean take(char wanted) {
    if (skipSpace() && bytes[pos] == wanted) {
      pos++;
      return true;
    }
    return false;
  }

  private boolean skipSpace() {
    while (pos < end && " \t\r\n".indexOf(bytes[pos]) >= 0) {
      pos++;
    }
    return pos < end;
  }

  /** Go probes the end of a document with a blank; where one is legal, the end is what is wrong. */
  private JsonException problem(String context, boolean blankIsLegal) {
    if (pos >= end) {
      if (sequence) {
        return new JsonException("unexpected EOF");
      }
      return new JsonException(
          blankIsLegal ? "unexpected end of JSON input" : "invalid character ' ' " + context);
    }
    String text = "invalid character " + GoQuote.quoteByte(bytes[pos]) + " " + context;
    return new JsonException(sequence ? text + " at offset " + (pos - start + 1) : text);
  }
}
