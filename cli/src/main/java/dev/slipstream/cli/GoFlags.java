// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Flags in the syntax of Go programs: {@code -x v}, {@code --x v}, {@code -x=v}; one dash or two
 * mean the same, and a boolean takes a value only after {@code =}.
 *
 * <p>Parsing ends at the first word that is no flag, or after {@code --}.
 */
final class GoFlags {

  /** What kind of value a flag takes. */
  enum Kind {
    BOOL,
    INT,
    STRING
  }

  /** A command line that cannot be parsed; the message is the one Go gives. */
  static final class BadFlag extends Exception {
    private static final long serialVersionUID = 1L;

    BadFlag(String message) {
      super(message);
    }
  }

  private static final Set<String> TRUE = Set.of("1", "t", "T", "true", "TRUE", "True");
  private static final Set<String> FALSE = Set.of("0", "f", "F", "false", "FALSE", "False");

  private final Map<String, String> canonical = new HashMap<>();
  private final Map<String, Kind> kinds = new HashMap<>();
  private final Map<String, String> values = new LinkedHashMap<>();
  private List<String> rest = List.of();

  /** Defines a flag by all its names; the last one is the one by which it is asked for. */
  GoFlags define(Kind kind, String... names) {
    String name = names[names.length - 1];
    kinds.put(name, kind);
    for (String each : names) {
      canonical.put(each, name);
    }
    return this;
  }

  /** Parses {@code args}. */
  void parse(List<String> args) throws BadFlag {
    int at = 0;
    while (at < args.size()) {
      String arg = args.get(at);
      if (arg.length() < 2 || arg.charAt(0) != '-') {
        break;
      }
      at++;
      if (arg.equals("--")) {
        break;
      }
      String flag = arg.substring(arg.charAt(1) == '-' ? 2 : 1);
      if (flag.startsWith("-") || flag.startsWith("=")) {
        throw new BadFlag("bad flag syntax: " + arg);
      }
      int equals = flag.indexOf('=');
      String given = equals < 0 ? flag : flag.substring(0, equals);
      String name = canonical.get(given);
      if (name == null) {
        throw new BadFlag("flag provided but not defined: -" + given);
      }
      String value = equals < 0 ? null : flag.substring(equals + 1);
      if (kinds.get(name) == Kind.BOOL) {
        values.put(name, bool(given, value));
        continue;
      }
      if (value == null) {
        if (at == args.size()) {
          throw new BadFlag("flag needs an argument: -" + given);
        }
        value = args.get(at++);
      }
      if (kinds.get(name) == Kind.INT) {
        checkInt(given, value);
      }
      values.put(name, value);
    }
    rest = new ArrayList<>(args.subList(at, args.size()));
  }

  private static String bool(String name, @Nullable String value) throws BadFlag {
    if (value == null || TRUE.contains(value)) {
      return "true";
    }
    if (FALSE.contains(value)) {
      return "false";
    }
    throw new BadFlag("invalid boolean value \"" + value + "\" for -" + name + ": parse error");
  }

  private static void checkInt(String name, String value) throws BadFlag {
    try {
      Long.decode(value);
    } catch (NumberFormatException malformed) {
      boolean digits = value.matches("[-+]?[0-9]+");
      throw new BadFlag(
          "invalid value \""
              + value
              + "\" for flag -"
              + name
              + ": "
              + (digits ? "value out of range" : "parse error"));
    }
  }

  /** The words after the flags. */
  List<String> rest() {
    return rest;
  }

  boolean isSet(String name) {
    return values.containsKey(name);
  }

  /** The value of a string flag, or null if it is not given. */
  @Nullable String text(String name) {
    return values.get(name);
  }

  /** Whether a boolean flag is given and true. */
  boolean isTrue(String name) {
    return "true".equals(values.get(name));
  }

  /** The value of a number flag; 0 if it is not given. */
  long number(String name) {
    String value = values.get(name);
    return value == null ? 0 : Long.decode(value);
  }
}
