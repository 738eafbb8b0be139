// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.testkit.Seeds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class SubscriptionTableTest {
  private static final String[] TOKENS = {"a", "b", "*", "_INBOX", "$JS", "ACK"};

  private static Subscriber.Listening listening(String filter) {
    return new Subscriber.Listening(Subject.bytes(filter), (from, message) -> true);
  }

  private static Set<Subscriber> match(SubscriptionTable table, String subject) {
    Set<Subscriber> found = Collections.newSetFromMap(new IdentityHashMap<>());
    byte[] bytes = Subject.bytes(subject);
    MatchResult result = table.match(bytes, 0, bytes.length);
    found.addAll(result.listeners());
    assertThat(found).hasSize(result.size());
    table.release(result);
    return found;
  }

  private static String filter(RandomGenerator random, boolean literal) {
    List<String> tokens = new ArrayList<>();
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      String token = TOKENS[random.nextInt(TOKENS.length)];
      tokens.add(literal && token.equals("*") ? "c" : token);
    }
    if (!literal && random.nextInt(4) == 0) {
      tokens.add(">");
    }
    return String.join(".", tokens);
  }

  @Test
  void findsWhoeverIsThereAndNobodyElse() {
    Seeds.forEach(
        300,
        (seed, random) -> {
          SubscriptionTable table = new SubscriptionTable(0);
          List<Subscriber.Listening> there = new ArrayList<>();
          for (int step = 0; step < 200; step++) {
            if (there.isEmpty() || random.nextInt(3) > 0) {
              Subscriber.Listening added = listening(filter(random, false));
              there.add(added);
              table.add(added);
            } else {
              table.remove(there.remove(random.nextInt(there.size())));
            }
            String subject = filter(random, true);
            Set<Subscriber> expected = Collections.newSetFromMap(new IdentityHashMap<>());
            there.stream()
                .filter(s -> Subject.matches(subject, new String(s.filter())))
                .forEach(expected::add);
            assertThat(match(table, subject)).isEqualTo(expected);
            byte[] bytes = Subject.bytes(subject);
            assertThat(table.hasInterest(bytes, 0, bytes.length)).isEqualTo(!expected.isEmpty());
          }
          assertThat(table.size()).isEqualTo(there.size());
        });
  }

  @Test
  void manyOnOneSubjectLeaveAsFastAsTheyCame() {
    SubscriptionTable table = new SubscriptionTable(0);
    List<Subscriber.Listening> many = new ArrayList<>();
    for (int i = 0; i < 200_000; i++) {
      many.add(listening("same.subject"));
      table.add(many.get(i));
    }
    assertThat(match(table, "same.subject")).hasSize(200_000);
    Collections.shuffle(many, new java.util.Random(1));
    many.subList(1, many.size()).forEach(table::remove);
    assertThat(match(table, "same.subject")).containsExactly(many.get(0));
    table.remove(many.get(0));
    table.remove(many.get(0));
    assertThat(table.size()).isZero();
    assertThat(match(table, "same.subject")).isEmpty();
  }

  @Test
  void subjectsWithEmptyTokensAreHeardByNobody() {
    SubscriptionTable table = new SubscriptionTable(0);
    table.add(listening(">"));
    for (String subject : List.of("a..b", ".a", "a.", ".", "..")) {
      byte[] bytes = Subject.bytes(subject);
      assertThat(match(table, subject)).isEmpty();
      assertThat(table.hasInterest(bytes, 0, bytes.length)).isFalse();
    }
  }
}
