// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.testkit.Seeds;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class PendingAcksTest {
  private static final int SEEDS = 200;

  @Test
  void pendingAcksBehaveLikeASortedMapAndAQueue() {
    Seeds.forEach(
        SEEDS,
        (seed, random) -> {
          Model model = new Model();
          int sequences = random.nextInt(1, 3000);
          for (int step = 0; step < 500; step++) {
            model.step(random, sequences, step);
          }
          model.check();
        });
  }

  @Test
  void manyEnterAndLeaveAndEnterAgain() {
    PendingAcks pending = new PendingAcks();
    int count = 100_000;
    for (int round = 0; round < 3; round++) {
      for (int seq = 1; seq <= count; seq++) {
        pending.redeliver(pending.add(seq, seq + round, seq));
      }
      assertThat(pending.size()).isEqualTo(count);
      assertThat(pending.redeliveriesWaiting()).isEqualTo(count);
      for (int seq = count; seq >= 1; seq--) { // the other way round
        int row = pending.row(seq);
        assertThat(pending.consumerSeq(row)).isEqualTo(seq + round);
        pending.remove(row);
      }
      assertThat(pending.isEmpty()).isTrue();
      assertThat(pending.nextRedelivery()).isEqualTo(PendingAcks.NONE);
    }
  }

  /** What is expected: plain collections. */
  private static final class Model {
    private final PendingAcks pending = new PendingAcks();
    private final TreeMap<Long, Long> consumerSeqs = new TreeMap<>();
    private final TreeMap<Long, Integer> redelivered = new TreeMap<>();
    private final Set<Long> queue = new LinkedHashSet<>();
    private long marked = PendingAcks.NONE;

    void step(RandomGenerator random, int sequences, int step) {
      long seq = random.nextInt(1, sequences + 1);
      int row = pending.row(seq);
      assertThat(row != PendingAcks.NONE).isEqualTo(consumerSeqs.containsKey(seq));
      if (row == PendingAcks.NONE || random.nextInt(4) == 0) {
        pending.add(seq, step, step);
        consumerSeqs.put(seq, (long) step);
        return;
      }
      switch (random.nextInt(5)) {
        case 0 -> {
          pending.redeliver(row);
          queue.add(seq);
        }
        case 1 -> {
          pending.dropRedelivery(row);
          queue.remove(seq);
        }
        case 2 -> {
          pending.redelivered(row, step % 5);
          redelivered.put(seq, step % 5);
        }
        case 3 -> {
          pending.mark(row);
          marked = seq;
        }
        default -> remove(seq, row);
      }
      assertThat(pending.isToBeRedelivered(pending.first()))
          .isEqualTo(!consumerSeqs.isEmpty() && queue.contains(consumerSeqs.firstKey()));
    }

    private void remove(long seq, int row) {
      if (seq == marked) {
        Long behind = consumerSeqs.higherKey(seq);
        marked = behind == null ? PendingAcks.NONE : behind;
      }
      pending.remove(row);
      consumerSeqs.remove(seq);
      redelivered.remove(seq);
      queue.remove(seq);
      if (consumerSeqs.isEmpty()) {
        pending.redeliver(pending.add(seq, 1, 1));
        consumerSeqs.put(seq, 1L);
        queue.add(seq);
      }
    }

    void check() {
      List<Long> rows = new ArrayList<>();
      for (int row = pending.first(); row != PendingAcks.NONE; row = pending.next(row)) {
        long seq = pending.streamSeq(row);
        rows.add(seq);
        assertThat(pending.consumerSeq(row)).isEqualTo(consumerSeqs.get(seq));
        assertThat(pending.redelivered(row)).isEqualTo(redelivered.getOrDefault(seq, 0));
      }
      assertThat(rows).containsExactlyElementsOf(consumerSeqs.keySet());
      assertThat(pending.size()).isEqualTo(rows.size());
      assertThat(pending.redeliveredCount())
          .isEqualTo((int) redelivered.values().stream().filter(times -> times > 0).count());
      int mark = pending.marked();
      assertThat(mark == PendingAcks.NONE ? mark : pending.streamSeq(mark)).isEqualTo(marked);
      List<Long> again = new ArrayList<>();
      assertThat(pending.redeliveriesWaiting()).isEqualTo(queue.size());
      while (pending.nextRedelivery() != PendingAcks.NONE) {
        again.add(pending.streamSeq(pending.nextRedelivery()));
        pending.dropRedelivery(pending.nextRedelivery());
      }
      assertThat(again).containsExactlyElementsOf(queue);
    }
  }
}
