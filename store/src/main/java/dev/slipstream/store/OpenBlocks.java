// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.function.LongSupplier;

/**
 * The blocks of one loop's file streams that take messages: when their arrays are too much
 * together, those that took none lately take no more, and may leave memory once they are written.
 * Owner: the loop.
 */
final class OpenBlocks {
  private final LongSupplier budgetBytes;
  private final LinkedHashSet<Block> blocks = new LinkedHashSet<>();
  private long bytes;

  /**
   * None yet.
   *
   * @param budgetBytes how much their arrays may take, beside that of the block that grew last
   */
  OpenBlocks(LongSupplier budgetBytes) {
    this.budgetBytes = budgetBytes;
  }

  /** The array of a block that takes messages is now so large. */
  void grew(Block block, int arrayBytes) {
    blocks.add(block);
    bytes += arrayBytes - block.openBytes;
    block.openBytes = arrayBytes;
    for (int left = 2 * blocks.size(); bytes > budgetBytes.getAsLong() && left > 0; left--) {
      closeOldest(block);
    }
  }

  private void closeOldest(Block present) {
    Iterator<Block> all = blocks.iterator();
    Block oldest = all.next();
    if (oldest == present || oldest.touched) {
      all.remove();
      oldest.touched = false;
      blocks.add(oldest);
    } else {
      oldest.stream.closeTail();
    }
  }

  /** A block takes no more messages, or is gone. */
  void forget(Block block) {
    if (blocks.remove(block)) {
      bytes -= block.openBytes;
      block.openBytes = 0;
    }
  }

  /** How many bytes their arrays take. */
  long bytes() {
    return bytes;
  }
}
