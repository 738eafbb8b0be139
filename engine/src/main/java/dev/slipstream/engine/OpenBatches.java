// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.base.EventLoop;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The open batches of one kind in one stream, by their ids. Those that are idle for too long end,
 * by the one timer here. Owner: the stream's loop; {@code total} counts those of all loops.
 */
final class OpenBatches<B> {
  private static final class Entry<B> {
    private final B batch;
    private long idleAtNanos;

    Entry(B batch) {
      this.batch = batch;
    }
  }

  private final Stream stream;
  private final AtomicInteger total;
  private final BiConsumer<String, B> ended;
  private final Map<String, Entry<B>> open = new HashMap<>();
  private EventLoop.@Nullable Timer timer;

  /**
   * No batch yet.
   *
   * @param ended hears of each that was idle for too long, when it is not there any more
   */
  OpenBatches(Stream stream, AtomicInteger total, BiConsumer<String, B> ended) {
    this.stream = stream;
    this.total = total;
    this.ended = ended;
  }

  int size() {
    return open.size();
  }

  @Nullable B find(String id) {
    Entry<B> entry = open.get(id);
    return entry == null ? null : entry.batch;
  }

  /** Whether one more may be opened. */
  boolean hasRoom(int mostInStream, int mostInServer) {
    return open.size() < mostInStream && total.get() < mostInServer;
  }

  void open(String id, B batch) {
    total.incrementAndGet();
    open.put(id, new Entry<>(batch));
    touch(id);
  }

  /** A batch is not idle. */
  void touch(String id) {
    Entry<B> entry = open.get(id);
    if (entry != null) {
      long idleNanos = stream.account.options().batches().idleNanos();
      entry.idleAtNanos = stream.shard.clock.nanos() + idleNanos;
      arm(idleNanos);
    }
  }

  /** A batch waits for the log alone, and is not idle however long that takes. */
  void keep(String id) {
    Entry<B> entry = open.get(id);
    if (entry != null) {
      entry.idleAtNanos = Long.MAX_VALUE;
    }
  }

  /** Ends a batch, if it is open. */
  void remove(String id) {
    if (open.remove(id) != null) {
      total.decrementAndGet();
    }
  }

  private void arm(long delayNanos) {
    if (timer == null) {
      timer = stream.shard.loop.schedule(delayNanos, this::endIdle);
    }
  }

  private void endIdle() {
    timer = null;
    long now = stream.shard.clock.nanos();
    long next = Long.MAX_VALUE;
    for (Map.Entry<String, Entry<B>> each : List.copyOf(open.entrySet())) {
      Entry<B> entry = each.getValue();
      if (entry.idleAtNanos == Long.MAX_VALUE) {
        continue;
      }
      if (entry.idleAtNanos - now <= 0) {
        remove(each.getKey());
        ended.accept(each.getKey(), entry.batch);
      } else {
        next = Math.min(next, entry.idleAtNanos - now);
      }
    }
    if (next != Long.MAX_VALUE) {
      arm(next);
    }
  }

  /** Ends all; {@link #ended} does not hear of them. */
  List<B> close() {
    List<B> all = open.values().stream().map(entry -> entry.batch).toList();
    total.addAndGet(-open.size());
    open.clear();
    EventLoop.Timer armed = timer;
    if (armed != null) {
      armed.cancel();
      timer = null;
    }
    return all;
  }
}
