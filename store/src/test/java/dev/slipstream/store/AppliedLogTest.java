// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.base.Clock;
import dev.slipstream.base.EventLoop;
import dev.slipstream.testkit.FaultyDisk;
import dev.slipstream.testkit.Simulation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AppliedLogTest {
  private static final long RECORD_NANOS = 300_000; // two of them are a turn's time

  private final List<String> heard = new ArrayList<>();
  private final SlowLoop loop = new SlowLoop();
  private final FaultyDisk disk = new FaultyDisk();
  private final Store store;
  private final LogAppender appender;

  AppliedLogTest() throws StoreException {
    Simulation simulation = new Simulation(new SplittableRandom(1));
    StoreOptions small = StoreOptions.builder().firstLogFileBytes(1 << 20).build();
    store = Store.open(small, disk, SimulatedServer.DIRECTORY, simulation.clock());
    store.recover(RecordTaker.ignoring());
    appender = store.appender(loop, new Listener());
  }

  private void append(String... texts) {
    for (String text : texts) {
      appender.begin((byte) 20, 7).put(text);
      appender.end(null, true);
    }
  }

  /** Appends these in a turn, which become durable; they are applied in later turns. */
  private void commit(String... texts) {
    loop.execute(() -> append(texts));
    loop.turn();
    store.runCommit();
  }

  @Test
  void whatTakesLongIsAppliedInSeveralTurns() {
    commit("a", "b", "c", "d", "e");
    loop.execute(() -> appender.whenDurable(() -> heard.add("all durable")));
    loop.turn();
    assertThat(heard).containsExactly("a", "b", "end");
    assertThat(appender.pendingRecords()).isEqualTo(3);
    loop.turn();
    assertThat(heard).containsExactly("a", "b", "end", "c", "d", "end");
    loop.turn();
    assertThat(heard).endsWith("e", "end", "all durable");
    assertThat(appender.pendingRecords()).isZero();
    assertThat(appender.pendingBytes()).isZero();
    loop.turn();
    assertThat(heard).endsWith("all durable");
  }

  @Test
  void commitsThatComeMeanwhileWaitForTheirTurn() {
    commit("a", "b", "c");
    loop.execute(() -> append("d", "e"));
    loop.turn();
    store.runCommit();
    assertThat(heard).containsExactly("a", "b", "end");
    loop.turn();
    assertThat(heard).containsExactly("a", "b", "end", "c", "d", "end");
    commit("f");
    loop.turn();
    assertThat(heard).endsWith("c", "d", "end", "e", "end", "f", "end");
  }

  @Test
  void aTurnAppliesTwiceWhatItAppends() {
    commit("a", "b", "c", "d", "e", "f", "g");
    loop.executeFirst(() -> append("x", "y", "z"));
    loop.turn();
    assertThat(heard).containsExactly("a", "b", "c", "d", "e", "f", "end");
    loop.turn();
    assertThat(heard).endsWith("end", "g", "end");
  }

  @Test
  void aCheckpointHasAllThatWasDurableBefore() throws Exception {
    commit("a", "b", "c", "d", "e");
    loop.turn();
    assertThat(heard).hasSize(3);
    LoopState state = new LoopState(loop, 4096, () -> 0, () -> 0);
    state.appenders.add(appender);
    new CheckpointPart(state, 0, 4096).next();
    assertThat(heard).containsExactly("a", "b", "end", "c", "d", "e", "end");
    loop.turn();
    loop.turn();
    assertThat(heard).hasSize(7);
  }

  @Test
  void whatIsDurableIsAppliedBeforeTheLogFails() {
    commit("a", "b", "c", "d", "e");
    loop.execute(() -> append("lost"));
    loop.turn();
    disk.failAt(2, FaultyDisk.Fault.IO_ERROR); // the sync behind the write
    store.runCommit();
    loop.turn();
    loop.turn();
    assertThat(heard).startsWith("a", "b").containsSubsequence("c", "d", "e", "end", "failed");
    assertThat(heard).endsWith("failed", "lost was dropped");
    assertThat(appender.pendingRecords()).isZero();
  }

  private final class Listener implements Applier {
    @Override
    public void apply(LogRecord record, @Nullable Object attachment) {
      heard.add(text(record));
      loop.nowNanos += RECORD_NANOS;
    }

    @Override
    public void commitApplied() {
      heard.add("end");
    }

    @Override
    public void failed(StoreException cause) {
      heard.add("failed");
    }

    @Override
    public void dropped(LogRecord record, @Nullable Object attachment) {
      heard.add(text(record) + " was dropped");
    }

    private static String text(LogRecord record) {
      byte[] body = Arrays.copyOfRange(record.bytes, record.from, record.to);
      return new String(body, StandardCharsets.US_ASCII);
    }
  }

  /** A loop whose turns run all that waits, and whose time passes while records are applied. */
  private static final class SlowLoop implements EventLoop {
    private final ArrayDeque<Runnable> commands = new ArrayDeque<>();
    private final ArrayDeque<Runnable> turnEnd = new ArrayDeque<>();
    private long nowNanos;

    void turn() {
      while (!commands.isEmpty()) { // also those of commands
        commands.remove().run();
      }
      for (int left = turnEnd.size(); left > 0; left--) {
        turnEnd.remove().run();
      }
    }

    void executeFirst(Runnable command) {
      commands.addFirst(command);
    }

    @Override
    public boolean offer(Runnable command) {
      return commands.add(command);
    }

    @Override
    public void execute(Runnable command) {
      commands.add(command);
    }

    @Override
    public boolean inLoop() {
      return true;
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void atTurnEnd(Runnable task) {
      turnEnd.add(task);
    }

    @Override
    public Clock clock() {
      return new Clock() {
        @Override
        public long nanos() {
          return nowNanos;
        }

        @Override
        public long epochNanos() {
          return nowNanos;
        }
      };
    }
  }
}
