// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class ConsumerStateTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void ackOfALaterMessageLeavesTheFloorUntilTheGapCloses() {
    ConsumerState state = new ConsumerState(AckPolicy.EXPLICIT, true, 1);
    for (long seq = 1; seq <= 3; seq++) {
      state.delivered(seq, SECOND);
    }
    state.settled(2);
    assertThat(state.floorStreamSeq()).isZero();
    state.settled(1);
    assertThat(state.floorStreamSeq()).isEqualTo(2);
    assertThat(state.floorConsumerSeq()).isEqualTo(2);
    state.settled(3);
    assertThat(state.floorStreamSeq()).isEqualTo(3);
  }

  @Test
  void withoutAcksTheFloorFollowsTheDeliveries() {
    ConsumerState state = new ConsumerState(AckPolicy.NONE, true, 5);
    state.delivered(7, SECOND);
    assertThat(state.floorStreamSeq()).isEqualTo(7);
    assertThat(state.floorConsumerSeq()).isEqualTo(1);
    assertThat(state.pending.isEmpty()).isTrue();
  }

  @Test
  void replayedChangesGiveTheSameStateAlsoOnTopOfALaterSnapshot() {
    Seeds.forEach(2_000, ConsumerStateTest::replays);
  }

  private static void replays(long seed, RandomGenerator random) {
    ConsumerState live = new ConsumerState(AckPolicy.EXPLICIT, true, 1);
    ConsumerState replayed = new ConsumerState(AckPolicy.EXPLICIT, true, 1);
    ConsumerState restored = null;
    for (int record = 0; record < 6; record++) {
      operate(live, random);
      byte[] snapshot = null;
      if (restored == null && random.nextInt(3) == 0) {
        OutputBuffer out = new OutputBuffer(64);
        live.write(out);
        snapshot = out.toBytes(); // taken before the changes reach the log
      }
      OutputBuffer changes = new OutputBuffer(64);
      live.takeChanges(changes);
      replayed.replay(changes.array(), 0, changes.length());
      if (snapshot != null) {
        restored = new ConsumerState(AckPolicy.EXPLICIT, true, 1);
        restored.read(snapshot, 0);
      }
      if (restored != null) {
        restored.replay(changes.array(), 0, changes.length());
        assertThat(describe(restored)).isEqualTo(describe(live));
      }
      assertThat(describe(replayed)).isEqualTo(describe(live));
    }
  }

  private static void operate(ConsumerState state, RandomGenerator random) {
    for (int step = random.nextInt(20); step > 0; step--) {
      List<Long> pending = new ArrayList<>();
      for (int row = state.pending.first();
          row != PendingAcks.NONE;
          row = state.pending.next(row)) {
        pending.add(state.pending.streamSeq(row));
      }
      int pick = random.nextInt(10);
      if (pick < 5 || pending.isEmpty()) {
        long next = state.nextStreamSeq() + (random.nextInt(4) == 0 ? random.nextInt(3) : 0);
        state.skipTo(next);
        state.delivered(next, SECOND * random.nextInt(1, 1000));
        continue;
      }
      long one = pending.get(random.nextInt(pending.size()));
      switch (pick) {
        case 5, 6, 7 -> state.settled(one);
        case 8 -> state.redelivered(one, SECOND * random.nextInt(1, 1000));
        default -> state.exhausted(one);
      }
    }
  }

  private static String describe(ConsumerState state) {
    StringBuilder text = new StringBuilder();
    text.append(state.nextConsumerSeq()).append(' ').append(state.deliveredStreamSeq());
    text.append(' ').append(state.floorConsumerSeq()).append(' ').append(state.floorStreamSeq());
    for (int row = state.pending.first(); row != PendingAcks.NONE; row = state.pending.next(row)) {
      text.append(' ').append(state.pending.streamSeq(row));
      text.append(':').append(state.pending.consumerSeq(row));
    }
    Map<Long, Integer> redelivered = new TreeMap<>();
    state.unsettled.forEachRedelivered(redelivered::put);
    assertThat(redelivered).hasSize(state.unsettled.redeliveredCount());
    return text + " " + redelivered;
  }
}
