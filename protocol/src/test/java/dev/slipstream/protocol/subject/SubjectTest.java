// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.subject;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SubjectTest {

  @Test
  void emptyTokensAndInnerFullWildcardsAreInvalid() {
    for (String good : List.of("a", "a.b", "*", ">", "a.*.b", "a.>", "foo*", "a.>x", "$JS.API.>")) {
      assertThat(Subject.isValidFilter(good)).as(good).isTrue();
    }
    for (String bad : List.of("", ".", "a.", ".a", "a..b", ">.a", "a.>.b", "a b", "a\tb", "a\nb")) {
      assertThat(Subject.isValidFilter(bad)).as(bad).isFalse();
    }
    assertThat(Subject.isValidLiteral("a.*")).isFalse();
    assertThat(Subject.isValidLiteral("a.x*")).isTrue();
  }

  @Test
  void subsetAndOverlapKnowWildcardsOnBothSides() {
    assertThat(Subject.isSubset("a.b", "a.*")).isTrue();
    assertThat(Subject.isSubset("a.*", "a.b")).isFalse();
    assertThat(Subject.isSubset("a.*", "*.*")).isTrue();
    assertThat(Subject.isSubset("a.>", "a.*")).isFalse();
    assertThat(Subject.isSubset("a.*.c", "a.>")).isTrue();
    assertThat(Subject.isSubset("a", "a.>")).isFalse();
    assertThat(Subject.overlap("a.*", "*.b")).isTrue();
    assertThat(Subject.overlap("a.*", "b.*")).isFalse();
    assertThat(Subject.overlap("a.>", "a")).isFalse();
    assertThat(Subject.overlap("a.>", "*.x.y")).isTrue();
  }

  @Test
  void matchingBytesTextAndTrieAgreeOnRandomSubjects() {
    SplittableRandom random = new SplittableRandom(3);
    for (int round = 0; round < 300; round++) {
      SubjectTrie<String> trie = new SubjectTrie<>();
      List<String> filters = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        String filter = randomSubject(random, true);
        filters.add(filter);
        trie.add(Subject.bytes(filter), filter);
      }
      for (int removed = random.nextInt(6); removed > 0; removed--) {
        String filter = filters.remove(random.nextInt(filters.size()));
        assertThat(trie.remove(Subject.bytes(filter), filter)).isTrue();
      }
      assertThat(trie.size()).isEqualTo(filters.size());
      String subject = randomSubject(random, false);
      byte[] bytes = Subject.bytes("<" + subject + ">");
      List<String> found = new ArrayList<>();
      trie.match(bytes, 1, bytes.length - 1, found::add);
      List<String> expected = filters.stream().filter(f -> Subject.matches(subject, f)).toList();
      assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
      assertThat(trie.matchesAny(bytes, 1, bytes.length - 1)).isEqualTo(!expected.isEmpty());
      for (String filter : filters) {
        assertThat(Subject.matches(bytes, 1, bytes.length - 1, Subject.bytes(filter)))
            .as("%s against %s", subject, filter)
            .isEqualTo(Subject.matches(subject, filter));
        assertThat(Subject.matches(subject, filter) && !Subject.overlap(subject, filter)).isFalse();
      }
    }
  }

  @Test
  void aTableFindsWhatWasPutAfterManyRemovals() {
    TokenTable<Integer> table = new TokenTable<>();
    java.util.Map<String, Integer> model = new java.util.HashMap<>();
    SplittableRandom random = new SplittableRandom(11);
    for (int i = 0; i < 20_000; i++) {
      String key = "k" + random.nextInt(500);
      byte[] bytes = Subject.bytes(key);
      if (random.nextInt(3) == 0) {
        assertThat(table.remove(bytes)).isEqualTo(model.remove(key));
      } else {
        assertThat(table.put(bytes, i)).isEqualTo(model.put(key, i));
      }
      assertThat(table.size()).isEqualTo(model.size());
    }
    model.forEach((key, value) -> assertThat(table.get(Subject.bytes(key))).isEqualTo(value));
  }

  private static String randomSubject(SplittableRandom random, boolean wildcards) {
    List<String> tokens = new ArrayList<>();
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      int pick = random.nextInt(wildcards ? 6 : 3);
      tokens.add(
          switch (pick) {
            case 4 -> "*";
            case 5 -> i == count - 1 ? ">" : "*";
            default -> "t" + pick;
          });
    }
    return String.join(".", tokens);
  }
}
