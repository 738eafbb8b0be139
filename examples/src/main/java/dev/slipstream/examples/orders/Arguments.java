// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.examples.orders;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The words of a command line: at most one URL, switches, and options with a number.
 *
 * @param url the URL; empty for the one of the environment
 * @param numbers the options with their numbers; switches have 1
 */
record Arguments(String url, Map<String, Long> numbers) {

  /**
   * Reads a command line.
   *
   * @throws IllegalArgumentException for a word that is none of these
   */
  static Arguments read(String[] words, Set<String> switches, Set<String> options) {
    String url = "";
    Map<String, Long> numbers = new HashMap<>();
    for (int i = 0; i < words.length; i++) {
      String word = words[i];
      if (switches.contains(word)) {
        numbers.put(word, 1L);
      } else if (options.contains(word) && i + 1 < words.length) {
        numbers.put(word, Long.parseLong(words[++i]));
      } else if (url.isEmpty() && !word.startsWith("-")) {
        url = word;
      } else {
        throw new IllegalArgumentException(
            "'" + word + "' is not among [URL], " + switches + ", " + options + " NUMBER");
      }
    }
    return new Arguments(url, Map.copyOf(numbers));
  }

  boolean has(String name) {
    return numbers.containsKey(name);
  }

  long number(String name, long otherwise) {
    return numbers.getOrDefault(name, otherwise);
  }

  /** The servers: those of the command line, else {@code NATS_URL}, else one on this machine. */
  String servers() {
    if (!url.isEmpty()) {
      return url;
    }
    String named = System.getenv("NATS_URL");
    return named == null || named.isBlank() ? "nats://127.0.0.1:4222" : named;
  }
}
