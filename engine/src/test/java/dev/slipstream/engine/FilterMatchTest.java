// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.store.NewMessage;
import dev.slipstream.store.Store;
import dev.slipstream.store.StoredMessage;
import dev.slipstream.store.StreamStore;
import dev.slipstream.testkit.Seeds;
import java.util.List;
import java.util.NavigableSet;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** What filters find in a stream, compared with asking each message. */
class FilterMatchTest {
  private static final List<List<String>> FILTERS =
      List.of(
          List.of(),
          List.of(">"),
          List.of("rare.1"),
          List.of("rare.2", "rare.3"),
          List.of("often.1", "rare.1"),
          List.of("often.2"),
          List.of("rare.*"),
          List.of("*.1"),
          List.of("often.>", "rare.4"),
          List.of("never"),
          List.of("early", "late"));

  private final StreamStore store = Store.memoryStream();
  private final TreeMap<Long, String> model = new TreeMap<>();
  private final OutputBuffer out = new OutputBuffer(256);

  private void append(long seq, String subject) {
    byte[] name = Subject.bytes(subject);
    NewMessage message = new NewMessage().subject(name, 0, name.length);
    store.append(new StoredMessage().set(seq, seq, message, out));
    model.put(seq, subject);
  }

  private static String subject(RandomGenerator random, int i, int messages) {
    if (random.nextInt(300) == 0) {
      return "rare." + random.nextInt(6);
    }
    if (random.nextInt(50) == 0) {
      return i < messages / 3 ? "early" : "late";
    }
    return "often." + random.nextInt(4);
  }

  private boolean matches(List<String> filters, String subject) {
    return filters.isEmpty() || filters.stream().anyMatch(f -> Subject.matches(subject, f));
  }

  private NavigableSet<Long> matching(List<String> filters) {
    NavigableSet<Long> matching = new TreeSet<>();
    model.forEach(
        (seq, subject) -> {
          if (matches(filters, subject)) {
            matching.add(seq);
          }
        });
    return matching;
  }

  private void compare(List<String> filters, NavigableSet<Long> matching, long fromSeq) {
    FilterMatch match = new FilterMatch(filters, store.subjects());
    compareNext(match, filters, matching, fromSeq);
    assertThat(match.countFrom(store, fromSeq))
        .as("count of %s from %d", filters, fromSeq)
        .isEqualTo(matching.tailSet(fromSeq, true).size());
  }

  private long compareNext(
      FilterMatch match, List<String> filters, NavigableSet<Long> matching, long fromSeq) {
    Long expected = matching.ceiling(fromSeq);
    long found = match.next(store, fromSeq);
    assertThat(found)
        .as("next of %s from %d", filters, fromSeq)
        .isEqualTo(expected == null ? 0L : expected);
    return found;
  }

  /** Goes on from what was found, as a consumer does, while messages go; sometimes goes back. */
  private void walk(List<String> filters, NavigableSet<Long> matching, RandomGenerator random) {
    FilterMatch match = new FilterMatch(filters, store.subjects());
    long seq = 1;
    for (int steps = 0; steps < 200 && seq <= store.lastSeq(); steps++) {
      long found = compareNext(match, filters, matching, seq);
      if (found != 0 && random.nextInt(4) == 0) {
        store.remove(found);
        model.remove(found);
        matching.remove(found);
      }
      boolean back = found == 0 || random.nextInt(20) == 0;
      seq = back ? random.nextLong(1, store.lastSeq()) : found + 1;
    }
  }

  @Test
  void nextAndCountAreThoseOfAskingEachMessage() {
    Seeds.forEach(
        20,
        (seed, random) -> {
          FilterMatchTest test = new FilterMatchTest();
          int messages = 500 + random.nextInt(12_000);
          long seq = 0;
          for (int i = 0; i < messages; i++) {
            seq += random.nextInt(40) == 0 ? 1 + random.nextInt(600) : 1;
            test.append(seq, subject(random, i, messages));
          }
          int removals = random.nextInt(messages);
          for (int i = 0; i < removals; i++) {
            long any = random.nextLong(1, seq + 1);
            assertThat(test.store.remove(any)).isEqualTo(test.model.remove(any) != null);
          }
          for (List<String> filters : FILTERS) {
            NavigableSet<Long> matching = test.matching(filters);
            for (int i = 0; i < 8; i++) {
              test.compare(filters, matching, random.nextLong(1, seq + 2));
            }
            test.compare(filters, matching, 1);
            test.compare(filters, matching, seq + 1);
            test.compare(filters, matching, Long.MAX_VALUE);
            test.walk(filters, matching, random);
          }
        });
  }

  @Test
  void moreSubjectsThanAreRememberedAreComparedAllTheSame() {
    for (int i = 0; i < 120_000; i++) {
      append(i + 1, (i % 3 == 0 ? "odd." : "even.") + i % 45_000);
    }
    SplittableRandom random = new SplittableRandom(1);
    for (List<String> filters : List.of(List.of("odd.*"), List.of("even.44998", "odd.3"))) {
      NavigableSet<Long> matching = matching(filters);
      for (long from : new long[] {1, 2, 500, 60_000, 100_000, 119_999, 120_000}) {
        compare(filters, matching, from);
      }
      walk(filters, matching, random);
    }
  }
}
