// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Durations as Go writes them, in configuration files, negative acknowledgements and error texts:
 * {@code 2m}, {@code 1h30m}, {@code 250ms}, {@code -1.5s}.
 *
 * <p>Units: {@code ns us µs ms s m h}; nanoseconds in Java.
 */
public final class GoDuration {

  private static final long MICRO = 1_000L;
  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1_000_000_000L;
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;

  private static final Map<String, Long> UNITS =
      Map.of(
          "ns", 1L, "us", MICRO, "µs", MICRO, "μs", MICRO, "ms", MILLI, "s", SECOND, "m", MINUTE,
          "h", HOUR);

  private GoDuration() {}

  /**
   * The nanoseconds that {@code text} stands for.
   *
   * @throws NumberFormatException if it is no duration or does not fit; the message is Go's
   */
  public static long parse(String text) {
    boolean signed = text.startsWith("-") || text.startsWith("+");
    String rest = signed ? text.substring(1) : text;
    if (rest.equals("0")) {
      return 0;
    }
    if (rest.isEmpty()) {
      throw invalid(text);
    }
    BigDecimal total = BigDecimal.ZERO;
    int at = 0;
    while (at < rest.length()) {
      int numberEnd = spanOf(rest, at, true);
      BigDecimal number = number(rest.substring(at, numberEnd));
      if (number == null) {
        throw invalid(text);
      }
      int unitEnd = spanOf(rest, numberEnd, false);
      String unit = rest.substring(numberEnd, unitEnd);
      if (unit.isEmpty()) {
        throw new NumberFormatException("time: missing unit in duration " + GoQuote.quote(text));
      }
      Long factor = UNITS.get(unit);
      if (factor == null) {
        throw new NumberFormatException(
            "time: unknown unit " + GoQuote.quote(unit) + " in duration " + GoQuote.quote(text));
      }
      total = total.add(number.multiply(BigDecimal.valueOf(factor)));
      at = unitEnd;
    }
    BigInteger nanos = total.toBigInteger();
    if (text.startsWith("-")) {
      nanos = nanos.negate();
    }
    if (nanos.bitLength() > 63) {
      throw invalid(text);
    }
    return nanos.longValue();
  }

  /** {@code nanos} as Go prints it: {@code 2m0s}, {@code 85.829µs}, {@code 1.5s}. */
  public static String format(long nanos) {
    if (nanos == 0) {
      return "0s";
    }
    String sign = nanos < 0 ? "-" : "";
    BigDecimal rest = new BigDecimal(BigInteger.valueOf(nanos).abs());
    long unit = unitOf(nanos);
    if (unit < SECOND) {
      String name = unit == 1 ? "ns" : unit == MICRO ? "µs" : "ms";
      return sign + plain(rest.divide(BigDecimal.valueOf(unit))) + name;
    }
    StringBuilder text = new StringBuilder(sign);
    BigDecimal[] hours = rest.divideAndRemainder(BigDecimal.valueOf(HOUR));
    BigDecimal[] minutes = hours[1].divideAndRemainder(BigDecimal.valueOf(MINUTE));
    boolean withHours = hours[0].signum() > 0;
    if (withHours) {
      text.append(hours[0].toBigInteger()).append('h');
    }
    if (withHours || minutes[0].signum() > 0) {
      text.append(minutes[0].toBigInteger()).append('m');
    }
    return text.append(plain(minutes[1].divide(BigDecimal.valueOf(SECOND)))).append('s').toString();
  }

  private static long unitOf(long nanos) {
    long size = nanos == Long.MIN_VALUE ? Long.MAX_VALUE : Math.abs(nanos);
    return size < MICRO ? 1 : size < MILLI ? MICRO : size < SECOND ? MILLI : SECOND;
  }

  private static String plain(BigDecimal number) {
    return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
  }

  /** The end of the run that begins at {@code from}: of digits and dots, or of anything else. */
  private static int spanOf(String text, int from, boolean ofNumber) {
    int end = from;
    while (end < text.length() && isNumberPart(text.charAt(end)) == ofNumber) {
      end++;
    }
    return end;
  }

  private static boolean isNumberPart(char c) {
    return c == '.' || c >= '0' && c <= '9';
  }

  private static @Nullable BigDecimal number(String text) {
    int dot = text.indexOf('.');
    if (text.isEmpty() || text.equals(".") || dot >= 0 && text.indexOf('.', dot + 1) >= 0) {
      return null;
    }
    return new BigDecimal(text.startsWith(".") ? "0" + text : text);
  }

  private static NumberFormatException invalid(String text) {
    return new NumberFormatException("time: invalid duration " + GoQuote.quote(text));
  }
}
