// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.testkit.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Subjects found by filters with wildcards, compared with asking each subject. */
class SubjectOrderTest {
  private static final String[] TOKENS = {
    "a", "b", "ab", "a-", "a-b", "b+", "aa", "$x", "z", "*a", "\u00e9", "a\u0000", "a\u0000\u0000"
  };

  private final StreamStore store = Store.memoryStream();
  private final TreeMap<Long, String> model = new TreeMap<>();
  private final OutputBuffer out = new OutputBuffer(256);
  private long lastSeq;

  private void append(String subject) {
    byte[] name = subject.getBytes(StandardCharsets.UTF_8);
    long seq = ++lastSeq;
    NewMessage message = new NewMessage().subject(name, 0, name.length);
    store.append(new StoredMessage().set(seq, seq, message, out));
    model.put(seq, subject);
  }

  private void removeAny(RandomGenerator random) {
    Long seq = model.ceilingKey(random.nextLong(1, lastSeq + 2));
    if (seq != null) {
      model.remove(seq);
      assertThat(store.remove(seq)).isTrue();
    }
  }

  private static String tokens(RandomGenerator random, int most, String... further) {
    List<String> tokens = new ArrayList<>();
    int count = 1 + random.nextInt(most);
    for (int i = 0; i < count; i++) {
      int which = random.nextInt(TOKENS.length + further.length);
      tokens.add(which < TOKENS.length ? TOKENS[which] : further[which - TOKENS.length]);
    }
    return String.join(".", tokens);
  }

  private static String filter(RandomGenerator random) {
    String tokens = tokens(random, 4, "*", "*", "*", "*");
    return random.nextInt(3) == 0 ? tokens + ".>" : random.nextInt(20) == 0 ? ">" : tokens;
  }

  private List<String> found(String filter) {
    SubjectIndex index = store.subjects();
    List<String> found = new ArrayList<>();
    index.forEachMatching(
        Subject.bytes(filter),
        id -> found.add(new String(index.subject(id), StandardCharsets.UTF_8)));
    return found;
  }

  private void compare(String filter) {
    List<String> expected =
        model.values().stream()
            .distinct()
            .filter(subject -> Subject.matches(subject, filter))
            .toList();
    assertThat(found(filter)).as(filter).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void anyFilterFindsWhatAskingEachSubjectFinds() {
    Seeds.forEach(
        40,
        (seed, random) -> {
          SubjectOrderTest test = new SubjectOrderTest();
          int most = 2 + random.nextInt(5);
          int steps = 200 + random.nextInt(8_000);
          int removals = random.nextInt(12);
          for (int i = 0; i < steps; i++) {
            if (random.nextInt(20) < removals) {
              test.removeAny(random);
            } else {
              test.append(tokens(random, most));
            }
            if (random.nextInt(400) == 0) {
              test.compare(filter(random));
            }
          }
          for (int i = 0; i < 30; i++) {
            test.compare(filter(random));
          }
        });
  }

  @Test
  void manySubjectsThatDifferBehindZeroBytesOnlyAreFound() {
    for (int i = 0; i < 100; i++) {
      append("x" + "\u0000".repeat(9) + i);
      append("y" + "\u0000".repeat(i));
    }
    append("x");
    compare("*");
    compare("x*");
    compare("*.a");
  }

  @Test
  void subjectsThatCameInOrderOrAgainstItAreFound() {
    for (int i = 0; i < 3_000; i++) {
      append("up.%05d.x".formatted(i));
      append("down.%05d.x".formatted(9_999 - i));
    }
    compare("up.*.x");
    compare("up.00*.x");
    compare("down.>");
    compare("down.*.y");
    compare("*.02999.*");
    store.removeThrough(5_000);
    model.headMap(5_000L, true).clear();
    compare(">");
    compare("up.*");
    store.removeThrough(lastSeq);
    model.clear();
    compare(">");
    append("up.1.x");
    compare("up.>");
  }
}
