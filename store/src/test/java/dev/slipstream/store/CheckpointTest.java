// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.testkit.FaultyDisk;
import dev.slipstream.testkit.Seeds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** What stands behind the log: blocks in segment files, and the checkpoint that names them. */
class CheckpointTest {
  private static final Path HOME = SimulatedServer.DIRECTORY.resolve("jetstream/slipstream");

  private final FaultyDisk disk = new FaultyDisk();

  private SimulatedServer server(RandomGenerator random) {
    return new SimulatedServer(
        disk,
        StoreOptions.builder()
            .firstLogFileBytes(16 << 10)
            .logFileBytes(16 << 10)
            .logBytes(64 << 10)
            .checkpointBytes(16 << 10)
            .blockBytes(1024)
            .segmentBytes(8 << 10)
            .packedBytes(1)
            .cacheBytes(4 << 10),
        1,
        random);
  }

  private static void fill(SimulatedServer server, int operations) {
    for (int i = 0; i < operations; i++) {
      server.append();
      if (i % 7 == 0) {
        server.settleDown();
      }
    }
    server.settleDown();
  }

  private static void checkpoint(SimulatedServer server) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    server.server().checkpoint(done);
    server.settleDown();
    assertThat(done).isCompleted();
  }

  @Test
  void loopDoesOtherWorkBetweenTheSlicesOfACheckpoint() throws StoreException {
    RecordedStore server =
        new RecordedStore(StoreOptions.builder().checkpointSliceBytes(1).build(), disk);
    for (int asset = 1; asset <= 5; asset++) {
      server.append(asset, "a", "x");
    }
    server.commit();
    List<String> order = new ArrayList<>();
    server.store.snapshots(
        server.loop,
        new PlainSnapshots(
            List::of,
            asset -> {
              order.add("asset " + asset);
              return null;
            }));
    CompletableFuture<Void> done = new CompletableFuture<>();
    server.store.checkpoint(done);
    while (!done.isDone()) {
      server.store.runStorage();
      server.simulation.runReady();
      order.add("other work");
    }
    assertThat(order).containsSubsequence("asset 1", "asset 2", "asset 3", "asset 4", "asset 5");
    for (int i = 0; i < order.size(); i++) {
      if (order.get(i).startsWith("asset")) {
        assertThat(order.get(i + 1)).isEqualTo("other work");
      }
    }
  }

  @Test
  void restartAfterACheckpointReplaysNothing() throws StoreException {
    SimulatedServer server = server(new SplittableRandom(1));
    server.start();
    fill(server, 300);
    checkpoint(server);
    server.server().close();
    server.kill();
    server.start();
    assertThat(server.server().stats().replayedRecords()).isZero();
    server.compareAll();
  }

  @Test
  void logKeepsWithinItsRingHoweverMuchIsWritten() throws StoreException {
    SimulatedServer server = server(new SplittableRandom(2));
    server.start();
    for (int i = 0; i < 80; i++) {
      fill(server, 50);
      assertThat(disk.bytesOf(path -> path.toString().endsWith(".log")))
          .isLessThanOrEqualTo(80 << 10);
    }
    assertThat(server.server().stats().bytesWritten()).isGreaterThan(10 * (64 << 10));
    assertThat(server.server().stats().failure()).isNull();
  }

  @Test
  void filesOfRemovedMessagesAndDroppedStreamsGoAway() throws StoreException {
    SimulatedServer server = server(new SplittableRandom(3));
    server.start();
    fill(server, 600);
    assertThat(segments()).isNotEmpty();
    for (SimulatedServer.Stream stream : List.copyOf(server.streams.values())) {
      if (!stream.isDropped()) {
        server.loops.get(0).execute(() -> server.drop(stream));
      }
    }
    server.settleDown();
    checkpoint(server);
    assertThat(segments()).isEmpty();
    server.crash();
    server.start();
    assertThat(segments()).isEmpty();
  }

  private List<Path> segments() {
    return disk.files().stream().filter(path -> path.startsWith(HOME.resolve("segments"))).toList();
  }

  @Test
  void segmentFilesThatNoCheckpointNamesAreRemovedAtTheStart() throws StoreException {
    SimulatedServer server = server(new SplittableRandom(4));
    server.start();
    Path leftover = HOME.resolve("segments/99.12345");
    disk.put(leftover, new byte[100]);
    server.kill();
    server.start();
    assertThat(disk.files()).doesNotContain(leftover);
  }

  @Test
  void everyBitFlipInTheCheckpointIsSurvivedByItsCopy() throws StoreException {
    SimulatedServer server = server(new SplittableRandom(5));
    server.start();
    fill(server, 40);
    checkpoint(server);
    server.kill();
    Path checkpoint = HOME.resolve("checkpoint");
    byte[] intact = disk.bytes(checkpoint);
    for (int bit = 0; bit < intact.length * 8; bit += 3) {
      Path damaged = bit % 2 == 0 ? checkpoint : HOME.resolve("checkpoint.copy");
      disk.flipBit(damaged, bit);
      server.start();
      assertThat(server.server().stats().replayedRecords()).isZero();
      assertThat(disk.bytes(checkpoint)).isEqualTo(intact);
      assertThat(disk.bytes(HOME.resolve("checkpoint.copy"))).isEqualTo(intact);
      server.kill();
    }
    server.start();
    server.compareAll();
  }

  @Test
  void bitFlipInASegmentCostsAtMostTheMessageThatItHit() {
    Seeds.forEach(
        300,
        (seed, random) -> {
          for (Path path : disk.files()) {
            disk.delete(path);
          }
          SimulatedServer server = server(random);
          server.mayCompress = false; // see CompressedStoreTest
          server.start();
          fill(server, 60);
          checkpoint(server);
          server.kill();
          List<Path> segments = segments();
          if (segments.isEmpty()) {
            return;
          }
          Path hit = segments.get(random.nextInt(segments.size()));
          disk.flipBit(hit, random.nextLong(disk.bytes(hit).length * 8L));
          server.start();
          Map<StreamStore.Read, Integer> found = readAll(server);
          assertThat(found.getOrDefault(StreamStore.Read.DAMAGED, 0)).isBetween(0, 1);
          assertThat(server.server().stats().damagedMessages()).isBetween(0L, 4L);
          if (found.containsKey(StreamStore.Read.DAMAGED)) {
            assertThat(server.server().stats().damagedMessages()).isPositive();
          }
          assertThat(lostMessages(server))
              .isBetween(
                  (long) found.getOrDefault(StreamStore.Read.DAMAGED, 0),
                  server.server().stats().damagedMessages());
          server.kill();
        });
  }

  @Test
  void missingSegmentFileCostsItsMessagesAndNothingElse() throws Exception {
    SimulatedServer server = server(new SplittableRandom(7));
    server.start();
    fill(server, 2_000);
    checkpoint(server);
    Map<StreamStore.Read, Integer> before = readAll(server);
    server.kill();
    disk.delete(segments().get(0));
    server.start();
    Map<StreamStore.Read, Integer> after = readAll(server);
    assertThat(server.server().stats().damagedMessages()).isPositive();
    assertThat(lostMessages(server)).isEqualTo(server.server().stats().damagedMessages());
    assertThat(after)
        .isEqualTo(
            Map.of(
                StreamStore.Read.FOUND,
                before.getOrDefault(StreamStore.Read.FOUND, 0)
                    - (int) server.server().stats().damagedMessages()));
  }

  @Test
  void bothCheckpointsDamagedIsRefusedWithNothingChanged() throws StoreException {
    SimulatedServer server = server(new SplittableRandom(8));
    server.start();
    fill(server, 40);
    checkpoint(server);
    server.kill();
    disk.flipBit(HOME.resolve("checkpoint"), 100);
    disk.flipBit(HOME.resolve("checkpoint.copy"), 100);
    List<Path> before = disk.files();
    assertThatThrownBy(server::start)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("damaged");
    assertThat(disk.files()).isEqualTo(before);
  }

  /** Reads every message; what is shown must be what was written. */
  private static long lostMessages(SimulatedServer server) {
    return server.streams.values().stream()
        .mapToLong(stream -> stream.store == null ? 0 : stream.store.damaged().messages())
        .sum();
  }

  private static Map<StreamStore.Read, Integer> readAll(SimulatedServer server) {
    Map<StreamStore.Read, Integer> found = new HashMap<>();
    StoredMessage view = new StoredMessage();
    for (SimulatedServer.Stream stream : server.streams.values()) {
      StreamStore store = stream.store;
      PlainStream model = stream.after(stream.applied);
      for (long seq = store == null ? 0 : store.next(0); store != null && seq > 0; ) {
        StreamStore.Read read = server.read(store, seq, view);
        found.merge(read, 1, Integer::sum);
        if (read == StreamStore.Read.FOUND) {
          assertThat(Messages.of(view)).isEqualTo(model.messages.get(seq));
        }
        seq = store.next(seq + 1);
      }
    }
    return found;
  }

  @Test
  void streamThatNobodyClaimsIsCarriedThroughCheckpoints() throws StoreException {
    SimulatedServer server = server(new SplittableRandom(9));
    server.start();
    fill(server, 60);
    checkpoint(server);
    server.kill();
    Store store =
        Store.open(
            server.options.build(), disk, SimulatedServer.DIRECTORY, server.simulation.clock());
    store.recover(RecordTaker.ignoring());
    CompletableFuture<Void> done = new CompletableFuture<>();
    store.checkpoint(done);
    while (store.runStorage()) {
      // until it is made
    }
    assertThat(done).isCompleted();
    server.kill();
    server.start();
    server.compareAll();
  }
}
