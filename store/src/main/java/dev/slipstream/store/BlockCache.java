// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import java.util.ArrayDeque;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * The blocks of one loop that are in memory although they are on disk: the oldest that nobody read
 * lately goes first. Owner: the loop.
 */
final class BlockCache {
  private final LongSupplier budgetBytes;
  private final BlockBuffers buffers;
  private final ArrayDeque<Block> blocks = new ArrayDeque<>();
  private long bytes;
  private int forgotten;

  /**
   * An empty cache.
   *
   * @param budgetBytes how much it may hold
   * @param buffers takes the arrays of those that leave
   */
  BlockCache(LongSupplier budgetBytes, BlockBuffers buffers) {
    this.budgetBytes = budgetBytes;
    this.buffers = buffers;
  }

  /**
   * A block with its bytes, which are on disk as well; others leave when it is too much, and with
   * them what was read of them in this turn.
   */
  void add(Block block) {
    if (block.cached || block.data == null || !block.written) {
      return;
    }
    block.cached = true;
    blocks.add(block);
    bytes += block.used;
    for (int left = 2 * blocks.size(); bytes > budgetBytes.getAsLong() && left > 0; left--) {
      evictOne();
    }
  }

  private void evictOne() {
    Block oldest = blocks.remove();
    if (!oldest.cached) {
      forgotten--;
    } else if (oldest.touched) {
      oldest.touched = false;
      blocks.add(oldest);
    } else {
      oldest.cached = false;
      buffers.giveBack(Objects.requireNonNull(oldest.data));
      oldest.data = null;
      bytes -= oldest.used;
    }
  }

  /** The block is gone. */
  void forget(Block block) {
    if (block.cached) {
      block.cached = false;
      bytes -= block.used;
      if (++forgotten > 16 + blocks.size() / 2) {
        blocks.removeIf(each -> !each.cached);
        forgotten = 0;
      }
    }
  }

  /** How many bytes it holds. */
  long bytes() {
    return bytes;
  }
}
