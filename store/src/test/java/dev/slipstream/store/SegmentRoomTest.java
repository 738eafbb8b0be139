// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.testkit.FaultyDisk;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What blocks take on disk: few files for many small streams, and room that becomes free. */
class SegmentRoomTest {
  private static final Path SEGMENTS = Path.of("/data/jetstream/slipstream/segments");

  private final SplittableRandom random = new SplittableRandom(11);
  private final FaultyDisk disk = new FaultyDisk();

  private SimulatedServer server(StoreOptions.Builder options) throws StoreException {
    SimulatedServer server = new SimulatedServer(disk, options, 1, random);
    server.start();
    return server;
  }

  private static StoreOptions.Builder smallBlocks() {
    return StoreOptions.builder().logFileBytes(1 << 20).logBytes(8 << 20).blockBytes(2048);
  }

  private void checkpoint(SimulatedServer server) {
    server.settleDown();
    CompletableFuture<Void> done = new CompletableFuture<>();
    server.server().checkpoint(done);
    server.settleDown();
    assertThat(done).isCompleted();
  }

  private long segmentFiles() {
    return disk.files().stream().filter(path -> path.startsWith(SEGMENTS)).count();
  }

  private long segmentBytes() {
    return disk.bytesOf(path -> path.startsWith(SEGMENTS));
  }

  private static void append(SimulatedServer server, SimulatedServer.Stream stream, int messages) {
    server.publish(stream, messages);
    server.settleDown();
  }

  @Test
  void manySmallStreamsShareAFewFiles() throws StoreException {
    SimulatedServer server = server(StoreOptions.builder().logFileBytes(4 << 20));
    for (long id = 1; id <= 500; id++) {
      append(server, server.stream(id), 3);
    }
    checkpoint(server);
    assertThat(segmentFiles()).isEqualTo(1);
    append(server, server.stream(7), 3);
    checkpoint(server);
    server.kill();
    server.start();
    server.compareAll();
    append(server, server.stream(8), 3);
    checkpoint(server);
    assertThat(segmentFiles()).isEqualTo(1);
    server.compareAll();
  }

  @Test
  void blocksThatLiveOnLeaveFilesThatAreMostlyEmpty() throws StoreException {
    SimulatedServer server = server(smallBlocks().segmentBytes(64 << 10).packedBytes(1));
    SimulatedServer.Stream stream = server.stream(1);
    for (int i = 0; i < 40; i++) {
      append(server, stream, 100);
    }
    checkpoint(server);
    long full = segmentBytes();
    long last = stream.appended.lastSeq;
    server.remove(stream, LongStream.rangeClosed(1, last).filter(seq -> seq % 50 != 0));
    for (int i = 0; i < 4; i++) {
      checkpoint(server); // each lets go of what the one before still named
    }
    // the file that takes the next block stays as it is
    assertThat(segmentBytes()).isLessThan(full / 8 + (64 << 10));
    server.compareAll();
    server.crash();
    server.start();
    server.compareAll();
  }

  @Test
  void openBlocksOfManyStreamsStayWithinTheirBudget() throws StoreException {
    int budget = 64 << 10;
    SimulatedServer server =
        server(StoreOptions.builder().logFileBytes(4 << 20).openBytes(budget).blockBytes(16 << 10));
    for (int round = 0; round < 3; round++) {
      for (long id = 1; id <= 50; id++) {
        append(server, server.stream(id), 20);
        assertThat(openBytes(server)).isPositive().isLessThanOrEqualTo(budget + (16 << 10));
      }
    }
    server.compareAll();
    server.crash();
    server.start();
    server.compareAll();
    assertThat(openBytes(server)).isLessThanOrEqualTo(budget + (16 << 10));
  }

  private static long openBytes(SimulatedServer server) {
    long sum = 0;
    for (SimulatedServer.Stream stream : server.streams.values()) {
      Block tail = stream.store().tail();
      sum += tail == null || tail.data == null ? 0 : tail.data.length;
    }
    return sum;
  }

  @Test
  void smallNeighboursBecomeOneBlock() throws StoreException {
    SimulatedServer server =
        server(StoreOptions.builder().logFileBytes(4 << 20).openBytes(1).blockBytes(16 << 10));
    SimulatedServer.Stream stream = server.stream(1);
    SimulatedServer.Stream other = server.stream(2);
    for (int i = 0; i < 400; i++) {
      append(server, stream, 1);
      append(server, other, 1); // which closes the block of the first
    }
    int blocks = stream.store().blocks().size();
    assertThat(blocks).isLessThan(40);
    server.compareAll();
    checkpoint(server);
    server.crash();
    server.start();
    assertThat(stream.store().blocks().size()).isLessThanOrEqualTo(blocks);
    server.compareAll();
  }

  @Test
  void messagesThatStayWhileAllOthersGoDoNotKeepABlockEach() throws StoreException {
    // room for several of the largest messages, so that none keeps its neighbours apart
    SimulatedServer server = server(smallBlocks().blockBytes(4096).cacheBytes(8192));
    SimulatedServer.Stream stream = server.stream(1);
    for (int i = 0; i < 200; i++) {
      long before = stream.appended.lastSeq;
      append(server, stream, 50);
      List<Long> all = List.copyOf(stream.appended.messages.tailMap(before, false).keySet());
      server.remove(stream, all.stream().skip(1).mapToLong(seq -> seq));
    }
    server.settleDown();
    assertThat(stream.store().messages()).isBetween(200L, 500L); // an append may be taken back
    assertThat(stream.store().blocks().size()).isLessThan(25);
    server.compareAll();
  }

  @Test
  void fileThatWentForItsRoomAndIsStillNamedLeavesItsNumberToNoOther() throws StoreException {
    SimulatedServer server =
        server(
            StoreOptions.builder()
                .firstLogFileBytes(64 << 10)
                .logFileBytes(64 << 10)
                .logBytes(128 << 10)
                .reserveBytes(0)
                .blockBytes(1024)
                .openBytes(1)
                .segmentBytes(8 << 10)
                .packedBytes(1));
    SimulatedServer.Stream other = server.stream(1);
    SimulatedServer.Stream stream = server.stream(2);
    append(server, other, 4);
    append(server, stream, 20);
    append(server, other, 4); // which closes the block of the stream
    checkpoint(server);
    long files = segmentFiles();
    removeAll(server, stream);
    disk.capacity(0);
    for (int i = 0; i < 200 && segmentFiles() == files; i++) {
      server.publish(other, 1);
      server.simulation.runFor(10_000_000);
      server.server().runCommit();
      server.server().runStorage();
    }
    assertThat(segmentFiles()).isLessThan(files);
    disk.capacity(Long.MAX_VALUE);
    server.kill();
    server.start();
    append(server, stream, 40);
    checkpoint(server);
    checkpoint(server);
    server.compareAll();
    server.crash();
    server.start();
    server.compareAll();
    assertThat(server.failure).isNull();
    assertThat(server.server().stats().damagedMessages()).isZero();
  }

  private static void removeAll(SimulatedServer server, SimulatedServer.Stream stream) {
    server
        .loops
        .get(stream.loop)
        .execute(
            () -> {
              while (!stream.appended.messages.isEmpty()) { // an append may be taken back
                long last = stream.appended.lastSeq;
                server.appendTo(
                    stream,
                    new SimulatedServer.Operation(SimulatedServer.REMOVE_THROUGH, null, last));
              }
            });
    server.settleDown();
  }
}
