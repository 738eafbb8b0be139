// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.EventLoop;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;

/** What the store keeps for one loop. Owner: the loop, once it runs. */
final class LoopState {
  final EventLoop loop;
  final BlockBuffers buffers;
  final OpenBlocks open;
  final BlockCache cache;
  final List<LogAppender> appenders = new CopyOnWriteArrayList<>();
  final List<SnapshotSource> sources = new CopyOnWriteArrayList<>();
  final TreeMap<Long, SegmentedStream> streams = new TreeMap<>();

  LoopState(EventLoop loop, int blockBytes, LongSupplier openBytes, LongSupplier cacheBytes) {
    this.loop = loop;
    this.buffers = new BlockBuffers(blockBytes);
    this.open = new OpenBlocks(openBytes);
    this.cache = new BlockCache(cacheBytes, buffers);
  }

  /** The position behind the last record that the loop applied. */
  long appliedPosition() {
    long applied = 0;
    for (LogAppender appender : appenders) {
      applied = Math.max(applied, appender.appliedPosition());
    }
    return applied;
  }
}
