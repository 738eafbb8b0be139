// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.subject;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The rules of subjects and filters, on text and on bytes.
 *
 * <p>A subject is a run of non-empty tokens separated by dots. In a filter a token {@code *} stands
 * for exactly one token and a last token {@code >} for one or more; inside a longer token both are
 * ordinary characters. Text and bytes are the same thing in UTF-8.
 *
 * <p>Source: NATS client protocol, "subject names".
 */
public final class Subject {

  private Subject() {}

  /** The bytes of a subject. */
  public static byte[] bytes(String subject) {
    return subject.getBytes(StandardCharsets.UTF_8);
  }

  /** Whether {@code subject} has no empty token and no white space; wildcards are allowed. */
  public static boolean isValidFilter(String subject) {
    byte[] bytes = bytes(subject);
    return isValidFilter(bytes, 0, bytes.length) && !hasWhitespace(subject);
  }

  /** As {@link #isValidFilter(String)} for a range of bytes, without looking for white space. */
  public static boolean isValidFilter(byte[] bytes, int from, int to) {
    int start = from;
    for (int i = from; i <= to; i++) {
      if (i == to || bytes[i] == '.') {
        if (i == start || i < to && i - start == 1 && bytes[start] == '>') {
          return false;
        }
        start = i + 1;
      }
    }
    return true;
  }

  /** Whether {@code subject} is a valid filter without wildcards. */
  public static boolean isValidLiteral(String subject) {
    return isValidFilter(subject) && isLiteral(subject);
  }

  /** Whether no token of {@code subject} is a wildcard. */
  public static boolean isLiteral(String subject) {
    byte[] bytes = bytes(subject);
    return isLiteral(bytes, 0, bytes.length);
  }

  /** As {@link #isLiteral(String)} for a range of bytes. */
  public static boolean isLiteral(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if ((bytes[i] == '*' || bytes[i] == '>')
          && (i == from || bytes[i - 1] == '.')
          && (i + 1 == to || bytes[i + 1] == '.')) {
        return false;
      }
    }
    return true;
  }

  /** Whether some token is empty, so that nobody hears the subject, not even who asked for all. */
  public static boolean hasEmptyToken(byte[] bytes, int from, int to) {
    int start = from;
    for (int i = from; i < to; i++) {
      if (bytes[i] == '.') {
        if (i == start) {
          return true;
        }
        start = i + 1;
      }
    }
    return start == to;
  }

  /** Whether {@code text} holds a space, tab, carriage return, line feed or form feed. */
  public static boolean hasWhitespace(String text) {
    for (int i = 0; i < text.length(); i++) {
      switch (text.charAt(i)) {
        case ' ', '\t', '\r', '\n', '\f' -> {
          return true;
        }
        default -> {}
      }
    }
    return false;
  }

  /** The tokens of a subject. */
  public static String[] tokens(String subject) {
    return subject.split("\\.", -1);
  }

  /** Whether the literal {@code subject} is one of those that {@code filter} stands for. */
  public static boolean matches(String subject, String filter) {
    return isSubset(subject, filter);
  }

  /**
   * Whether every subject that {@code narrow} stands for is also one of {@code wide}'s; both may
   * hold wildcards.
   */
  public static boolean isSubset(String narrow, String wide) {
    String[] narrowTokens = tokens(narrow);
    String[] wideTokens = tokens(wide);
    for (int i = 0; i < wideTokens.length; i++) {
      if (wideTokens[i].equals(">")) {
        return i < narrowTokens.length;
      }
      if (i >= narrowTokens.length || narrowTokens[i].equals(">")) {
        return false;
      }
      boolean fits =
          wideTokens[i].equals("*")
              || !narrowTokens[i].equals("*") && wideTokens[i].equals(narrowTokens[i]);
      if (!fits) {
        return false;
      }
    }
    return narrowTokens.length == wideTokens.length;
  }

  /** Whether some literal subject is matched by both filters. */
  public static boolean overlap(String one, String other) {
    int a = 0;
    int b = 0;
    while (a <= one.length() && b <= other.length()) {
      int aEnd = tokenEnd(one, a);
      int bEnd = tokenEnd(other, b);
      if (isToken(one, a, aEnd, '>') || isToken(other, b, bEnd, '>')) {
        return true;
      }
      boolean same = aEnd - a == bEnd - b && one.regionMatches(a, other, b, aEnd - a);
      if (!same && !isToken(one, a, aEnd, '*') && !isToken(other, b, bEnd, '*')) {
        return false;
      }
      a = aEnd + 1;
      b = bEnd + 1;
    }
    return a > one.length() && b > other.length();
  }

  private static int tokenEnd(String subject, int from) {
    int dot = subject.indexOf('.', from);
    return dot < 0 ? subject.length() : dot;
  }

  private static boolean isToken(String subject, int from, int to, char wildcard) {
    return to - from == 1 && subject.charAt(from) == wildcard;
  }

  /** As {@link #matches(String, String)} for ranges of bytes; allocates nothing. */
  public static boolean matches(byte[] subject, int from, int to, byte[] filter) {
    int s = from;
    int f = 0;
    while (f < filter.length) {
      int filterEnd = tokenEnd(filter, f, filter.length);
      if (s >= to) {
        return false;
      }
      boolean single = filterEnd - f == 1;
      if (single && filter[f] == '>' && filterEnd == filter.length) {
        return true;
      }
      int subjectEnd = tokenEnd(subject, s, to);
      if (!(single && filter[f] == '*')
          && !Arrays.equals(filter, f, filterEnd, subject, s, subjectEnd)) {
        return false;
      }
      s = subjectEnd + 1;
      f = filterEnd + 1;
    }
    return s == to + 1;
  }

  /** Whether the range begins with {@code prefix}, which is not empty; it may end there. */
  public static boolean begins(byte[] bytes, int from, int to, byte[] prefix) {
    return to - from >= prefix.length
        && bytes[from] == prefix[0]
        && Arrays.equals(bytes, from, from + prefix.length, prefix, 0, prefix.length);
  }

  /** Where the token that begins at {@code from} ends: at a dot or at {@code to}. */
  public static int tokenEnd(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to && bytes[i] != '.') {
      i++;
    }
    return i;
  }
}
