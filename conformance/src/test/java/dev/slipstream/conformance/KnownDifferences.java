// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * The cases that are known to differ, from {@code conformance/foreign/different.txt}.
 *
 * @param certain differ every time, by {@code language/case}
 * @param possible may differ
 */
record KnownDifferences(Set<String> certain, Set<String> possible) {

  static KnownDifferences read(Path foreign) throws IOException {
    KnownDifferences known = new KnownDifferences(new HashSet<>(), new HashSet<>());
    for (String line : Files.readAllLines(foreign.resolve("different.txt"))) {
      String[] words = line.strip().split("\\s+", 3);
      if (words[0].equals("~")) {
        known.possible.add(words[1]);
      } else if (!words[0].isEmpty() && !words[0].startsWith("#")) {
        known.certain.add(words[0]);
      }
    }
    return known;
  }
}
