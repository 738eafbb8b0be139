// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.testkit.FaultyDisk;
import dev.slipstream.testkit.Seeds;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** What the weaker modes promise: that a killed process loses nothing, and when a sync comes. */
class SyncModeTest {

  @Test
  void killedProcessLosesNothingInAnyMode() {
    Seeds.forEach(
        300,
        (seed, random) -> {
          SyncMode mode = SyncMode.values()[random.nextInt(SyncMode.values().length)];
          SimulatedServer server = server(mode, random);
          for (int life = 0; life < 4; life++) {
            server.start();
            CrashTest.work(server, random.nextInt(200), random);
            assertThat(server.failure).isNull();
            server.kill();
          }
          server.start();
          server.compareAll();
        });
  }

  private static SimulatedServer server(SyncMode mode, RandomGenerator random) {
    return new SimulatedServer(
        new FaultyDisk(),
        CrashTest.smallFiles(random).syncMode(mode).syncIntervalNanos(50_000_000),
        1,
        random);
  }

  @Test
  void powerCutLeavesAConsistentStoreInTheWeakerModes() {
    Seeds.forEach(
        300,
        (seed, random) -> {
          SyncMode mode = random.nextBoolean() ? SyncMode.INTERVAL : SyncMode.NEVER;
          SimulatedServer server = server(mode, random);
          for (int life = 0; life < 4; life++) {
            server.start();
            CrashTest.work(server, random.nextInt(200), random);
            server.streams.values().forEach(stream -> stream.acknowledged = 0);
            server.crash();
          }
          server.start();
          server.compareAll();
        });
  }

  @Test
  void intervalBoundsHowLongAnythingIsUnsynced() throws StoreException {
    SimulatedServer server = server(SyncMode.INTERVAL, new SplittableRandom(4));
    server.start();
    server.append();
    server.simulation.runReady();
    server.server().runCommit();
    server.simulation.runReady();
    assertThat(server.server().stats().syncs()).isZero();
    server.simulation.runFor(50_000_000);
    server.server().runCommit();
    assertThat(server.server().stats().syncs()).isEqualTo(1);
  }
}
