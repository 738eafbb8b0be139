// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.base.Disk;
import dev.slipstream.base.DiskFile;
import dev.slipstream.base.DiskFullException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FaultyDiskTest {
  private static final Path FILE = Path.of("/file");
  private final FaultyDisk disk = new FaultyDisk();

  private static ByteBuffer filled(int size, int value) {
    byte[] bytes = new byte[size];
    Arrays.fill(bytes, (byte) value);
    return ByteBuffer.wrap(bytes);
  }

  private DiskFile durableFile(int size, int value) throws IOException {
    DiskFile file = disk.open(FILE, Disk.Access.CREATE);
    file.write(filled(size, value), 0);
    file.sync();
    disk.syncDirectory(Path.of("/"));
    return file;
  }

  @Test
  void syncedContentSurvivesEveryCrash() {
    Seeds.forEach(
        200,
        (seed, random) -> {
          FaultyDisk fresh = new FaultyDisk();
          try (DiskFile file = fresh.open(FILE, Disk.Access.CREATE)) {
            file.write(filled(2000, 1), 0);
            file.sync();
          }
          fresh.syncDirectory(Path.of("/"));
          fresh.crash(random);
          assertThat(fresh.bytes(FILE)).isEqualTo(filled(2000, 1).array());
        });
  }

  @Test
  void unsyncedWriteSurvivesWhollyPartlyOrNotAtAllInWholeSectors() throws IOException {
    Set<String> outcomes = new HashSet<>();
    for (int seed = 0; seed < 300; seed++) {
      FaultyDisk fresh = new FaultyDisk();
      DiskFile file = fresh.open(FILE, Disk.Access.CREATE);
      file.write(filled(2048, 1), 0);
      file.sync();
      fresh.syncDirectory(Path.of("/"));
      file.write(filled(1536, 2), 300);
      fresh.crash(new SplittableRandom(seed));
      byte[] left = fresh.bytes(FILE);
      StringBuilder outcome = new StringBuilder();
      for (int sector = 0; sector < 4; sector++) {
        Set<Byte> values = new HashSet<>();
        for (int i = Math.max(300, sector * 512); i < Math.min(1836, sector * 512 + 512); i++) {
          values.add(left[i]);
        }
        assertThat(values).as("a sector is old or new").hasSize(1);
        outcome.append(values.iterator().next());
      }
      outcomes.add(outcome.toString());
    }
    assertThat(outcomes).contains("1111", "2222", "1212", "2112").hasSize(16);
  }

  @Test
  void nameThatWasNotSyncedMayBeLostAndARenameIsOldOrNew() throws IOException {
    Set<String> outcomes = new HashSet<>();
    for (int seed = 0; seed < 100; seed++) {
      FaultyDisk fresh = new FaultyDisk();
      Path other = Path.of("/other");
      for (Path path : new Path[] {FILE, other}) {
        try (DiskFile file = fresh.open(path, Disk.Access.CREATE)) {
          file.write(filled(10, path.equals(FILE) ? 1 : 2), 0);
          file.sync();
        }
      }
      fresh.syncDirectory(Path.of("/"));
      fresh.rename(other, FILE);
      fresh.open(Path.of("/third"), Disk.Access.CREATE).close();
      fresh.crash(new SplittableRandom(seed));
      outcomes.add(fresh.files() + " " + fresh.bytes(FILE)[0]);
    }
    assertThat(outcomes)
        .containsExactlyInAnyOrder(
            "[/file, /other] 1", "[/file, /other, /third] 1", "[/file] 2", "[/file, /third] 2");
  }

  @Test
  void contentOfADirectoryThatWasNotSyncedGoesWithIt() throws IOException {
    boolean lost = false;
    for (int seed = 0; seed < 20; seed++) {
      FaultyDisk fresh = new FaultyDisk();
      fresh.createDirectories(Path.of("/a/b"));
      fresh.open(Path.of("/a/b/file"), Disk.Access.CREATE).close();
      fresh.syncDirectory(Path.of("/a/b"));
      fresh.crash(new SplittableRandom(seed));
      lost |= fresh.files().isEmpty();
    }
    assertThat(lost).isTrue();
  }

  @Test
  void failedSyncLeavesInDoubtWhatALaterSyncDoesNotRepair() throws IOException {
    int lost = 0;
    for (int failing = 1; failing <= 60; failing++) {
      FaultyDisk fresh = new FaultyDisk();
      DiskFile file = fresh.open(FILE, Disk.Access.CREATE);
      fresh.syncDirectory(Path.of("/"));
      for (int i = 0; i < failing; i++) {
        fresh.exists(FILE); // so that each run decides anew what the failed sync loses
      }
      file.write(filled(512, 3), 0);
      fresh.failAt(1, FaultyDisk.Fault.IO_ERROR);
      assertThatThrownBy(file::sync).isInstanceOf(IOException.class);
      file.sync();
      fresh.crash(new SplittableRandom(1));
      byte[] left = fresh.bytes(FILE);
      lost += left.length == 0 || left[0] == 0 ? 1 : 0;
    }
    assertThat(lost).isBetween(10, 50);
  }

  @Test
  void chosenCallFailsOnceAndInItsWay() throws IOException {
    DiskFile file = durableFile(100, 1);
    disk.failAt(2, FaultyDisk.Fault.SHORT_WRITE);
    file.write(filled(10, 2), 0);
    assertThatThrownBy(() -> file.write(filled(10, 3), 0)).isInstanceOf(IOException.class);
    assertThat(disk.hasFailed()).isTrue();
    assertThat(Arrays.copyOf(disk.bytes(FILE), 12))
        .containsExactly(3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 1, 1);
    disk.failAt(1, FaultyDisk.Fault.DISK_FULL);
    assertThatThrownBy(() -> file.write(filled(10, 3), 0)).isInstanceOf(DiskFullException.class);
    file.write(filled(10, 4), 0);
  }

  @Test
  void fullDiskRefusesGrowthAndTakesOverwrites() throws IOException {
    DiskFile file = durableFile(100, 1);
    disk.capacity(120);
    assertThatThrownBy(() -> file.write(filled(30, 2), 95)).isInstanceOf(DiskFullException.class);
    file.write(filled(100, 2), 0);
    file.write(filled(20, 2), 100);
    assertThat(disk.usableBytes(FILE)).isZero();
  }

  @Test
  void openFilesAndLocksEndWithTheProcess() throws IOException {
    DiskFile file = durableFile(100, 1);
    assertThat(disk.lock(Path.of("/lock"))).isNotNull();
    assertThat(disk.lock(Path.of("/lock"))).isNull();
    disk.kill();
    assertThatThrownBy(file::size).hasMessageContaining("closed");
    assertThat(disk.lock(Path.of("/lock"))).isNotNull();
  }
}
