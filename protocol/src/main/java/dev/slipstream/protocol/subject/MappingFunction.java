// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.subject;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What one token of a mapping's destination says: text that stays, or a function of the wildcards
 * of the source, {@code $1} or <code>{{name(arguments)}}</code>.
 *
 * @param name which function
 * @param token the token as it was written
 * @param wildcards which wildcards of the source it takes, counted from 1
 * @param number its number; -1 without one
 * @param delimiter between the parts that it makes tokens; empty without one
 */
record MappingFunction(
    Name name, String token, List<Integer> wildcards, int number, String delimiter) {
  private static final Pattern CALL =
      Pattern.compile("\\{\\{\\s*([A-Za-z]+)\\s*\\((.*)\\)\\s*\\}\\}");
  private static final Pattern COMMA = Pattern.compile(",\\s*");

  /** The functions that there are. */
  enum Name {
    NONE(""),
    WILDCARD("[wW]ildcard"),
    PARTITION("[pP]artition"),
    SPLIT_FROM_LEFT("[sS]plit[fF]rom[lL]eft"),
    SPLIT_FROM_RIGHT("[sS]plit[fF]rom[rR]ight"),
    SLICE_FROM_LEFT("[sS]lice[fF]rom[lL]eft"),
    SLICE_FROM_RIGHT("[sS]lice[fF]rom[rR]ight"),
    SPLIT("[sS]plit"),
    LEFT("[lL]eft"),
    RIGHT("[rR]ight"),
    RANDOM("[rR]andom");

    private final Pattern written;

    Name(String written) {
      this.written = Pattern.compile(written);
    }

    /** The function that is written so; null when there is none. */
    static @Nullable Name of(String word) {
      for (Name each : values()) {
        if (each.written.matcher(word).matches()) {
          return each;
        }
      }
      return null;
    }
  }

  MappingFunction {
    wildcards = List.copyOf(wildcards);
  }

  /** Whether a token is written like a function. */
  static boolean looksLikeOne(String token) {
    return token.length() > 4 && token.startsWith("{{") && token.endsWith("}}");
  }

  /** Whether a token that looks like a function names one that there is. */
  static boolean isKnown(String token) {
    Matcher call = CALL.matcher(token);
    return call.find() && Name.of(call.group(1)) != null;
  }

  /** What a token says. */
  static MappingFunction parse(String token) throws MappingException {
    if (token.length() > 1 && token.startsWith("$")) {
      Integer wildcard = integer(token.substring(1));
      // other subjects have tokens that begin with $
      return wildcard == null ? text(token) : of(Name.WILDCARD, token, wildcard);
    }
    if (!looksLikeOne(token)) {
      return text(token);
    }
    Matcher call = CALL.matcher(token);
    Name name = call.find() ? Name.of(call.group(1)) : null;
    if (name == null) {
      throw MappingException.in(token, "unknown function");
    }
    String[] arguments = COMMA.split(call.group(2), -1);
    return switch (name) {
      case WILDCARD -> {
        count(token, arguments, 1);
        yield of(name, token, number(token, arguments[0]));
      }
      case PARTITION -> partition(token, arguments);
      case RANDOM -> {
        if (arguments.length != 1) {
          throw MappingException.in(token, "not enough arguments passed to the function");
        }
        yield new MappingFunction(name, token, List.of(), number(token, arguments[0]), "");
      }
      case SPLIT -> {
        count(token, arguments, 2);
        int wildcard = number(token, arguments[0]);
        if (arguments[1].contains(" ") || arguments[1].contains(".")) {
          throw invalidArgument(token);
        }
        yield new MappingFunction(name, token, List.of(wildcard), -1, arguments[1]);
      }
      default -> {
        count(token, arguments, 2);
        int wildcard = number(token, arguments[0]);
        yield new MappingFunction(name, token, List.of(wildcard), number(token, arguments[1]), "");
      }
    };
  }

  private static MappingFunction partition(String token, String[] arguments)
      throws MappingException {
    List<Integer> wildcards = new ArrayList<>();
    int partitions = number(token, arguments[0]);
    for (int i = 1; i < arguments.length; i++) {
      wildcards.add(number(token, arguments[i]));
    }
    return new MappingFunction(Name.PARTITION, token, wildcards, partitions, "");
  }

  /** A token that stays as it is. */
  static MappingFunction text(String token) {
    return new MappingFunction(Name.NONE, token, List.of(), -1, "");
  }

  /** What takes over a wildcard of the source, counted from 1. */
  static MappingFunction wildcard(int wildcard) {
    return of(Name.WILDCARD, "$" + wildcard, wildcard);
  }

  private static MappingFunction of(Name name, String token, int wildcard) {
    return new MappingFunction(name, token, List.of(wildcard), -1, "");
  }

  private static void count(String token, String[] arguments, int wanted) throws MappingException {
    boolean none = wanted == 1 && arguments[0].isEmpty() && arguments.length == 1;
    if (none || arguments.length < wanted) {
      throw MappingException.in(token, "not enough arguments passed to the function");
    }
    if (arguments.length > wanted) {
      throw MappingException.in(token, "too many arguments passed to the function");
    }
  }

  private static int number(String token, String argument) throws MappingException {
    Integer number = integer(argument.strip());
    if (number == null) {
      throw invalidArgument(token);
    }
    return number;
  }

  private static MappingException invalidArgument(String token) {
    return MappingException.in(token, "function argument is invalid or in the wrong format");
  }

  private static @Nullable Integer integer(String text) {
    try {
      return Integer.valueOf(text);
    } catch (NumberFormatException notOne) {
      return null;
    }
  }
}
