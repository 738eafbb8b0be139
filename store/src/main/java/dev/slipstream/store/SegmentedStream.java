// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file stream's side towards the disk: hands its blocks to the storage worker and takes them
 * back. Owner: the stream's loop, once it is claimed.
 */
final class SegmentedStream implements BlockKeeper {
  final long assetId;
  final StreamStore store;
  private final StorageWorker worker;
  private final BlockCompaction compaction;
  private @Nullable LoopState home;
  private boolean compresses;

  SegmentedStream(long assetId, int blockBytes, StorageWorker worker) {
    this.assetId = assetId;
    this.worker = worker;
    this.store = new StreamStore(blockBytes, this);
    this.compaction = new BlockCompaction(store, this);
  }

  /** The stream belongs to a loop from now on. */
  void claim(LoopState loop) {
    home = loop;
  }

  private LoopState home() {
    return Objects.requireNonNull(home, "the stream was not claimed by a loop");
  }

  @Nullable LoopState owner() {
    return home;
  }

  /** Whether blocks that are full are compressed. */
  boolean compresses() {
    return compresses;
  }

  @Override
  public void compress(boolean on) {
    compresses = on;
  }

  @Override
  public BlockPlace place() {
    return new BlockPlace(assetId);
  }

  @Override
  public byte[] buffer(int bytes) {
    return home().buffers.take(bytes);
  }

  @Override
  public void grew(Block block, int arrayBytes) {
    home().open.hold(block, arrayBytes, false);
  }

  @Override
  public void closed(Block block) {
    LoopState to = home();
    to.open.forget(block);
    worker.write(this, block, true, () -> written(to, block));
  }

  private void written(LoopState loop, Block block) {
    block.written = true;
    if (block.live > 0) {
      cache(loop, block);
      compaction.consider(block);
    }
  }

  /** Has written what is new of the block that takes messages, for a checkpoint. */
  void writeTail() {
    Block tail = store.tail();
    if (tail != null && tail.live > 0) {
      worker.write(this, tail, false, null);
    }
  }

  @Override
  public void released(List<Block> blocks) {
    LoopState loop = home();
    List<BlockPlace> places = new ArrayList<>(blocks.size());
    for (Block block : blocks) {
      loop.open.forget(block);
      loop.cache.forget(block);
      place(block).unwanted = !block.named;
      places.add(place(block));
    }
    worker.release(places);
  }

  @Override
  public void replaced(Block block) {
    home().cache.forget(block);
    place(block).unwanted = !block.named;
    worker.vacate(place(block));
  }

  /** The stream is dropped: nothing of it is wanted any more. */
  void drop() {
    compaction.stop();
    BlockList blocks = store.blocks();
    List<BlockPlace> places = new ArrayList<>(blocks.size());
    for (int i = 0; i < blocks.size(); i++) {
      Block block = blocks.get(i);
      place(block).unwanted = !block.named;
      places.add(place(block));
      LoopState loop = home;
      if (loop != null) {
        loop.open.forget(block);
        loop.cache.forget(block);
      }
    }
    worker.drop(assetId, places);
  }

  @Override
  public void load(Block block, @Nullable Runnable whenLoaded) {
    if (whenLoaded != null) {
      block.await(whenLoaded);
    }
    if (!block.loading) {
      block.loading = true;
      LoopState to = home();
      byte[] into = to.buffers.take(block.used);
      worker.load(this, block, into, to.loop, (data, damaged) -> loaded(to, block, data, damaged));
    }
  }

  @Override
  public void nextTurn(Runnable part) {
    EventLoop loop = home().loop;
    if (loop.inLoop()) {
      loop.nextTurn(part);
    } else {
      part.run(); // while the store is opened nobody waits
    }
  }

  private static void loaded(
      LoopState loop, Block block, byte @Nullable [] data, long @Nullable [] damaged) {
    block.loaded(data, damaged);
    if (data != null && block.data != data) {
      loop.buffers.giveBack(data); // nothing lives in the block any more
    }
    if (block.live > 0) {
      cache(loop, block); // after whoever waited has read it
    }
  }

  /** Others leave memory when it is too much, and with them what was read of them in this turn. */
  private static void cache(LoopState loop, Block block) {
    if (block.data != null && block.written) {
      loop.cache.hold(block, block.used, true);
    }
  }

  @Override
  public void thinned(Block block) {
    compaction.consider(block);
  }

  static BlockPlace place(Block block) {
    return Objects.requireNonNull(block.place, "a file stream's block has a place");
  }
}
