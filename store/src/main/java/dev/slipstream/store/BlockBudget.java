// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Blocks of one loop that may take so many bytes of memory together: when it is more, the oldest
 * that nobody touched lately leave. A block is in one such budget at most. Owner: the loop.
 */
final class BlockBudget {
  private final LongSupplier mostBytes;
  private final Consumer<Block> leave;
  private final LinkedHashSet<Block> blocks = new LinkedHashSet<>();
  private long bytes;

  /**
   * No blocks yet.
   *
   * @param mostBytes how many they may take
   * @param leave has a block that was forgotten give back its memory, now or soon
   */
  BlockBudget(LongSupplier mostBytes, Consumer<Block> leave) {
    this.mostBytes = mostBytes;
    this.leave = leave;
  }

  /**
   * A block takes so many bytes now.
   *
   * @param mayLeave whether it may be this one that leaves; otherwise it may exceed the budget
   *     alone
   */
  void hold(Block block, int blockBytes, boolean mayLeave) {
    blocks.add(block);
    bytes += blockBytes - block.heldBytes;
    block.heldBytes = blockBytes;
    for (int left = 2 * blocks.size(); bytes > mostBytes.getAsLong() && left > 0; left--) {
      passOldest(mayLeave ? null : block);
    }
  }

  private void passOldest(@Nullable Block stays) {
    Iterator<Block> all = blocks.iterator();
    Block oldest = all.next();
    if (oldest == stays || oldest.touched) {
      all.remove();
      oldest.touched = false;
      blocks.add(oldest);
    } else {
      forget(oldest);
      leave.accept(oldest);
    }
  }

  /** A block takes nothing any more, or is not this budget's. */
  void forget(Block block) {
    if (blocks.remove(block)) {
      bytes -= block.heldBytes;
      block.heldBytes = 0;
    }
  }
}
