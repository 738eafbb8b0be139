// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.base.Clock;
import dev.slipstream.base.Disk;
import dev.slipstream.testkit.FaultyDisk;
import dev.slipstream.testkit.ManualClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreDirectoryTest {
  private static final Path DIRECTORY = Path.of("/data");
  private static final StoreOptions OPTIONS =
      StoreOptions.builder().firstLogFileBytes(8192).logFileBytes(8192).logBytes(32768).build();

  private final FaultyDisk disk = new FaultyDisk();

  private Store open() throws StoreException {
    return Store.open(OPTIONS, disk, DIRECTORY, new ManualClock());
  }

  @Test
  void secondStoreOnOneDirectoryIsRefusedUntilTheFirstIsClosed() throws StoreException {
    Store first = open();
    assertThatThrownBy(this::open)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("another server is running on the data directory /data");
    first.close();
    open().close();
  }

  @Test
  void secondStoreOnOneRealDirectoryIsRefused(@TempDir Path directory) throws StoreException {
    try (Store first = Store.open(OPTIONS, Disk.system(), directory, Clock.system())) {
      assertThat(first.stats().failure()).isNull();
      assertThatThrownBy(() -> Store.open(OPTIONS, Disk.system(), directory, Clock.system()))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("another server is running");
    }
    Store.open(OPTIONS, Disk.system(), directory, Clock.system()).close();
  }

  @Test
  void lockEndsWithTheProcess() throws StoreException {
    assertThat(open().stats().failure()).isNull();
    disk.kill();
    open().close();
  }

  @Test
  void directoryOfAnotherServerIsRefusedAndLeftUntouched() {
    Path stream = DIRECTORY.resolve("jetstream/$G/streams/ORDERS/meta.inf");
    disk.put(stream, new byte[] {1, 2, 3});
    assertThatThrownBy(this::open)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("holds data of another server ($G)");
    assertThat(disk.files()).containsExactly(stream);
    assertThat(disk.bytes(stream)).containsExactly(1, 2, 3);
  }

  @Test
  void unknownFormatIsRefusedAndLeftUntouched() {
    Path format = DIRECTORY.resolve("jetstream/slipstream/FORMAT");
    disk.put(format, "slipstream-store 3\n".getBytes(StandardCharsets.US_ASCII));
    assertThatThrownBy(this::open)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("slipstream-store 3")
        .hasMessageContaining("nothing was changed");
    assertThat(disk.files()).containsExactly(format);
  }

  @Test
  void dataWithoutItsFormatFileIsRefused() throws StoreException {
    try (Store store = open()) {
      store.recover(RecordTaker.expectingNothing());
    }
    FaultyDisk without = new FaultyDisk();
    disk.files().stream()
        .filter(path -> !path.endsWith("FORMAT"))
        .forEach(path -> without.put(path, disk.bytes(path)));
    assertThatThrownBy(() -> Store.open(OPTIONS, without, DIRECTORY, new ManualClock()))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("no FORMAT file");
  }

  @Test
  void logWithoutItsCheckpointIsRefused() throws StoreException {
    SimulatedServer server =
        new SimulatedServer(
            disk,
            StoreOptions.builder()
                .firstLogFileBytes(8192)
                .logFileBytes(8192)
                .logBytes(32768)
                .checkpointBytes(8192),
            1,
            new SplittableRandom(1));
    server.start();
    for (int i = 0; i < 200; i++) {
      server.append();
      server.settleDown();
    }
    assertThat(server.server().stats().checkpointPosition()).isGreaterThan(32768);
    FaultyDisk without = new FaultyDisk();
    disk.files().stream()
        .filter(path -> !path.getFileName().toString().startsWith("checkpoint"))
        .forEach(path -> without.put(path, disk.bytes(path)));
    List<Path> before = without.files();
    Store store = Store.open(OPTIONS, without, DIRECTORY, new ManualClock());
    assertThatThrownBy(() -> store.recover(RecordTaker.expectingNothing()))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("there is no checkpoint");
    assertThat(without.files()).containsAll(before);
  }
}
