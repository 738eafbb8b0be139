// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The life of a stream's blocks: the last one takes messages until it is full, full ones are
 * written, and one in which nothing lives is dropped.
 *
 * <p>A memory stream has no keeper; its blocks only come and go. Owner: the stream's loop.
 */
final class StreamBlocks {
  private static final int FIRST_BLOCK_BYTES = 1024;

  /** A stream that fills a block in less gets its next one at full size at once. */
  private static final long BUSY_NANOS = 1_000_000_000L;

  final BlockList list = new BlockList();
  final int blockBytes;

  private final StreamStore stream;
  private final @Nullable BlockKeeper keeper;
  private @Nullable Block tail;

  StreamBlocks(StreamStore stream, int blockBytes, @Nullable BlockKeeper keeper) {
    this.stream = stream;
    this.blockBytes = blockBytes;
    this.keeper = keeper;
  }

  /** Whether the blocks are never on disk. */
  boolean inMemory() {
    return keeper == null;
  }

  /** See {@link StreamStore#compress}. */
  void compress(boolean on) {
    if (keeper != null) {
      keeper.compress(on);
    }
  }

  /** An array of at least {@code bytes} bytes for a block. */
  byte[] buffer(int bytes) {
    return keeper == null ? new byte[bytes] : keeper.buffer(bytes);
  }

  /** The array of a block became larger, and is now so large. */
  void grew(Block block, int arrayBytes) {
    if (keeper != null && block == tail) {
      keeper.grew(block, arrayBytes);
    }
  }

  /** The block that takes the next message; null when the next message begins one. */
  @Nullable Block tail() {
    return tail;
  }

  /** The block for a message of that sequence behind all others, with {@code size} bytes. */
  Block forNext(long seq, int size) {
    Block block = tail;
    if (block != null && block.used + size <= blockBytes) {
      return block;
    }
    closeTail();
    Block begun = new Block(stream, seq, keeper == null ? null : keeper.place());
    byte[] data = buffer(Math.max(firstBytes(block), MessageCodec.BASE_BYTES + size));
    begun.data = data;
    list.add(begun);
    tail = begun;
    grew(begun, data.length);
    return begun;
  }

  /** How large an array a block begins with, by how the one before it was filled. */
  private int firstBytes(@Nullable Block before) {
    if (before == null) {
      return FIRST_BLOCK_BYTES;
    }
    long filledNanos = before.epochNanos(before.count() - 1) - before.epochNanos(0);
    return filledNanos < BUSY_NANOS ? blockBytes : blockBytes / 4;
  }

  /** The next message begins a block. */
  void closeTail() {
    Block last = tail;
    if (last != null) {
      close(last);
    }
  }

  private void close(Block full) {
    tail = null;
    full.trim();
    if (full.live == 0) {
      drop(full);
    } else if (keeper != null) {
      keeper.closed(full);
    }
  }

  /** Messages of a block were removed. */
  void removedFrom(Block block) {
    if (block == tail) {
      return; // it takes the next message all the same
    }
    if (block.live == 0) {
      drop(block);
    } else if (keeper == null) {
      block.compact();
    } else {
      keeper.thinned(block);
    }
  }

  /** Drops all but the last one, in which nothing lives any more. */
  void removedAll() {
    List<Block> dropped = new ArrayList<>(list.size());
    while (list.size() > 0 && list.get(0) != tail) {
      Block block = list.get(0);
      block.live = 0;
      leave(block);
      dropped.add(block);
    }
    if (keeper != null) {
      keeper.released(dropped);
    }
    Block last = tail;
    if (last != null) {
      for (int i = last.nextLive(0); i < last.count(); i = last.nextLive(i + 1)) {
        last.markGone(i);
      }
    }
  }

  private void drop(Block block) {
    leave(block);
    if (keeper != null) {
      keeper.released(List.of(block));
    }
  }

  private void leave(Block block) {
    list.remove(block);
    stream.expiry().left(block);
    block.data = null;
  }

  /** See {@link StreamStore#load}. */
  void load(long seq, Runnable whenLoaded) {
    int at = list.ceiling(seq);
    Block block = at < list.size() ? list.get(at) : null;
    if (keeper == null || block == null || block.data != null || block.unreadable) {
      whenLoaded.run();
      return;
    }
    keeper.load(block, whenLoaded);
    Block next = at + 1 < list.size() ? list.get(at + 1) : null;
    if (next != null && next.data == null && !next.unreadable && !next.loading) {
      keeper.load(next, null);
    }
  }
}
