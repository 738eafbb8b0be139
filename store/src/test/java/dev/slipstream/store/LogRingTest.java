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
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** The files of the log keep within their bound, whatever is written and however late. */
class LogRingTest {
  private static final int FIRST_BYTES = 32 << 10;
  private static final int FILE_BYTES = 128 << 10;
  private static final int RING_BYTES = 512 << 10;
  private static final int LARGE_BYTES = 200 << 10;

  @Test
  void logStopsAtItsBoundUntilACheckpointIsMade() {
    Seeds.forEach(
        10,
        (seed, random) -> {
          FaultyDisk disk = new FaultyDisk();
          RecordedStore server = server(disk);
          Simulation elsewhere = busyLoop(server);
          for (int i = 0; i < 200; i++) {
            append(server, random, 1_000);
            work(server, random);
            assertThat(logBytes(disk)).isLessThanOrEqualTo(RING_BYTES + FIRST_BYTES);
          }
          assertThat(server.store.stats().bytesWritten()).isLessThan(RING_BYTES + FIRST_BYTES);
          catchUp(server, elsewhere);
          assertThat(logBytes(disk)).isLessThanOrEqualTo(RING_BYTES + FIRST_BYTES);
        });
  }

  @Test
  void largeHandOverIsTheOnlyOneThatTheLogGrowsFor() {
    Seeds.forEach(
        10,
        (seed, random) -> {
          FaultyDisk disk = new FaultyDisk();
          RecordedStore server = server(disk);
          Simulation elsewhere = busyLoop(server);
          for (int i = 0; i < 200; i++) {
            append(server, random, random.nextInt(20) == 0 ? LARGE_BYTES : 1_000);
            work(server, random);
            if (random.nextInt(10) == 0) {
              elsewhere.runReady();
            }
            assertThat(logBytes(disk))
                .isLessThanOrEqualTo(Math.max(RING_BYTES + FIRST_BYTES, 2 * (LARGE_BYTES + 8192)));
          }
          catchUp(server, elsewhere);
        });
  }

  private static RecordedStore server(FaultyDisk disk) throws StoreException {
    return new RecordedStore(
        StoreOptions.builder()
            .firstLogFileBytes(FIRST_BYTES)
            .logFileBytes(FILE_BYTES)
            .logBytes(RING_BYTES)
            .checkpointBytes(FILE_BYTES)
            .build(),
        disk);
  }

  /** A loop that gives its part of a checkpoint only when it is let. */
  private static Simulation busyLoop(RecordedStore server) {
    Simulation elsewhere = new Simulation(new SplittableRandom(1));
    EventLoop busy = elsewhere.loop("busy");
    server.store.appender(busy, RecordTaker.ignoring());
    server.store.snapshots(busy, new PlainSnapshots(List::of, asset -> null));
    return elsewhere;
  }

  private static void append(RecordedStore server, RandomGenerator random, int messageBytes) {
    for (int turns = random.nextInt(20); turns > 0; turns--) {
      String[] payloads = new String[messageBytes == 1_000 ? random.nextInt(1, 20) : 1];
      Arrays.fill(payloads, "x".repeat(messageBytes));
      server.append(1, "a", payloads);
    }
  }

  private static void work(RecordedStore server, RandomGenerator random) {
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
  private static void catchUp(RecordedStore server, Simulation elsewhere) {
    boolean worked;
    do {
      server.commit();
      elsewhere.runReady();
      worked = server.store.runCommit() | server.store.runStorage();
    } while (worked);
    assertThat(server.store.stats().failure()).isNull();
    assertThat(server.applied).hasSize(server.appended());
  }

  private static long logBytes(FaultyDisk disk) {
    return disk.files().stream()
        .filter(path -> path.toString().endsWith(".log"))
        .mapToLong(path -> disk.bytes(path).length)
        .sum();
  }
}
