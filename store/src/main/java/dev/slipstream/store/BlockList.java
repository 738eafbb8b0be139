// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.Invariant;
import java.util.Arrays;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The blocks of one stream in the order of their sequences. Owner: the stream's loop. */
final class BlockList {
  private @Nullable Block[] blocks = new Block[4];
  private int head;
  private int end;
  private @Nullable Block lastFound;

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
    lastFound = null;
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
    lastFound = null;
  }

  /** The block that has or had the message of that sequence; null when there is none. */
  @Nullable Block of(long seq) {
    Block recent = lastFound;
    if (recent != null && seq >= recent.firstSeq && seq <= recent.lastSeq()) {
      return recent;
    }
    int at = ceiling(seq);
    Block block = at < size() ? get(at) : null;
    if (block == null || block.firstSeq > seq) {
      return null;
    }
    lastFound = block;
    return block;
  }

  /** The block in which the message of that sequence lives; null when there is none. */
  @Nullable Block holding(long seq) {
    Block block = of(seq);
    int index = block == null ? -1 : block.indexOf(seq);
    return block != null && index >= 0 && block.isLive(index) ? block : null;
  }

  /** The sequence of the first message in a range that passes; 0 when there is none. */
  long next(long fromSeq, long toSeq, IntPredicate subjectIdMatches) {
    for (int b = ceiling(fromSeq); b < size() && get(b).firstSeq <= toSeq; b++) {
      Block block = get(b);
      int end = endOf(block, toSeq);
      for (int i = block.nextLive(block.ceiling(fromSeq)); i < end; i = block.nextLive(i + 1)) {
        if (subjectIdMatches.test(block.subjectId(i))) {
          return block.seq(i);
        }
      }
    }
    return 0;
  }

  /** The index behind the block's last message up to {@code toSeq}. */
  private static int endOf(Block block, long toSeq) {
    return toSeq >= block.lastSeq() ? block.count() : block.ceiling(toSeq + 1);
  }

  /** The sequence of the last message in a range that passes; 0 when there is none. */
  long previous(long fromSeq, long toSeq, IntPredicate subjectIdMatches) {
    for (int b = Math.min(ceiling(fromSeq), size() - 1); b >= 0 && get(b).lastSeq() >= toSeq; b--) {
      Block block = get(b);
      int beyond = block.ceiling(fromSeq);
      int from = beyond < block.count() && block.seq(beyond) == fromSeq ? beyond : beyond - 1;
      int end = block.ceiling(toSeq);
      for (int i = block.previousLive(from); i >= end; i = block.previousLive(i - 1)) {
        if (subjectIdMatches.test(block.subjectId(i))) {
          return block.seq(i);
        }
      }
    }
    return 0;
  }

  /** How many messages there are from {@code fromSeq} on. */
  long count(long fromSeq) {
    long count = 0;
    for (int b = ceiling(fromSeq); b < size(); b++) {
      Block block = get(b);
      count += block.firstSeq >= fromSeq ? block.live : block.countLive(block.ceiling(fromSeq));
    }
    return count;
  }

  /** See {@link StreamStore#ahead}. */
  long ahead(long fromSeq, long behind) {
    long left = behind;
    for (int b = ceiling(fromSeq); b < size(); b++) {
      Block block = get(b);
      int from = block.firstSeq >= fromSeq ? 0 : block.ceiling(fromSeq);
      int here = from == 0 ? block.live : block.countLive(from);
      if (left < here) {
        int index = block.nextLive(from);
        for (; left > 0; left--) {
          index = block.nextLive(index + 1);
        }
        return block.seq(index);
      }
      left -= here;
    }
    return 0;
  }

  /** See {@link StreamStore#back}. */
  long back(long fromSeq, long before) {
    long left = before;
    for (int b = Math.min(ceiling(fromSeq), size() - 1); b >= 0; b--) {
      Block block = get(b);
      int end = block.lastSeq() <= fromSeq ? block.count() : block.ceiling(fromSeq + 1);
      int here = block.live - (end == block.count() ? 0 : block.countLive(end));
      if (left < here) {
        int index = block.previousLive(end - 1);
        for (; left > 0; left--) {
          index = block.previousLive(index - 1);
        }
        return block.seq(index);
      }
      left -= here;
    }
    return 0;
  }

  /** How many messages there are in a range that pass. */
  long count(long fromSeq, long toSeq, IntPredicate subjectIdMatches) {
    long count = 0;
    for (int b = ceiling(fromSeq); b < size() && get(b).firstSeq <= toSeq; b++) {
      Block block = get(b);
      int end = endOf(block, toSeq);
      for (int i = block.nextLive(block.ceiling(fromSeq)); i < end; i = block.nextLive(i + 1)) {
        if (subjectIdMatches.test(block.subjectId(i))) {
          count++;
        }
      }
    }
    return count;
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
      if (block.epochNanos(block.count() - 1) < epochNanos) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
