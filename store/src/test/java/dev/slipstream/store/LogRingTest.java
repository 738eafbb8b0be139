// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.base.EventLoop;
import dev.slipstream.testkit.FaultyDisk;
import dev.slipstream.testkit.Seeds;
import dev.slipstream.testkit.Simulation;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntSupplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** The files of the log keep within their bound, whatever is written and however late. */
class LogRingTest {
  private static final int FIRST_BYTES = 32 << 10;
  private static final int FILE_BYTES = 128 << 10;
  private static final int RING_BYTES = 512 << 10;
  private static final int LARGE_BYTES = 200 << 10;

  private static final long MOST_BYTES = RING_BYTES + FIRST_BYTES;

  @Test
  void logStopsAtItsBoundUntilACheckpointIsMade() {
    Seeds.forEach(
        10,
        (seed, random) -> {
          Log log = new Log(random);
          log.write(() -> 1_000, () -> {}, MOST_BYTES);
          assertThat(log.server.store.stats().bytesWritten()).isLessThan(MOST_BYTES);
          log.catchUp();
          assertThat(log.bytes()).isLessThanOrEqualTo(MOST_BYTES);
        });
  }

  @Test
  void largeHandOverIsTheOnlyOneThatTheLogGrowsFor() {
    Seeds.forEach(
        10,
        (seed, random) -> {
          Log log = new Log(random);
          log.write(
              () -> random.nextInt(20) == 0 ? LARGE_BYTES : 1_000,
              () -> {
                if (random.nextInt(10) == 0) {
                  log.elsewhere.runReady();
                }
              },
              Math.max(MOST_BYTES, 2 * (LARGE_BYTES + 8192)));
          log.catchUp();
        });
  }

  /** A log whose checkpoints wait for a loop that gives its part only when it is let. */
  private static final class Log {
    final RecordedStore server;
    final Simulation elsewhere = new Simulation(new SplittableRandom(1));
    private final FaultyDisk disk = new FaultyDisk();
    private final RandomGenerator random;

    Log(RandomGenerator random) throws StoreException {
      this.random = random;
      server =
          new RecordedStore(
              StoreOptions.builder()
                  .firstLogFileBytes(FIRST_BYTES)
                  .logFileBytes(FILE_BYTES)
                  .logBytes(RING_BYTES)
                  .checkpointBytes(FILE_BYTES)
                  .build(),
              disk);
      EventLoop busy = elsewhere.loop("busy");
      server.store.appender(busy, RecordTaker.ignoring());
      server.store.snapshots(busy, new PlainSnapshots(List::of, asset -> null));
    }

    /**
     * Appends and works 200 times, and has {@code between} happen; the files keep within bounds.
     */
    void write(IntSupplier messageBytes, Runnable between, long mostBytes) {
      for (int i = 0; i < 200; i++) {
        append(messageBytes.getAsInt());
        work();
        between.run();
        assertThat(bytes()).isLessThanOrEqualTo(mostBytes);
      }
    }

    private void append(int messageBytes) {
      for (int turns = random.nextInt(20); turns > 0; turns--) {
        String[] payloads = new String[messageBytes == 1_000 ? random.nextInt(1, 20) : 1];
        Arrays.fill(payloads, "x".repeat(messageBytes));
        server.append(1, "a", payloads);
      }
    }

    private void work() {
      for (int passes = random.nextInt(30); passes > 0; passes--) {
        if (random.nextBoolean()) {
          server.store.runCommit();
        } else {
          server.store.runStorage();
        }
      }
      server.simulation.runReady();
    }

    /** Once the loop answers, everything that was appended becomes durable. */
    void catchUp() {
      boolean worked;
      do {
        server.commit();
        elsewhere.runReady();
        worked = server.store.runCommit() | server.store.runStorage();
      } while (worked);
      assertThat(server.store.stats().failure()).isNull();
      assertThat(server.applied).hasSize(server.appended());
    }

    long bytes() {
      return disk.bytesOf(path -> path.toString().endsWith(".log"));
    }
  }
}
