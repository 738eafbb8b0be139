// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import dev.slipstream.protocol.json.GoDuration;
import dev.slipstream.protocol.json.GoQuote;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Turns the values of fields into Java values, or says what is wrong with them and where. */
final class Fields {

  private Fields() {}

  static String text(ConfigValue.Entry entry) {
    if (entry.value() instanceof ConfigValue.Text text) {
      return text.text();
    }
    throw wrongKind(entry, "a string");
  }

  /** A path; null for an empty one. */
  static @Nullable Path path(ConfigValue.Entry entry) {
    String text = text(entry);
    try {
      return text.isEmpty() ? null : Path.of(text);
    } catch (InvalidPathException malformed) {
      throw new ConfigReport.BadField(
          entry.position(), entry.key() + ": not a path: " + malformed.getReason());
    }
  }

  static long whole(ConfigValue.Entry entry) {
    if (entry.value() instanceof ConfigValue.Whole whole) {
      return whole.number();
    }
    throw wrongKind(entry, "an integer");
  }

  /** A whole number that fits an {@code int}. */
  static int count(ConfigValue.Entry entry) {
    long number = whole(entry);
    if (number > Integer.MAX_VALUE || number < Integer.MIN_VALUE) {
      throw new ConfigReport.BadField(entry.position(), entry.key() + " value is too big");
    }
    return (int) number;
  }

  static boolean flag(ConfigValue.Entry entry) {
    if (entry.value() instanceof ConfigValue.Flag flag) {
      return flag.on();
    }
    throw wrongKind(entry, "a boolean");
  }

  static ConfigValue.Block block(ConfigValue.Entry entry) {
    if (entry.value() instanceof ConfigValue.Block block) {
      return block;
    }
    throw wrongKind(entry, "a map");
  }

  /**
   * The map that {@code value} is; {@code expected} is what the complaint begins with otherwise.
   */
  static ConfigValue.Block block(ConfigValue value, String expected) {
    if (value instanceof ConfigValue.Block block) {
      return block;
    }
    throw unexpected(value, expected);
  }

  /** As {@link #block(ConfigValue, String)} for an array. */
  static List<ConfigValue> items(ConfigValue value, String expected) {
    if (value instanceof ConfigValue.Items items) {
      return items.values();
    }
    throw unexpected(value, expected);
  }

  static List<ConfigValue> items(ConfigValue.Entry entry) {
    if (entry.value() instanceof ConfigValue.Items items) {
      return items.values();
    }
    throw wrongKind(entry, "an array");
  }

  /** A string or an array of strings. */
  static List<String> texts(ConfigValue.Entry entry) {
    if (entry.value() instanceof ConfigValue.Text text) {
      return List.of(text.text());
    }
    List<String> texts = new ArrayList<>();
    for (ConfigValue item : items(entry)) {
      if (!(item instanceof ConfigValue.Text text)) {
        throw new ConfigReport.BadField(
            item.position(), entry.key() + ": expected a string, got " + item.kind());
      }
      texts.add(text.text());
    }
    return texts;
  }

  /** A duration string; nanoseconds. */
  static long duration(ConfigValue.Entry entry) {
    try {
      return GoDuration.parse(text(entry));
    } catch (IllegalArgumentException malformed) {
      throw new ConfigReport.BadField(
          entry.position(), "error parsing " + name(entry) + ": " + malformed.getMessage());
    }
  }

  /** A duration string, or a number of seconds as in old files, which gives a warning. */
  static long durationOrSeconds(ConfigValue.Entry entry, ConfigReport report) {
    if (!(entry.value() instanceof ConfigValue.Whole seconds)) {
      return duration(entry);
    }
    report.warning(entry, name(entry) + " should be converted to a duration");
    return secondsToNanos(entry, seconds.number());
  }

  static long secondsToNanos(ConfigValue.Entry entry, double seconds) {
    double nanos = seconds * 1e9;
    if (!(Math.abs(nanos) < Long.MAX_VALUE)) {
      throw new ConfigReport.BadField(entry.position(), name(entry) + " value is too big");
    }
    return (long) nanos;
  }

  /** A number of bytes: an integer with an optional suffix, or a string such as {@code "10G"}. */
  static long size(ConfigValue.Entry entry, String name) {
    if (entry.value() instanceof ConfigValue.Whole whole) {
      return whole.number();
    }
    if (!(entry.value() instanceof ConfigValue.Text text)) {
      throw new ConfigReport.BadField(entry.position(), name + " must be int64 or string");
    }
    String size = text.text();
    if (size.isEmpty()) {
      return 0;
    }
    int power = "KMGT".indexOf(size.charAt(size.length() - 1)) + 1;
    try {
      long number = Long.parseLong(size.substring(0, size.length() - 1));
      if (power == 0) {
        throw new ConfigReport.BadField(
            entry.position(), name + " sizes defined as strings must end in K, M, G, T");
      }
      return Math.multiplyExact(number, 1L << 10 * power);
    } catch (NumberFormatException | ArithmeticException malformed) {
      throw new ConfigReport.BadField(
          entry.position(), name + ": " + GoQuote.quote(size) + " is not a size");
    }
  }

  /** The name by which a field is known, whatever its spelling in the file. */
  static String name(ConfigValue.Entry entry) {
    return entry.key().toLowerCase(Locale.ROOT);
  }

  private static ConfigReport.BadField unexpected(ConfigValue value, String expected) {
    return new ConfigReport.BadField(value.position(), expected + ", got " + value.kind());
  }

  private static ConfigReport.BadField wrongKind(ConfigValue.Entry entry, String expected) {
    return new ConfigReport.BadField(
        entry.position(), entry.key() + ": expected " + expected + ", got " + entry.value().kind());
  }
}
