// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.subject;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A mapping that can be turned around: it keeps every wildcard of its source and knows no function
 * but {@code $1} or <code>{{wildcard(1)}}</code>, so that accounts can share subjects under other
 * names.
 *
 * <p>Maps filters as well as literal subjects: a wildcard in the place of a wildcard stays one.
 * Immutable. Source: "import mappings" of the NATS documentation.
 */
public final class ImportMapping {
  private static final String ANY = "*";
  private static final String REST = ">";

  private final String[] source;
  private final List<MappingFunction> destination;
  private final List<Integer> wildcardPlaces;

  private ImportMapping(
      String[] source, List<MappingFunction> destination, List<Integer> wildcardPlaces) {
    this.source = source;
    this.destination = destination;
    this.wildcardPlaces = wildcardPlaces;
  }

  /**
   * The mapping of a source, which has wildcards, to a destination that names all of them.
   *
   * @throws MappingException in the words of the public server
   */
  public static ImportMapping of(String source, String destination) throws MappingException {
    String[] from = Subject.tokens(source);
    String[] to = Subject.tokens(destination);
    boolean sameEnd = from[from.length - 1].equals(REST) == to[to.length - 1].equals(REST);
    if (!Subject.isValidFilter(source) || !isFilter(to) || !sameEnd || List.of(to).contains(ANY)) {
      throw MappingException.invalidSubject();
    }
    List<Integer> places = placesOfWildcards(from);
    List<MappingFunction> functions = new ArrayList<>();
    int named = 0;
    for (String token : to) {
      MappingFunction function = MappingFunction.parse(token);
      if (function.name() == MappingFunction.Name.WILDCARD) {
        named++;
        int wildcard = function.wildcards().get(0);
        if (wildcard > places.size()) {
          throw MappingException.in(token + ": [" + wildcard + "]", "wildcard index out of range");
        }
      } else if (function.name() != MappingFunction.Name.NONE) {
        throw MappingException.in(
            token, "the only mapping function allowed for import transforms is {{Wildcard()}}");
      }
      functions.add(function);
    }
    if (named < places.size()) {
      throw MappingException.in(destination, "not using all of the token wildcard(s)");
    }
    return new ImportMapping(from, functions, places);
  }

  private static boolean isFilter(String[] tokens) {
    for (int i = 0; i < tokens.length; i++) {
      if (tokens[i].isEmpty() || tokens[i].equals(REST) && i < tokens.length - 1) {
        return false;
      }
    }
    return true;
  }

  private static List<Integer> placesOfWildcards(String[] tokens) {
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < tokens.length; i++) {
      if (tokens[i].equals(ANY)) {
        places.add(i);
      }
    }
    return places;
  }

  /** A filter as a destination: its wildcards become {@code $1}, {@code $2} and so on. */
  public static String asDestination(String filter) {
    String[] tokens = Subject.tokens(filter);
    int wildcard = 0;
    for (int i = 0; i < tokens.length; i++) {
      if (tokens[i].equals(ANY)) {
        tokens[i] = "$" + ++wildcard;
      }
    }
    return String.join(".", tokens);
  }

  /** A destination as a filter: what takes over a wildcard becomes one. */
  public static String asFilter(String destination) {
    String[] tokens = Subject.tokens(destination);
    for (int i = 0; i < tokens.length; i++) {
      try {
        if (MappingFunction.parse(tokens[i]).name() == MappingFunction.Name.WILDCARD) {
          tokens[i] = ANY;
        }
      } catch (MappingException noFunction) {
        continue; // an ordinary token, also if it looks strange
      }
    }
    return String.join(".", tokens);
  }

  /** What both filters stand for, as a filter; null when they have no subject in common. */
  public static @Nullable String intersection(String one, String other) {
    String[] a = Subject.tokens(one);
    String[] b = Subject.tokens(other);
    List<String> common = new ArrayList<>();
    for (int i = 0; ; i++) {
      if (i == a.length || i == b.length) {
        return a.length == b.length ? String.join(".", common) : null;
      }
      if (a[i].equals(REST) || b[i].equals(REST)) {
        String[] narrower = a[i].equals(REST) ? b : a;
        common.addAll(List.of(narrower).subList(i, narrower.length));
        return String.join(".", common);
      }
      if (!a[i].equals(ANY) && !b[i].equals(ANY) && !a[i].equals(b[i])) {
        return null;
      }
      common.add(a[i].equals(ANY) ? b[i] : a[i]);
    }
  }

  /** What a subject or filter becomes; it is one that the source stands for. */
  public String map(String subject) {
    String[] tokens = Subject.tokens(subject);
    StringBuilder mapped = new StringBuilder(subject.length() + 16);
    for (MappingFunction function : destination) {
      if (function.name() == MappingFunction.Name.WILDCARD) {
        append(token(function, tokens), mapped);
      } else if (function.token().equals(REST)) {
        for (int i = source.length - 1; i < tokens.length; i++) {
          append(tokens[i], mapped);
        }
      } else {
        append(function.token(), mapped);
      }
    }
    return mapped.toString();
  }

  private static void append(String token, StringBuilder to) {
    to.append(to.length() > 0 ? "." : "").append(token);
  }

  private String token(MappingFunction function, String[] tokens) {
    int wildcard = function.wildcards().get(0);
    return tokens[wildcard > 0 ? wildcardPlaces.get(wildcard - 1) : 0];
  }

  /** The way back: what {@link #map} makes of a subject becomes that subject. */
  public ImportMapping reversed() {
    String[] from = new String[destination.size()];
    int[] wildcardFor = new int[wildcardPlaces.size() + 1];
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < from.length; i++) {
      MappingFunction function = destination.get(i);
      if (function.name() == MappingFunction.Name.WILDCARD) {
        from[i] = ANY;
        places.add(i);
        int wildcard = Math.max(0, function.wildcards().get(0));
        wildcardFor[wildcard] = wildcardFor[wildcard] == 0 ? places.size() : wildcardFor[wildcard];
      } else {
        from[i] = function.token();
      }
    }
    List<MappingFunction> to = new ArrayList<>();
    int wildcard = 0;
    for (String token : source) {
      to.add(
          token.equals(ANY)
              ? MappingFunction.wildcard(wildcardFor[++wildcard])
              : MappingFunction.text(token));
    }
    return new ImportMapping(from, to, places);
  }
}
