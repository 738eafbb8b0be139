// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.util.concurrent.TimeUnit;

/**
 * Reads the limit at the end of a refusal like {@code Exceeded MaxRequestBatch of 10} or {@code
 * Exceeded MaxRequestExpires of 1m30s}, a number or a duration in the server's notation.
 */
final class PullLimitText {

  private PullLimitText() {}

  /** The number, or the duration in nanoseconds; 0 when there is none. */
  static long value(String text) {
    String limit = text.substring(text.lastIndexOf(' ') + 1);
    long total = 0;
    int at = 0;
    while (at < limit.length()) {
      int digits = at;
      while (digits < limit.length() && isNumeric(limit.charAt(digits))) {
        digits++;
      }
      int unit = digits;
      while (unit < limit.length() && !isNumeric(limit.charAt(unit))) {
        unit++;
      }
      long scale = scale(limit.substring(digits, unit));
      if (digits == at || scale == 0) {
        return 0;
      }
      try {
        total += (long) (Double.parseDouble(limit.substring(at, digits)) * scale);
      } catch (NumberFormatException notANumber) {
        return 0;
      }
      at = unit;
    }
    return total;
  }

  private static boolean isNumeric(char c) {
    return c >= '0' && c <= '9' || c == '.';
  }

  private static long scale(String unit) {
    return switch (unit) {
      case "", "ns" -> 1;
      case "us", "\u00b5s" -> TimeUnit.MICROSECONDS.toNanos(1);
      case "ms" -> TimeUnit.MILLISECONDS.toNanos(1);
      case "s" -> TimeUnit.SECONDS.toNanos(1);
      case "m" -> TimeUnit.MINUTES.toNanos(1);
      case "h" -> TimeUnit.HOURS.toNanos(1);
      default -> 0;
    };
  }
}
