// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.subject;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** A trie of filters answers as comparing with each of them does. */
class SubjectTrieTest {
  private static final String[] TOKENS = {"a", "b", "cc", "*", "*"};

  private static String filter(RandomGenerator random) {
    List<String> tokens = new ArrayList<>();
    int length = 1 + random.nextInt(4);
    for (int i = 0; i < length; i++) {
      boolean rest = i == length - 1 && random.nextInt(3) == 0;
      tokens.add(rest ? ">" : TOKENS[random.nextInt(TOKENS.length)]);
    }
    return String.join(".", tokens);
  }

  @Test
  void findsWhatOverlaps() {
    RandomGenerator random = new SplittableRandom(5);
    int overlaps = 0;
    for (int round = 0; round < 2_000; round++) {
      SubjectTrie<String> trie = new SubjectTrie<>();
      List<String> filters = new ArrayList<>();
      for (int i = random.nextInt(6); i >= 0; i--) {
        String filter = filter(random);
        filters.add(filter);
        trie.add(Subject.bytes(filter), filter);
      }
      if (random.nextBoolean()) {
        String gone = filters.remove(random.nextInt(filters.size()));
        assertThat(trie.remove(Subject.bytes(gone), gone)).isTrue();
      }
      for (int i = 0; i < 20; i++) {
        String asked = filter(random);
        boolean expected = filters.stream().anyMatch(each -> Subject.overlap(each, asked));
        overlaps += expected ? 1 : 0;
        assertThat(trie.anyOverlap(Subject.bytes(asked), each -> true))
            .as("%s in %s", asked, filters)
            .isEqualTo(expected);
        String first = filters.isEmpty() ? "" : filters.get(0);
        boolean other =
            filters.stream().anyMatch(each -> each != first && Subject.overlap(each, asked));
        assertThat(trie.anyOverlap(Subject.bytes(asked), each -> each != first))
            .as("%s in %s without the first", asked, filters)
            .isEqualTo(other);
      }
    }
    assertThat(overlaps).isBetween(5_000, 35_000);
  }
}
