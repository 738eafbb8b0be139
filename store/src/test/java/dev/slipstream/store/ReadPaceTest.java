// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.testkit.FaultyDisk;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Reading from disk leaves time to who publishes, and nobody else waits for that. */
class ReadPaceTest {
  private static final int BLOCK_BYTES = 16 << 10;
  private static final int BLOCKS_A_SECOND = 100;
  private static final long MILLIS = 1_000_000;

  private final SimulatedServer server =
      new SimulatedServer(
          new FaultyDisk(),
          StoreOptions.builder()
              .logFileBytes(1 << 20)
              .blockBytes(BLOCK_BYTES)
              .cacheBytes(1)
              .pacedReadBytes((long) BLOCK_BYTES * BLOCKS_A_SECOND),
          1,
          new SplittableRandom(5));
  private final List<Long> read = new ArrayList<>();

  private StreamStore manyBlocks() throws StoreException {
    server.start();
    SimulatedServer.Stream stream = server.stream(1);
    server.publish(stream, 10_000);
    server.settleDown();
    assertThat(stream.store().blocks().size()).isGreaterThan(20);
    return stream.store();
  }

  private void askForBlocks(StreamStore stream, int from, int to) {
    for (int i = from; i < to; i++) {
      Block block = stream.blocks().get(i);
      server
          .loops
          .get(0)
          .execute(() -> stream.load(block.firstSeq, () -> read.add(block.firstSeq)));
    }
    server.simulation.runReady();
  }

  private void readWhatMayBe() {
    while (server.server().runStorage()) {
      server.simulation.runReady();
    }
  }

  @Test
  void blocksAreReadAtOnceWhileNobodyPublishes() throws StoreException {
    StreamStore stream = manyBlocks();
    askForBlocks(stream, 0, 10);
    readWhatMayBe();
    assertThat(read).hasSize(10);
  }

  @Test
  void whileMessagesArePublishedBlocksAreReadAtARate() throws StoreException {
    StreamStore stream = manyBlocks();
    askForBlocks(stream, 0, 20);
    int halfASecond = 500;
    for (int i = 0; i < halfASecond / 10; i++) {
      server.publish(server.stream(2), 1);
      server.simulation.runFor(10 * MILLIS);
      server.server().runCommit();
      server.simulation.runReady();
      readWhatMayBe();
      assertThat(read.size()).isLessThanOrEqualTo(2 + i);
    }
    assertThat(read).hasSize(20);
  }

  @Test
  void aMomentAfterTheLastPublishTheRestIsReadAtOnce() throws StoreException {
    StreamStore stream = manyBlocks();
    server.publish(server.stream(2), 1);
    server.simulation.runReady();
    server.server().runCommit();
    server.simulation.runReady();
    askForBlocks(stream, 0, 10);
    readWhatMayBe();
    assertThat(read).hasSize(1);
    server.simulation.runFor(100 * MILLIS);
    readWhatMayBe();
    assertThat(read).hasSize(10);
  }
}
