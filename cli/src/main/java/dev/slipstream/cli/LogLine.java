// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;

/**
 * The form of a log line: {@code [pid] 2026/08/21 14:50:11.123456 [INF] message}.
 *
 * <p>Thread-safe. What comes from a client cannot forge a line: control characters of the message
 * are written as escapes.
 */
final class LogLine {

  private static final int MAX_CHARS = 32 * 1024;

  private final String prefix;
  private final boolean time;
  private final ZoneId zone;
  private final boolean colours;

  LogLine(long pid, boolean time, ZoneId zone, boolean colours) {
    this.prefix = "[" + pid + "] ";
    this.time = time;
    this.zone = zone;
    this.colours = colours;
  }

  /** The line, with its line feed. */
  String format(Instant now, LogLevel level, String message) {
    StringBuilder line = new StringBuilder(64 + message.length()).append(prefix);
    if (time) {
      appendTime(line, LocalDateTime.ofInstant(now, zone));
    }
    line.append(level.label(colours));
    appendMessage(line, message);
    return line.append('\n').toString();
  }

  private static void appendTime(StringBuilder line, LocalDateTime at) {
    padded(line, at.getYear(), 4).append('/');
    padded(line, at.getMonthValue(), 2).append('/');
    padded(line, at.getDayOfMonth(), 2).append(' ');
    padded(line, at.getHour(), 2).append(':');
    padded(line, at.getMinute(), 2).append(':');
    padded(line, at.getSecond(), 2).append('.');
    padded(line, at.getNano() / 1000, 6).append(' ');
  }

  private static StringBuilder padded(StringBuilder line, int number, int digits) {
    String text = Integer.toString(number);
    for (int i = text.length(); i < digits; i++) {
      line.append('0');
    }
    return line.append(text);
  }

  private static void appendMessage(StringBuilder line, String message) {
    int end = Math.min(message.length(), MAX_CHARS);
    for (int i = 0; i < end; i++) {
      char c = message.charAt(i);
      switch (c) {
        case '\n' -> line.append("\\n");
        case '\r' -> line.append("\\r");
        case '\t' -> line.append(c);
        default -> {
          if (Character.isISOControl(c)) {
            line.append("\\x").append(Character.forDigit(c >> 4, 16));
            line.append(Character.forDigit(c & 15, 16));
          } else {
            line.append(c);
          }
        }
      }
    }
    if (end < message.length()) {
      line.append("...");
    }
  }
}
