// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.testkit.ManualClock;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(QuietLog.class)
class DedupWindowTest {
  private static final long WINDOW_NANOS = 10_000_000_000L;
  private static final long ROOM_FOR_TEN = 10 * 100;

  private final ManualClock clock = new ManualClock();
  private final DedupBudget budget = new DedupBudget(clock, ROOM_FOR_TEN);

  private DedupWindow window() {
    return new DedupWindow(budget, () -> WINDOW_NANOS);
  }

  private void add(DedupWindow window, int from, int to) {
    for (int i = from; i < to; i++) {
      byte[] id = id(i);
      window.add(id, 0, id.length, i, clock.epochNanos());
    }
  }

  private static byte[] id(int number) {
    return String.format("%04d", number).getBytes(StandardCharsets.US_ASCII);
  }

  private static boolean knows(DedupWindow window, int number) {
    byte[] id = id(number);
    return window.find(id, 0, id.length) != null;
  }

  @Test
  void oldestIdsGoWhenThereIsNoRoomAndAreCounted() {
    DedupWindow window = window();
    add(window, 1, 31);
    assertThat(window.size()).isEqualTo(10);
    assertThat(knows(window, 20)).isFalse();
    assertThat(knows(window, 21)).isTrue();
    assertThat(budget.forgotten()).isEqualTo(20);
  }

  @Test
  void idsOfAStreamThatNobodyPublishesToMakeRoomOnceTheyAreOld() {
    DedupWindow idle = window();
    DedupWindow busy = window();
    add(idle, 1, 10);
    add(busy, 1, 4);
    assertThat(busy.size()).isEqualTo(1);
    assertThat(budget.forgotten()).isEqualTo(2);
    clock.advance(WINDOW_NANOS + 1);
    add(busy, 11, 20);
    assertThat(idle.size()).isZero();
    assertThat(busy.size()).isEqualTo(9);
    assertThat(budget.forgotten()).isEqualTo(2);
  }

  @Test
  void deletedStreamGivesItsRoomBack() {
    DedupWindow deleted = window();
    add(deleted, 1, 11);
    deleted.clear();
    DedupWindow next = window();
    add(next, 1, 11);
    assertThat(next.size()).isEqualTo(10);
    assertThat(budget.forgotten()).isZero();
  }
}
