// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parameters behind the question mark of a monitoring request. A parameter that is absent or
 * empty has the value of nothing: empty text, 0, false. What is no number is refused with the
 * public server's words.
 */
final class MonitoringQuery {

  /** A request that cannot be answered, with the text for whoever asked. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");
  private static final Set<String> FALSE = Set.of("0", "f", "F", "FALSE", "false", "False");

  private final Map<String, String> values = new HashMap<>();

  /** Of the raw query; null when there is none. The first value of a name counts. */
  MonitoringQuery(@Nullable String raw) {
    if (raw == null) {
      return;
    }
    for (String part : raw.split("&", -1)) {
      int equals = part.indexOf('=');
      String name = equals < 0 ? part : part.substring(0, equals);
      String value = equals < 0 ? "" : part.substring(equals + 1);
      try {
        values.putIfAbsent(decoded(name), decoded(value));
      } catch (IllegalArgumentException notEncoded) {
        // such a part counts as absent
      }
    }
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  String text(String name) {
    return values.getOrDefault(name, "");
  }

  /** In lower case. */
  String word(String name) {
    return text(name).toLowerCase(Locale.ROOT);
  }

  boolean bool(String name) throws Refused {
    String value = text(name);
    if (value.isEmpty() || FALSE.contains(value)) {
      return false;
    }
    if (TRUE.contains(value)) {
      return true;
    }
    throw refused("boolean", name, "ParseBool", value, "invalid syntax");
  }

  int integer(String name) throws Refused {
    String value = text(name);
    if (value.isEmpty()) {
      return 0;
    }
    if (!value.matches("[+-]?[0-9]+")) {
      throw refused("int", name, "Atoi", value, "invalid syntax");
    }
    try {
      // Go's int has 64 bits; beyond 32 it is as good as the largest
      long parsed = Long.parseLong(value);
      return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, parsed));
    } catch (NumberFormatException large) {
      throw refused("int", name, "Atoi", value, "value out of range");
    }
  }

  long unsigned(String name) throws Refused {
    String value = text(name);
    if (value.isEmpty()) {
      return 0;
    }
    if (!value.matches("[0-9]+")) {
      throw refused("uint64", name, "ParseUint", value, "invalid syntax");
    }
    try {
      return Long.parseUnsignedLong(value);
    } catch (NumberFormatException large) {
      throw refused("uint64", name, "ParseUint", value, "value out of range");
    }
  }

  private static Refused refused(
      String type, String name, String function, String value, String why) {
    return new Refused(
        "Error decoding %s for '%s': strconv.%s: parsing \"%s\": %s"
            .formatted(type, name, function, value, why));
  }
}
