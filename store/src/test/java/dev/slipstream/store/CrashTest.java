// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.testkit.FaultyDisk;
import dev.slipstream.testkit.Seeds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What was acknowledged is there, whenever power is lost or the process is killed. */
class CrashTest {

  @Test
  void whatWasAcknowledgedIsThereAfterEveryCrash() {
    Seeds.forEach(2_000, CrashTest::crashAgainAndAgain);
  }

  @Test
  @Tag("nightly")
  void whatWasAcknowledgedIsThereAfterManyMoreCrashes() {
    Seeds.forEach(100_000, CrashTest::crashAgainAndAgain);
  }

  @Test
  void sameSeedMakesTheSameBytes() {
    Seeds.forEach(
        20,
        (seed, ignored) -> {
          List<Map<Path, Integer>> runs = new ArrayList<>();
          for (int run = 0; run < 2; run++) {
            FaultyDisk disk = new FaultyDisk();
            SplittableRandom random = new SplittableRandom(seed);
            SimulatedServer server = new SimulatedServer(disk, smallFiles(random), 2, random);
            server.start();
            work(server, 300, random);
            server.crash();
            server.start();
            work(server, 100, random);
            Map<Path, Integer> contents = new TreeMap<>();
            disk.files().forEach(path -> contents.put(path, Arrays.hashCode(disk.bytes(path))));
            runs.add(contents);
          }
          assertThat(runs.get(0)).isEqualTo(runs.get(1)).hasSizeGreaterThan(3);
        });
  }

  static StoreOptions.Builder smallFiles(RandomGenerator random) {
    int logFile = 8192 << random.nextInt(3);
    return StoreOptions.builder()
        .firstLogFileBytes(8192)
        .logFileBytes(logFile)
        .checkpointSliceBytes(1 << random.nextInt(16))
        .logBytes(logFile * 4L)
        .checkpointBytes(logFile)
        .commitBytes(512 << random.nextInt(6))
        .blockBytes(128 << random.nextInt(6))
        .segmentBytes(1024 << random.nextInt(5))
        .packedBytes(1 << random.nextInt(14))
        .openBytes(256 << random.nextInt(10))
        .cacheBytes(256 << random.nextInt(8))
        .reserveBytes(random.nextInt(3) * 70_000L)
        .openFiles(1 + random.nextInt(8));
  }

  private static void crashAgainAndAgain(long seed, RandomGenerator random) throws Exception {
    FaultyDisk disk = new FaultyDisk();
    SimulatedServer server =
        new SimulatedServer(disk, smallFiles(random), 1 + random.nextInt(2), random);
    int lives = 2 + random.nextInt(4);
    for (int life = 0; life < lives; life++) {
      if (random.nextInt(3) == 0) {
        disk.failAt(1 + random.nextInt(400), FaultyDisk.Fault.POWER_LOSS);
      }
      liveOnce(server, random);
      if (disk.hasFailed() || random.nextInt(3) > 0) {
        server.crash();
      } else {
        server.kill();
      }
    }
    server.start();
    server.compareAll();
    server.settleDown();
    server.compareAll();
  }

  private static void liveOnce(SimulatedServer server, RandomGenerator random)
      throws StoreException {
    try {
      server.start();
    } catch (StoreException darkAlready) {
      assertThat(server.disk.hasFailed()).as("%s", darkAlready).isTrue();
      return;
    }
    assertThat(server.server().stats().damagedRanges()).isZero();
    assertThat(server.server().stats().damagedMessages()).isZero();
    if (random.nextInt(4) == 0 && !server.disk.hasFailed()) {
      server.disk.heal();
      server.compareAll();
    }
    work(server, random.nextInt(300), random);
    assertThat(server.failure == null || server.disk.hasFailed()).isTrue();
  }

  static void work(SimulatedServer server, int steps, RandomGenerator random) {
    for (int step = 0; step < steps; step++) {
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> server.append();
        case 3, 4 -> server.server().runCommit();
        case 5 -> server.runStorage();
        case 6 -> server.simulation.step();
        default -> server.simulation.runFor(random.nextInt(8_000_000));
      }
    }
  }
}
