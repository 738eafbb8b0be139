// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.testkit.Seeds;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class ScheduleIndexTest {
  private record Plain(long seq, long due) {}

  @Test
  void isLikeASortedMap() {
    Seeds.forEach(50, ScheduleIndexTest::run);
  }

  private static void run(long seed, RandomGenerator random) {
    ScheduleIndex index = new ScheduleIndex();
    Map<Integer, Plain> plain = new TreeMap<>();
    int ids = 1 + random.nextInt(300);
    for (int step = 1; step <= 3_000; step++) {
      int id = random.nextInt(ids) * (random.nextBoolean() ? 1 : 4_096);
      long due = random.nextInt(200);
      switch (random.nextInt(5)) {
        case 0, 1 -> {
          index.put(id, step, due);
          plain.put(id, new Plain(step, due));
        }
        case 2 -> {
          index.remove(id);
          plain.remove(id);
        }
        case 3 -> {
          index.move(id, due);
          plain.computeIfPresent(id, (any, was) -> new Plain(was.seq, due));
        }
        default -> {
          if (random.nextInt(100) == 0) {
            index.retain((each, seq) -> seq % 3 != 0);
            plain.values().removeIf(each -> each.seq % 3 == 0);
          }
        }
      }
      assertThat(index.size()).isEqualTo(plain.size());
      assertThat(index.seq(id)).isEqualTo(plain.containsKey(id) ? plain.get(id).seq : 0);
      assertThat(index.next())
          .isEqualTo(plain.values().stream().mapToLong(Plain::due).min().orElse(Long.MAX_VALUE));
      if (step % 50 == 0) {
        checkDue(index, plain, due);
      }
    }
    long[] pairs = index.pairs();
    assertThat(pairs).hasSize(2 * plain.size());
    plain.forEach((id, each) -> assertThat(index.due(id)).isEqualTo(each.due));
  }

  private static void checkDue(ScheduleIndex index, Map<Integer, Plain> plain, long now) {
    int[] expected =
        plain.entrySet().stream()
            .filter(each -> each.getValue().due <= now)
            .sorted(Comparator.comparingLong(each -> each.getValue().seq))
            .mapToInt(Map.Entry::getKey)
            .toArray();
    assertThat(index.due(now, Integer.MAX_VALUE)).isEqualTo(expected);
    List<Integer> some = boxed(index.due(now, 3));
    assertThat(some).hasSize(Math.min(3, expected.length)).isSubsetOf(boxed(expected));
  }

  private static List<Integer> boxed(int[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  @Test
  void thoseWhoseMessagesAreGoneStayWithinBounds() {
    ScheduleIndex index = new ScheduleIndex();
    for (int id = 0; id < 100_000; id++) {
      index.put(id, id + 1, Long.MAX_VALUE - id);
      long youngest = id;
      if (index.isCrowded()) {
        index.retain((each, seq) -> seq > youngest - 10);
      }
    }
    assertThat(index.size()).isLessThan(1_100);
    assertThat(Arrays.stream(index.due(Long.MAX_VALUE, 2_000)).max()).hasValue(99_999);
  }
}
