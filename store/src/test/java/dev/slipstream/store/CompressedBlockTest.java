// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.testkit.Seeds;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class CompressedBlockTest {
  private static final String[] SUBJECTS = {"a.b", "orders.new.eu", "c"};

  /** A chunk that was visited. */
  private record Chunk(int from, int to, int storedFrom, int storedTo, boolean intact) {}

  /** A block of a memory stream, which has its bytes in one array like any other. */
  private static Block block(RandomGenerator random, int messages, int payloadBytes) {
    StreamStore stream = Store.memoryStream();
    for (int i = 1; i <= messages; i++) {
      byte[] payload = new byte[random.nextInt(payloadBytes)];
      Arrays.fill(payload, (byte) random.nextInt());
      PlainStream.Message message =
          new PlainStream.Message(i, 1_000L * i, SUBJECTS[random.nextInt(3)], new byte[0], payload);
      stream.append(Messages.stored(message));
    }
    return stream.blocks().get(0);
  }

  private static byte[] bytes(Block block) {
    return Arrays.copyOf(java.util.Objects.requireNonNull(block.data), block.used);
  }

  private static byte[] compressed(Block block, int blockBytes) {
    ByteBuffer compressed =
        new BlockCompressor(blockBytes).compress(bytes(block), block.used, block.entries());
    assertThat(compressed).as("became smaller").isNotNull();
    byte[] stored = new byte[compressed.remaining()];
    compressed.get(stored);
    return stored;
  }

  private static List<Chunk> read(byte[] stored, byte[] into) {
    List<Chunk> chunks = new ArrayList<>();
    CompressedBlock.read(
        stored,
        stored.length,
        into,
        into.length,
        (from, to, storedFrom, storedTo, intact) ->
            chunks.add(new Chunk(from, to, storedFrom, storedTo, intact)));
    return chunks;
  }

  /** The chunks are one behind the other, from the first to the last byte on both sides. */
  private static void assertGapless(List<Chunk> chunks, int used, int stored) {
    int from = 0;
    int storedFrom = 0;
    for (Chunk chunk : chunks) {
      assertThat(chunk.from).isEqualTo(from);
      assertThat(chunk.storedFrom).isEqualTo(storedFrom);
      from = chunk.to;
      storedFrom = chunk.storedTo;
    }
    assertThat(from).isEqualTo(used);
    assertThat(storedFrom).isEqualTo(stored);
  }

  @Test
  void blockIsWhatItWasAndItsChunksEndWhereMessagesEnd() {
    Seeds.forEach(
        200,
        (seed, random) -> {
          Block block = block(random, 20 + random.nextInt(100), 120);
          byte[] stored = compressed(block, 4096);
          byte[] into = new byte[block.used];
          List<Chunk> chunks = read(stored, into);
          assertThat(into).isEqualTo(bytes(block));
          assertGapless(chunks, block.used, stored.length);
          assertThat(chunks).hasSizeGreaterThanOrEqualTo(block.used / 512);
          assertThat(chunks).allMatch(Chunk::intact);
          for (Chunk chunk : chunks.subList(0, chunks.size() - 1)) {
            assertThat(chunk.to - chunk.from).isLessThanOrEqualTo(512);
            int to = chunk.to;
            assertThat(block.entries().count())
                .matches(
                    count -> {
                      for (int i = 0; i < count; i++) {
                        if (block.offset(i) == to) {
                          return true;
                        }
                      }
                      return false;
                    });
          }
        });
  }

  @Test
  void messageThatIsLargerThanAChunkIsCut() {
    Seeds.forEach(
        50,
        (seed, random) -> {
          Block block = block(random, 5, 3_000);
          byte[] into = new byte[block.used];
          byte[] stored = compressed(block, 4096);
          assertGapless(read(stored, into), block.used, stored.length);
          assertThat(into).isEqualTo(bytes(block));
        });
  }

  @Test
  void flippedBitCostsTheChunkThatItIsInAndNoOther() {
    Seeds.forEach(
        5,
        (seed, random) -> {
          Block block = block(random, 60, 80);
          byte[] whole = bytes(block);
          byte[] stored = compressed(block, 1024);
          List<Chunk> chunks = read(stored, new byte[block.used]);
          for (int bit = 0; bit < stored.length * 8; bit++) {
            stored[bit / 8] ^= (byte) (1 << bit % 8);
            byte[] into = new byte[block.used];
            Arrays.fill(into, (byte) 0x5a); // of another block
            List<Chunk> found = read(stored, into);
            stored[bit / 8] ^= (byte) (1 << bit % 8);
            int at = bit / 8;
            for (int i = 0; i < chunks.size(); i++) {
              Chunk chunk = chunks.get(i);
              boolean hit = chunk.storedFrom <= at && at < chunk.storedTo;
              assertThat(found.get(i))
                  .isEqualTo(
                      new Chunk(chunk.from, chunk.to, chunk.storedFrom, chunk.storedTo, !hit));
              byte[] expected = Arrays.copyOfRange(whole, chunk.from, chunk.to);
              if (hit) {
                Arrays.fill(expected, (byte) 0);
              }
              assertThat(Arrays.copyOfRange(into, chunk.from, chunk.to)).isEqualTo(expected);
            }
          }
        });
  }

  @Test
  void whateverIsReadNothingButWhatWasWrittenIsTakenForIntact() {
    Seeds.forEach(
        3_000,
        (seed, random) -> {
          Block block = block(random, 60, 80);
          byte[] whole = bytes(block);
          byte[] stored = compressed(block, 1024);
          for (int hits = 1 + random.nextInt(3); hits > 0; hits--) {
            int at = random.nextInt(stored.length);
            int length = random.nextInt(Math.min(200, stored.length - at + 1));
            switch (random.nextInt(4)) {
              case 0 -> stored = Arrays.copyOf(stored, Math.max(1, at)); // is cut
              case 1 -> Arrays.fill(stored, at, at + length, (byte) 0);
              case 2 -> stored[at] ^= (byte) (1 << random.nextInt(8));
              default -> // another sector's bytes
                  System.arraycopy(stored, random.nextInt(at + 1), stored, at, length);
            }
          }
          byte[] into = new byte[block.used];
          List<Chunk> found = read(stored, into);
          assertGapless(found, block.used, stored.length);
          for (Chunk chunk : found) {
            byte[] expected = Arrays.copyOfRange(whole, chunk.from, chunk.to);
            if (!chunk.intact) {
              Arrays.fill(expected, (byte) 0);
            }
            assertThat(Arrays.copyOfRange(into, chunk.from, chunk.to)).isEqualTo(expected);
          }
        });
  }

  @Test
  void whatDoesNotBecomeMuchSmallerIsNotCompressed() {
    Seeds.forEach(
        20,
        (seed, random) -> {
          StreamStore stream = Store.memoryStream();
          for (int i = 1; i <= 50; i++) {
            byte[] payload = new byte[200];
            random.nextBytes(payload);
            stream.append(
                Messages.stored(new PlainStream.Message(i, i, "a", new byte[0], payload)));
          }
          Block block = stream.blocks().get(0);
          assertThat(new BlockCompressor(4096).compress(bytes(block), block.used, block.entries()))
              .isNull();
        });
  }
}
