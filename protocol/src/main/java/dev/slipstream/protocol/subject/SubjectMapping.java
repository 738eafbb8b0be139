// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.subject;

import dev.slipstream.protocol.subject.MappingFunction.Name;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A rule that makes one subject of another: what matches the source becomes the destination, whose
 * functions take over, split, cut or hash what stood in the places of the source's wildcards.
 *
 * <p>Source: "subject mapping and partitioning" of the NATS documentation; deterministic partitions
 * are FNV-1a of 32 bits over the chosen tokens, modulo their number.
 */
public final class SubjectMapping {
  private static final int FNV_OFFSET = 0x811c9dc5;
  private static final int FNV_PRIME = 0x01000193;

  private final String source;
  private final String destination;
  private final List<MappingFunction> functions;
  private final List<Integer> wildcardPlaces;
  private final int sourceTokens;

  private SubjectMapping(
      String source,
      String destination,
      List<MappingFunction> functions,
      List<Integer> wildcardPlaces,
      int sourceTokens) {
    this.source = source;
    this.destination = destination;
    this.functions = functions;
    this.wildcardPlaces = wildcardPlaces;
    this.sourceTokens = sourceTokens;
  }

  /**
   * The mapping of a source, empty for every subject, to a destination that is not empty.
   *
   * @throws MappingException when one of them is no subject, or a function is wrong
   */
  public static SubjectMapping of(String source, String destination) throws MappingException {
    String from = source.isEmpty() ? ">" : source;
    if (!isSubject(from) || !isSubject(destination)) {
      throw MappingException.invalidSubject();
    }
    String[] sourceTokens = Subject.tokens(from);
    String[] destinationTokens = Subject.tokens(destination);
    boolean tail = from.equals(">") || from.endsWith(".>");
    boolean destinationTail = destination.equals(">") || destination.endsWith(".>");
    if (tail != destinationTail || List.of(destinationTokens).contains("*")) {
      throw MappingException.invalidSubject();
    }
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < sourceTokens.length; i++) {
      if (sourceTokens[i].equals("*")) {
        places.add(i);
      }
    }
    List<MappingFunction> functions = new ArrayList<>();
    for (String token : destinationTokens) {
      MappingFunction function = MappingFunction.parse(token);
      check(function, places.size(), !places.isEmpty() || tail);
      functions.add(function);
    }
    return new SubjectMapping(from, destination, functions, places, sourceTokens.length);
  }

  private static void check(MappingFunction function, int wildcards, boolean sourceHasWildcards)
      throws MappingException {
    if (!sourceHasWildcards) {
      boolean needsNone =
          function.name() == Name.NONE
              || function.name() == Name.RANDOM
              || function.name() == Name.PARTITION;
      if (!needsNone) {
        throw MappingException.in(function.token(), "wildcard index out of range");
      }
      return;
    }
    for (int wildcard : function.wildcards()) {
      if (wildcard > wildcards) {
        throw MappingException.in(
            function.token() + ": [" + wildcard + "]", "wildcard index out of range");
      }
    }
  }

  /**
   * Checks a mapping as it stands in a configuration; an empty destination is none.
   *
   * @throws MappingException when it is no mapping
   */
  public static void validate(String source, String destination) throws MappingException {
    if (destination.isEmpty()) {
      return;
    }
    boolean tail = false;
    for (String token : destination.split("\\.", -1)) {
      if (token.isEmpty() || tail) {
        throw MappingException.in(token, "invalid transform");
      }
      if (MappingFunction.looksLikeOne(token)) {
        if (!MappingFunction.isKnown(token)) {
          throw MappingException.in(token, "unknown function");
        }
        continue;
      }
      tail = token.equals(">");
      if (Subject.hasWhitespace(token)) {
        throw MappingException.in("", "invalid transform");
      }
    }
    of(source, destination);
  }

  /** Whether text has no empty token and {@code >} at its end at most; it may hold spaces. */
  private static boolean isSubject(String text) {
    String[] tokens = text.split("\\.", -1);
    for (int i = 0; i < tokens.length; i++) {
      if (tokens[i].isEmpty() || tokens[i].equals(">") && i < tokens.length - 1) {
        return false;
      }
    }
    return true;
  }

  /** What a literal subject becomes; null when the source does not match it. */
  public @Nullable String map(String subject, RandomGenerator random) {
    if (!Subject.matches(subject, source)) {
      return null;
    }
    if (source.equals(">") && destination.equals(">")) {
      return subject;
    }
    String[] tokens = Subject.tokens(subject);
    StringBuilder mapped = new StringBuilder();
    for (MappingFunction function : functions) {
      if (mapped.length() > 0) {
        mapped.append('.');
      }
      if (function.name() == Name.NONE && function.token().equals(">")) {
        appendFrom(tokens, sourceTokens - 1, mapped);
      } else {
        append(function, tokens, random, mapped);
      }
    }
    return mapped.toString();
  }

  private static void appendFrom(String[] tokens, int first, StringBuilder out) {
    for (int i = first; i < tokens.length; i++) {
      out.append(i > first ? "." : "").append(tokens[i]);
    }
  }

  private void append(
      MappingFunction function, String[] tokens, RandomGenerator random, StringBuilder out) {
    int number = function.number();
    String token = function.wildcards().isEmpty() ? "" : token(function.wildcards().get(0), tokens);
    int length = token.length();
    int size = number > 0 && number < length ? number : 0; // without one the token stays whole
    int right = size == 0 ? 0 : length - size;
    switch (function.name()) {
      case NONE -> out.append(function.token());
      case WILDCARD -> out.append(token);
      case PARTITION -> out.append(partition(key(function, tokens), number));
      case RANDOM -> out.append(number <= 0 ? 0 : random.nextInt(number));
      case SPLIT -> split(token, function.delimiter(), out);
      case SPLIT_FROM_LEFT -> splitAt(token, size, out);
      case SPLIT_FROM_RIGHT -> splitAt(token, right, out);
      case SLICE_FROM_LEFT -> slice(token, size, 0, out);
      case SLICE_FROM_RIGHT -> slice(token, size, size == 0 ? 0 : length % size, out);
      case LEFT -> out.append(token, 0, size == 0 ? length : size);
      case RIGHT -> out.append(token, right, length);
    }
  }

  private String token(int wildcard, String[] tokens) {
    boolean known = wildcard > 0 && wildcard <= wildcardPlaces.size();
    return tokens[known ? wildcardPlaces.get(wildcard - 1) : 0];
  }

  private String key(MappingFunction function, String[] tokens) {
    if (function.wildcards().isEmpty() || wildcardPlaces.isEmpty()) {
      return String.join(".", tokens);
    }
    StringBuilder key = new StringBuilder();
    function.wildcards().forEach(wildcard -> key.append(token(wildcard, tokens)));
    return key.toString();
  }

  /**
   * The partition of a key: the 32 bits of its FNV-1a hash modulo the number of partitions; 0 when
   * there are none.
   */
  public static int partition(String key, int partitions) {
    int hash = FNV_OFFSET;
    for (byte each : key.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ each & 0xff) * FNV_PRIME;
    }
    return partitions == 0 ? 0 : Integer.remainderUnsigned(hash, partitions);
  }

  private static void splitAt(String token, int at, StringBuilder out) {
    out.append(token, 0, at).append(at > 0 ? "." : "").append(token, at, token.length());
  }

  /** Pieces of {@code size}, behind one of {@code first}; the whole token when there is no size. */
  private static void slice(String token, int size, int first, StringBuilder out) {
    if (size == 0) {
      out.append(token);
      return;
    }
    int at = 0;
    int end = first > 0 ? first : size;
    while (at < token.length()) {
      int to = Math.min(end, token.length());
      out.append(at > 0 ? "." : "").append(token, at, to);
      at = to;
      end = to + size;
    }
  }

  /** The parts between delimiters; empty ones leave no empty token. */
  private static void split(String token, String delimiter, StringBuilder out) {
    boolean begun = false;
    for (String part : parts(token, delimiter)) {
      if (!part.isEmpty()) {
        out.append(begun ? "." : "").append(part);
        begun = true;
      }
    }
  }

  private static List<String> parts(String token, String delimiter) {
    if (delimiter.isEmpty()) {
      return token.codePoints().mapToObj(Character::toString).toList();
    }
    List<String> parts = new ArrayList<>();
    int from = 0;
    for (int at = token.indexOf(delimiter); at >= 0; at = token.indexOf(delimiter, from)) {
      parts.add(token.substring(from, at));
      from = at + delimiter.length();
    }
    parts.add(token.substring(from));
    return parts;
  }

  @Override
  public String toString() {
    return source + " -> " + destination;
  }
}
