// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.Invariant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The blocks of one stream in the order of their sequences. Owner: the stream's loop. */
final class BlockList {
  private @Nullable Block[] blocks = new Block[4];
  private int head;
  private int end;

  int size() {
    return end - head;
  }

  Block get(int index) {
    Block block = blocks[head + index];
    if (block == null) {
      throw new IndexOutOfBoundsException(index);
    }
    return block;
  }

  void add(Block block) {
    if (end == blocks.length) {
      int size = size();
      int capacity = head > end / 2 ? blocks.length : blocks.length * 2;
      blocks = Arrays.copyOf(Arrays.copyOfRange(blocks, head, end), capacity);
      head = 0;
      end = size;
    }
    blocks[end++] = block;
  }

  /** Takes a block out; removing the first costs nothing. */
  void remove(Block block) {
    int at = head + ceiling(block.firstSeq);
    if (at == head) {
      blocks[head++] = null;
    } else {
      System.arraycopy(blocks, at + 1, blocks, at, end - at - 1);
      blocks[--end] = null;
    }
  }

  /** Puts a block where another one was, whose sequences include its own. */
  void replace(Block old, Block with) {
    int at = head + ceiling(old.firstSeq);
    Invariant.check(blocks[at] == old, "a block that is not in the list");
    blocks[at] = with;
  }

  /** Takes out the last block. */
  void removeLast() {
    blocks[--end] = null;
  }

  /** The index of the first block whose last sequence is at least {@code seq}; may be size. */
  int ceiling(long seq) {
    int low = 0;
    int high = size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (get(middle).lastSeq() < seq) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The index of the first block whose last message has a time of at least {@code epochNanos}. */
  int ceilingOfTime(long epochNanos) {
    int low = 0;
    int high = size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      Block block = get(middle);
      if (block.epochNanos(block.count - 1) < epochNanos) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
