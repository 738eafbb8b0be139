// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.json;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;

/**
 * Times as the wire writes them: RFC 3339 with up to nine fractional digits.
 *
 * <p>Written with trailing zeros of the fraction cut off, read with any offset. The errors of
 * {@link #parse} are worded like Go's {@code time.Parse}.
 */
public final class Rfc3339 {
  /** Go's zero time, which the API uses for "never": 0001-01-01T00:00:00Z. */
  public static final Instant ZERO = Instant.ofEpochSecond(-62135596800L);

  private static final String LAYOUT = "2006-01-02T15:04:05Z07:00";
  private static final Instant MIN = Instant.ofEpochSecond(-62167219200L);
  private static final Instant MAX = Instant.ofEpochSecond(253402300799L, 999_999_999);

  private final String text;
  private int pos;

  private Rfc3339(String text) {
    this.text = text;
  }

  /** Returns the time in UTC; times outside the years 0 to 9999 are drawn to the nearest end. */
  public static String format(Instant time) {
    return format(time, ZoneOffset.UTC);
  }

  /** The same with an offset of whole minutes, seconds are left out of it; {@code Z} for none. */
  public static String format(Instant time, ZoneOffset offset) {
    Instant bounded = time.isBefore(MIN) ? MIN : time.isAfter(MAX) ? MAX : time;
    OffsetDateTime local = bounded.atOffset(offset);
    StringBuilder out = new StringBuilder(35);
    digits(out, local.getYear(), 4).append('-');
    digits(out, local.getMonthValue(), 2).append('-');
    digits(out, local.getDayOfMonth(), 2).append('T');
    digits(out, local.getHour(), 2).append(':');
    digits(out, local.getMinute(), 2).append(':');
    digits(out, local.getSecond(), 2);
    if (local.getNano() != 0) {
      digits(out.append('.'), local.getNano(), 9);
      while (out.charAt(out.length() - 1) == '0') {
        out.setLength(out.length() - 1);
      }
    }
    int seconds = offset.getTotalSeconds();
    if (seconds == 0) {
      return out.append('Z').toString();
    }
    int minutes = Math.abs(seconds) / 60;
    digits(out.append(seconds < 0 ? '-' : '+'), minutes / 60, 2).append(':');
    return digits(out, minutes % 60, 2).toString();
  }

  private static StringBuilder digits(StringBuilder out, int value, int width) {
    int divisor = 1;
    for (int i = 1; i < width; i++) {
      divisor *= 10;
    }
    for (; divisor > 0; divisor /= 10) {
      out.append((char) ('0' + value / divisor % 10));
    }
    return out;
  }

  /**
   * Reads a time.
   *
   * @throws JsonException if the text is not a time, with Go's wording
   */
  public static Instant parse(String text) {
    return new Rfc3339(text).instant();
  }

  private Instant instant() {
    int year = year();
    expect('-');
    int month = number("01", true);
    require(month >= 1 && month <= 12, "month");
    expect('-');
    int day = number("02", true);
    expect('T');
    int hour = number("15", false);
    require(hour < 24, "hour");
    expect(':');
    int minute = number("04", true);
    require(minute < 60, "minute");
    expect(':');
    int second = number("05", true);
    require(second < 60, "second");
    int nanos = fraction();
    int offsetSeconds = offset();
    if (pos < text.length()) {
      throw problem(": extra text: " + quote(text.substring(pos)));
    }
    require(day >= 1 && day <= YearMonth.of(year, month).lengthOfMonth(), "day");
    return LocalDate.of(year, month, day)
        .atTime(LocalTime.of(hour, minute, second, nanos))
        .toInstant(ZoneOffset.UTC)
        .minusSeconds(offsetSeconds);
  }

  private int year() {
    int from = pos;
    for (int i = 0; i < 4; i++) {
      if (!digitAt(from + i)) {
        throw mismatch(from, "2006");
      }
    }
    pos += 4;
    return Integer.parseInt(text.substring(from, pos));
  }

  private int number(String element, boolean twoDigits) {
    int from = pos;
    if (!digitAt(from) || (twoDigits && !digitAt(from + 1))) {
      throw mismatch(from, element);
    }
    pos += digitAt(from + 1) ? 2 : 1;
    return Integer.parseInt(text.substring(from, pos));
  }

  private int fraction() {
    if (pos >= text.length() || ".,".indexOf(text.charAt(pos)) < 0 || !digitAt(pos + 1)) {
      return 0;
    }
    int nanos = 0;
    int place = 100_000_000;
    for (pos++; digitAt(pos); pos++) {
      nanos += (text.charAt(pos) - '0') * place;
      place /= 10;
    }
    return nanos;
  }

  private int offset() {
    String element = "Z07:00";
    int from = pos;
    if (pos < text.length() && text.charAt(pos) == 'Z') {
      pos++;
      return 0;
    }
    if (text.length() - pos < 6 || text.charAt(pos + 3) != ':') {
      throw mismatch(from, element);
    }
    for (int i : new int[] {1, 2, 4, 5}) {
      if (!digitAt(from + i)) {
        throw mismatch(from, element);
      }
    }
    int hours = Integer.parseInt(text.substring(from + 1, from + 3));
    int minutes = Integer.parseInt(text.substring(from + 4, from + 6));
    require(hours <= 24, "time zone offset hour");
    require(minutes <= 60, "time zone offset minute");
    pos += 6;
    int seconds = (hours * 60 + minutes) * 60;
    return switch (text.charAt(from)) {
      case '+' -> seconds;
      case '-' -> -seconds;
      default -> throw mismatch(from, element);
    };
  }

  private boolean digitAt(int index) {
    return index < text.length() && text.charAt(index) >= '0' && text.charAt(index) <= '9';
  }

  private void expect(char separator) {
    if (pos >= text.length() || text.charAt(pos) != separator) {
      throw mismatch(pos, String.valueOf(separator));
    }
    pos++;
  }

  private void require(boolean inRange, String what) {
    if (!inRange) {
      throw problem(": " + what + " out of range");
    }
  }

  private JsonException mismatch(int from, String element) {
    String rest = text.substring(Math.min(from, text.length()));
    return problem(
        " as " + quote(LAYOUT) + ": cannot parse " + quote(rest) + " as " + quote(element));
  }

  private JsonException problem(String what) {
    return new JsonException("parsing time " + quote(text) + what);
  }

  /** Go's time package quotes by a rule of its own: bytes that are not plain ASCII become hex. */
  private static String quote(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (b < ' ') {
        out.append(String.format("\\x%02x", b & 0xff));
      } else {
        if (b == '"' || b == '\\') {
          out.append('\\');
        }
        out.append((char) b);
      }
    }
    return out.append('"').toString();
  }
}
