// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Durations in the text form of the wire: {@code 1h2m3.5s}, {@code 250ms}, {@code 0s}. */
final class GoDuration {
  private static final long MICRO = 1_000L;
  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1_000_000_000L;

  private GoDuration() {}

  /** The text of a duration. */
  static String format(long nanos) {
    if (nanos == 0) {
      return "0s";
    }
    if (nanos < 0) {
      return "-" + format(-nanos);
    }
    if (nanos < MICRO) {
      return nanos + "ns";
    }
    if (nanos < MILLI) {
      return decimal(nanos, MICRO) + "µs";
    }
    if (nanos < SECOND) {
      return decimal(nanos, MILLI) + "ms";
    }
    long hours = nanos / (3600 * SECOND);
    long minutes = nanos / (60 * SECOND) % 60;
    String text = hours > 0 ? hours + "h" + minutes + "m" : minutes > 0 ? minutes + "m" : "";
    return text + decimal(nanos % (60 * SECOND), SECOND) + "s";
  }

  /**
   * Reads a duration.
   *
   * @throws NumberFormatException when the text is none
   */
  static long parse(String text) {
    String rest = text;
    boolean negative = rest.startsWith("-");
    if (negative || rest.startsWith("+")) {
      rest = rest.substring(1);
    }
    if (rest.equals("0")) {
      return 0;
    }
    if (rest.isEmpty()) {
      throw new NumberFormatException("not a duration: " + text);
    }
    BigDecimal nanos = BigDecimal.ZERO;
    while (!rest.isEmpty()) {
      int number = 0;
      while (number < rest.length()
          && (Character.isDigit(rest.charAt(number)) || rest.charAt(number) == '.')) {
        number++;
      }
      int unit = number;
      while (unit < rest.length()
          && !Character.isDigit(rest.charAt(unit))
          && rest.charAt(unit) != '.') {
        unit++;
      }
      BigDecimal value = new BigDecimal(rest.substring(0, number));
      nanos =
          nanos.add(value.multiply(BigDecimal.valueOf(unitNanos(rest.substring(number, unit)))));
      rest = rest.substring(unit);
    }
    try {
      long value = nanos.setScale(0, RoundingMode.DOWN).longValueExact();
      return negative ? -value : value;
    } catch (ArithmeticException tooLong) {
      throw new NumberFormatException("not a duration: " + text);
    }
  }

  private static long unitNanos(String unit) {
    return switch (unit) {
      case "ns" -> 1;
      case "us", "µs", "μs" -> MICRO;
      case "ms" -> MILLI;
      case "s" -> SECOND;
      case "m" -> 60 * SECOND;
      case "h" -> 3600 * SECOND;
      default -> throw new NumberFormatException("not a unit of time: " + unit);
    };
  }

  private static String decimal(long value, long unit) {
    return BigDecimal.valueOf(value)
        .divide(BigDecimal.valueOf(unit))
        .stripTrailingZeros()
        .toPlainString();
  }
}
