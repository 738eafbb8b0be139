// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.EventLoop;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;

/** What the store keeps for one loop. Owner: the loop, once it runs. */
final class LoopState {
  final EventLoop loop;
  final BlockBuffers buffers;

  /** The blocks that take messages; those that took none lately take no more. */
  final BlockBudget open;

  /** The blocks that are in memory although they are on disk. */
  final BlockBudget cache;

  final List<LogAppender> appenders = new CopyOnWriteArrayList<>();
  final List<SnapshotSource> sources = new CopyOnWriteArrayList<>();
  final TreeMap<Long, SegmentedStream> streams = new TreeMap<>();

  LoopState(EventLoop loop, int blockBytes, LongSupplier openBytes, LongSupplier cacheBytes) {
    this.loop = loop;
    this.buffers = new BlockBuffers(blockBytes);
    this.open = new BlockBudget(openBytes, block -> block.stream.closeTail());
    this.cache = new BlockBudget(cacheBytes, this::unload);
  }

  private void unload(Block block) {
    buffers.giveBack(Objects.requireNonNull(block.data));
    block.data = null;
  }

  /** Applies all that is durable, however long it takes. */
  void applyAll() {
    appenders.forEach(appender -> appender.applied().applyAll());
  }

  /** The position behind the last record that the loop applied. */
  long appliedPosition() {
    long applied = 0;
    for (LogAppender appender : appenders) {
      applied = Math.max(applied, appender.applied().position());
    }
    return applied;
  }
}
