// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Copies what lives of full blocks into new ones: of one of which little is left, so that its room
 * on disk becomes free, and of many small neighbours together, so that the number of blocks stays
 * in proportion to what lives. Owner: the stream's loop.
 */
final class BlockCompaction {
  /** How many small neighbours are worth being copied together. */
  private static final int NEIGHBOURS = 8;

  /** Neighbours with more than so many times a block's bytes wait for others of their size. */
  private static final int ALIKE = 4;

  private static final int LEAST_BYTES = 256;

  /** A turn copies blocks until it is so many bytes. */
  private static final long TURN_BYTES = 32 << 10;

  private final StreamStore stream;
  private final BlockList list;
  private final BlockKeeper keeper;
  private boolean stopped;

  BlockCompaction(StreamStore stream, BlockKeeper keeper) {
    this.stream = stream;
    this.list = stream.blocks();
    this.keeper = keeper;
  }

  /** Nothing of the stream is wanted any more. */
  void stop() {
    stopped = true;
  }

  /** A block was written, or messages of it were removed: it may be worth copying now. */
  void consider(Block block) {
    if (stopped || !isSmall(block)) {
      return;
    }
    List<Block> run = neighbours(block);
    if (run.isEmpty()) {
      return;
    }
    run.forEach(each -> each.moving = true);
    keeper.nextTurn(() -> copyFrom(run, 0, null));
  }

  /** Whether a block may be copied, and others of its size have room beside it. */
  private boolean isSmall(Block block) {
    return block.written
        && !block.moving
        && block.live > 0
        && !block.unreadable
        && !block.hasDamage()
        && block.liveBytes() <= stream.blockBytes() / ALIKE;
  }

  /** The block and those beside it that are small too, as far as they are worth being copied. */
  private List<Block> neighbours(Block block) {
    int at = list.ceiling(block.firstSeq);
    long most = Math.max(LEAST_BYTES, block.liveBytes()) * ALIKE;
    long sum = block.liveBytes();
    int from = at;
    while (from > 0 && fits(list.get(from - 1), most, sum)) {
      sum += list.get(--from).liveBytes();
    }
    int to = at;
    while (to + 1 < list.size() && fits(list.get(to + 1), most, sum)) {
      sum += list.get(++to).liveBytes();
    }
    if (to - from + 1 < NEIGHBOURS) {
      return block.isThin() ? List.of(block) : List.of();
    }
    List<Block> run = new ArrayList<>(to - from + 1);
    for (int i = from; i <= to; i++) {
      run.add(list.get(i));
    }
    return run;
  }

  private boolean fits(Block beside, long most, long sum) {
    return isSmall(beside)
        && beside.liveBytes() <= most
        && sum + beside.liveBytes() <= stream.blockBytes();
  }

  /** Copies the blocks of a run from one on, each as soon as it is in memory, some in a turn. */
  private void copyFrom(List<Block> run, int next, @Nullable Block begun) {
    Block copy = begun;
    long copied = 0;
    for (int i = next; i < run.size(); i++) {
      Block block = run.get(i);
      if (stopped || block.unreadable || block.hasDamage()) {
        // a damaged block stays: what is wrong in it shows by the places of its records
        run.forEach(each -> each.moving = false);
        return;
      }
      int at = i;
      Block sofar = copy;
      if (copied >= TURN_BYTES) {
        keeper.nextTurn(() -> copyFrom(run, at, sofar));
        return;
      }
      if (block.live > 0 && block.data == null) {
        keeper.load(block, () -> copyFrom(run, at, sofar));
        return;
      }
      if (block.live > 0) {
        copy = copy == null ? begin(block) : copy;
        copied += block.liveBytes();
        copy.copyLive(block);
      }
    }
    if (copy != null) {
      replace(run, copy);
    }
  }

  private Block begin(Block first) {
    Block copy = new Block(stream, first.seq(first.firstLive()), keeper.place());
    copy.data = new byte[LEAST_BYTES];
    return copy;
  }

  /** Puts the copy in the place of those of a run that still live. */
  private void replace(List<Block> run, Block copy) {
    int at = 0;
    for (Block block : run) {
      at = copy.follow(block, at);
    }
    List<Block> living = new ArrayList<>(run);
    living.removeIf(block -> block.live == 0);
    if (living.isEmpty()) {
      return;
    }
    copy.trim();
    living.subList(1, living.size()).forEach(list::remove);
    list.replace(living.get(0), copy);
    living.forEach(stream.expiry()::moved);
    stream.expiry().joined(copy);
    for (Block block : living) {
      block.live = 0;
      block.data = null;
      keeper.replaced(block);
    }
    keeper.closed(copy);
  }
}
