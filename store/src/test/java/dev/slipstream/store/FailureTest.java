// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.testkit.FaultyDisk;
import dev.slipstream.testkit.Seeds;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whichever call to the disk fails: nothing acknowledged is lost, nothing is acknowledged after.
 */
class FailureTest {

  @Test
  void anyFailingCallLosesNothingAcknowledged() {
    Seeds.forEach(6, (seed, random) -> failEveryCall(seed, 7));
  }

  @Test
  @Tag("nightly")
  void anyFailingCallLosesNothingAcknowledgedWithManySeeds() {
    Seeds.forEach(300, (seed, random) -> failEveryCall(seed, 1));
  }

  /** The same run again and again, with another call failing each time. */
  private static void failEveryCall(long seed, int stride) throws Exception {
    for (FaultyDisk.Fault fault : FaultyDisk.Fault.values()) {
      int failing = 1 + (int) (seed % stride);
      while (runWithFailure(seed, failing, fault)) {
        failing += stride;
      }
      assertThat(failing).isGreaterThan(100);
    }
  }

  private static boolean runWithFailure(long seed, int failing, FaultyDisk.Fault fault)
      throws StoreException {
    SplittableRandom random = new SplittableRandom(seed);
    FaultyDisk disk = new FaultyDisk();
    SimulatedServer server =
        new SimulatedServer(disk, CrashTest.smallFiles(random), 1 + random.nextInt(2), random);
    disk.failAt(failing, fault);
    boolean opened = false;
    try {
      server.start();
      opened = true;
    } catch (StoreException failure) {
      assertThat(disk.hasFailed()).isTrue();
    }
    if (opened) {
      CrashTest.work(server, 300, random);
    }
    boolean failed = disk.hasFailed();
    assertThat(server.failure == null || failed).isTrue();
    if (fault == FaultyDisk.Fault.POWER_LOSS || random.nextBoolean()) {
      server.crash();
    } else {
      server.kill();
    }
    server.start();
    server.compareAll();
    CrashTest.work(server, 20, random);
    server.settleDown();
    server.compareAll();
    assertThat(server.failure).isNull();
    return failed;
  }

  @Test
  void failedSyncIsNeverTriedAgainAndIsToldToEveryLoop() throws StoreException {
    SplittableRandom random = new SplittableRandom(3);
    FaultyDisk disk = new FaultyDisk();
    SimulatedServer server =
        new SimulatedServer(disk, StoreOptions.builder().logFileBytes(1 << 20), 2, random);
    server.start();
    server.append();
    server.simulation.runReady();
    disk.failAt(2, FaultyDisk.Fault.IO_ERROR); // the write succeeds, the sync behind it does not
    server.server().runCommit();
    server.simulation.runReady();
    assertThat(server.failures).hasSize(2);
    assertThat(server.server().stats().failure()).contains("cannot be written");
    long calls = disk.calls();
    for (int i = 0; i < 50; i++) {
      server.append();
    }
    server.settleDown();
    assertThat(disk.calls()).isEqualTo(calls);
    assertThat(server.streams.values()).allMatch(stream -> stream.acknowledged == 0);
    assertThat(server.appenders).allMatch(appender -> appender.pendingRecords() == 0);
  }

  private static StoreOptions.Builder smallFirstFile() {
    return StoreOptions.builder().firstLogFileBytes(16 << 10);
  }

  @Test
  void fullDiskHoldsUpWhatIsBehindTheLogAndGoesOnWhenThereIsRoom() throws StoreException {
    SplittableRandom random = new SplittableRandom(5);
    FaultyDisk disk = new FaultyDisk();
    SimulatedServer server =
        new SimulatedServer(
            disk,
            smallFirstFile()
                .logFileBytes(16 << 10)
                .logBytes(64 << 10)
                .checkpointBytes(16 << 10)
                .blockBytes(1024),
            1,
            random);
    disk.capacity(150 << 10);
    server.start();
    for (int i = 0; i < 4_000; i++) {
      server.append();
      CrashTest.work(server, 4, random);
    }
    assertThat(server.failure).isNull();
    assertThat(server.appenders.get(0).pendingRecords()).isPositive();
    assertThat(server.server().stats().commits()).isPositive();
    server.compareAll();
    disk.capacity(Long.MAX_VALUE);
    server.settleDown();
    assertThat(server.failure).isNull();
    assertThat(server.appenders.get(0).pendingRecords()).isZero();
    server.compareAll();
    server.crash();
    server.start();
    server.compareAll();
  }

  @Test
  void publishersThatWaitedForRoomDoNotWaitForAWholeLogFileToo() throws StoreException {
    SplittableRandom random = new SplittableRandom(6);
    FaultyDisk disk = new FaultyDisk();
    SimulatedServer server =
        new SimulatedServer(disk, smallFirstFile().logFileBytes(1 << 20), 1, random);
    disk.capacity(30 << 10);
    server.start();
    for (int i = 0; i < 400; i++) {
      server.append();
      CrashTest.work(server, 4, random);
    }
    assertThat(server.appenders.get(0).pendingRecords()).isPositive();
    disk.capacity(Long.MAX_VALUE);
    server.settleDown();
    assertThat(server.appenders.get(0).pendingRecords()).isZero();
    assertThat(disk.files())
        .filteredOn(path -> path.toString().endsWith(".log"))
        .extracting(path -> disk.bytes(path).length)
        .element(1)
        .matches(bytes -> bytes < 1 << 20, "is a small one");
  }

  @Test
  void logGoesRoundForWhatMakesRoomHoweverLongTheDiskIsFull() throws StoreException {
    SplittableRandom random = new SplittableRandom(7);
    FaultyDisk disk = new FaultyDisk();
    SimulatedServer server =
        new SimulatedServer(
            disk,
            StoreOptions.builder()
                .firstLogFileBytes(64 << 10) // more than a loop hands over at once
                .logFileBytes(64 << 10)
                .logBytes(256 << 10)
                .checkpointBytes(64 << 10)
                .reserveBytes(256 << 10)
                .blockBytes(16 << 10),
            1,
            random);
    disk.capacity(3 << 20);
    server.start();
    SimulatedServer.Stream stream = server.stream(1);
    while (!server.server().isFull()) {
      server.publish(stream, 20);
      server.simulation.runFor(1_000_000);
      server.server().runCommit();
      for (int i = 0; i < 10 && server.server().runStorage(); i++) {
        // what is behind the log keeps up
      }
    }
    assertThat(disk.files()).noneMatch(path -> path.endsWith("reserve"));
    long before = server.server().stats().logPosition();
    while (server.server().stats().logPosition() < before + (1 << 20)) {
      server.remove(
          stream, LongStream.generate(() -> Long.MAX_VALUE).limit(100)); // nothing is there
      server.settleDown();
      assertThat(server.appenders.get(0).pendingRecords()).isZero();
    }
    assertThat(server.server().isFull()).isTrue();
    assertThat(server.failure).isNull();
    disk.capacity(8 << 20);
    server.settleDown();
    assertThat(server.server().isFull()).isFalse();
    assertThat(disk.files()).anyMatch(path -> path.endsWith("reserve"));
    server.crash();
    server.start();
    server.compareAll();
  }
}
