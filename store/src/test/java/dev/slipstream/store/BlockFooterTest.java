// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.testkit.Seeds;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** What a footer says is what stands in its block, and no more bytes than that takes. */
class BlockFooterTest {
  private static final String[] SUBJECTS = {"a", "a.b", "orders.eu.1", "x".repeat(300)};

  private static byte[] block(PlainStream.Message... messages) {
    StreamStore store = new StreamStore(8 << 20, null);
    for (PlainStream.Message message : messages) {
      store.append(Messages.stored(message));
    }
    Block block = store.blocks().get(0);
    return Arrays.copyOf(block.data, block.used);
  }

  private static PlainStream.Message[] random(RandomGenerator random) {
    PlainStream.Message[] messages = new PlainStream.Message[1 + random.nextInt(300)];
    boolean gaps = random.nextBoolean();
    long seq = 1 + random.nextLong(1L << random.nextInt(1, 62));
    long time = random.nextLong(1L << 60);
    for (int i = 0; i < messages.length; i++) {
      messages[i] = Messages.random(seq, time, SUBJECTS, random);
      seq += gaps ? 1 + random.nextInt(1 << random.nextInt(1, 20)) : 1;
      time = Math.max(0, time + random.nextLong(1L << random.nextInt(1, 40)) - 1_000);
    }
    return messages;
  }

  private static BlockContents decoded(byte[] block) {
    ByteBuffer footer = BlockFooter.encode(BlockContents.read(block, block.length));
    byte[] bytes = Arrays.copyOf(footer.array(), footer.remaining() + 7);
    BlockEntries entries = BlockContents.read(block, block.length).entries;
    int length = footer.remaining();
    assertThat(BlockFooter.isIntact(bytes, length, entries.firstSeq, entries.count(), block.length))
        .isTrue();
    return BlockFooter.decode(bytes);
  }

  @Test
  void whatItSaysIsWhatStandsInTheBlock() {
    Seeds.forEach(
        200,
        (seed, random) -> {
          PlainStream.Message[] messages = random(random);
          byte[] block = block(messages);
          BlockContents contents = decoded(block);
          BlockEntries entries = contents.entries;
          assertThat(entries.count()).isEqualTo(messages.length);
          assertThat(contents.used).isEqualTo(block.length);
          StoredMessage view = new StoredMessage();
          long first = messages[0].epochNanos();
          long contentBytes = 0;
          for (int i = 0; i < messages.length; i++) {
            PlainStream.Message message = messages[i];
            assertThat(entries.seq(i)).isEqualTo(message.seq());
            assertThat(entries.epochNanos(i)).isEqualTo(message.epochNanos());
            assertThat(new String(contents.names.get(entries.subject(i))))
                .isEqualTo(message.subject());
            assertThat(entries.ttlSeconds(i)).isEqualTo(Messages.ttlSeconds(message));
            assertThat(entries.hasHeaders(i)).isEqualTo(message.headers().length > 0);
            MessageCodec.show(
                block, entries.offset(i), contents.end(i), entries.firstSeq, first, view);
            assertThat(Messages.of(view)).isEqualTo(message);
            assertThat(entries.contentBytes(i, block.length)).isEqualTo(view.contentBytes());
            contentBytes += view.contentBytes();
          }
          assertThat(contents.contentBytes).isEqualTo(contentBytes);
        });
  }

  @Test
  void messagesAlikeButForTheirTimesTakeAsManyBytesAsThose() {
    PlainStream.Message[] messages = new PlainStream.Message[1_000];
    for (int i = 0; i < messages.length; i++) {
      messages[i] = Messages.message(i + 1, 5_000_000_000L + i * 3_000L, "orders", "", "same");
    }
    byte[] block = block(messages);
    ByteBuffer footer = BlockFooter.encode(BlockContents.read(block, block.length));
    assertThat(footer.remaining()).isLessThan(messages.length * 3 + 64);
  }

  @Test
  void footerOfAnotherBlockOrAChangedOneIsNotIntact() {
    byte[] block =
        block(Messages.message(1, 1, "a", "", "x"), Messages.message(2, 1, "a", "", "y"));
    ByteBuffer footer = BlockFooter.encode(BlockContents.read(block, block.length));
    byte[] bytes = Arrays.copyOf(footer.array(), footer.remaining());
    assertThat(BlockFooter.isIntact(bytes, bytes.length, 1, 2, block.length)).isTrue();
    assertThat(BlockFooter.isIntact(bytes, bytes.length, 2, 2, block.length)).isFalse();
    assertThat(BlockFooter.isIntact(bytes, bytes.length, 1, 3, block.length)).isFalse();
    assertThat(BlockFooter.isIntact(bytes, bytes.length, 1, 2, block.length + 1)).isFalse();
    assertThat(BlockFooter.isIntact(bytes, bytes.length - 1, 1, 2, block.length)).isFalse();
    for (int i = 0; i < bytes.length * 8; i++) {
      bytes[i >>> 3] ^= (byte) (1 << (i & 7));
      assertThat(BlockFooter.isIntact(bytes, bytes.length, 1, 2, block.length))
          .as("bit %d", i)
          .isFalse();
      bytes[i >>> 3] ^= (byte) (1 << (i & 7));
    }
  }
}
