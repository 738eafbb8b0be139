// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.base.Clock;
import dev.slipstream.base.EventLoop;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.store.Applier;
import dev.slipstream.store.LogAppender;
import dev.slipstream.store.LogRecord;
import dev.slipstream.store.SnapshotSink;
import dev.slipstream.store.SnapshotSource;
import dev.slipstream.store.Store;
import dev.slipstream.store.StoreException;
import dev.slipstream.store.StoredMessage;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The part of the engine that lives on one loop: its streams, its door to the log, and what is
 * cheap to share among them (scratch space, the queue of consumers that have something to do).
 *
 * <p>Owner: its loop.
 */
final class Shard implements Applier, SnapshotSource {

  /** How long a change that nobody waits for may stay out of the log. */
  static final long LAZY_NANOS = 5_000_000L;

  /** What takes a record of one asset. */
  interface Asset {
    /** Applies a durable record; {@code attachment} is what was handed over with it, if live. */
    void apply(LogRecord record, @Nullable Object attachment);

    /**
     * Appends the asset's state to a checkpoint.
     *
     * @return appends the rest on another thread, from what does not change any more
     */
    Consumer<OutputBuffer> writeSnapshot(OutputBuffer out);

    /** The log has failed: what was appended and not applied never happened. */
    void logFailed(StoreException cause);

    /** A publish, with the reply it waits for, was appended and never happened. */
    default void publishDropped(byte[] reply, StoreException cause) {}
  }

  /** Something that wants a turn after the records of a commit, or at the end of a turn. */
  interface Ready {
    void run();
  }

  /** Which of the engine's shards this is. */
  final int index;

  final EventLoop loop;
  final Clock clock;
  final RandomGenerator random;
  final DedupBudget dedupBudget;
  final MessageFrame frame = new MessageFrame();
  final OutputBuffer line = new OutputBuffer(256);

  /** A stored message while it is looked at: whoever reads it is done with it before others run. */
  final StoredMessage looked = new StoredMessage();

  private final Map<Long, Asset> assets = new HashMap<>();
  private final ArrayDeque<Ready> ready = new ArrayDeque<>();
  private final ArrayDeque<Ready> lazy = new ArrayDeque<>();
  private boolean turnEndAsked;
  private boolean lazyArmed;
  private @Nullable Store store;
  private @Nullable LogAppender appender;
  private @Nullable StoreException failure;

  Shard(int index, EventLoop loop, RandomGenerator random, long messageIdBytes) {
    this.index = index;
    this.loop = loop;
    this.random = random;
    clock = loop.clock();
    dedupBudget = new DedupBudget(clock, messageIdBytes);
  }

  /** Opens the door to the log. */
  void open(Store store) {
    this.store = store;
    appender = store.appender(loop, this);
    store.snapshots(loop, this);
  }

  LogAppender log() {
    LogAppender open = appender;
    if (open == null) {
      throw new IllegalStateException("the log is not open");
    }
    return open;
  }

  /** Why the log takes nothing more, or null while it does. */
  @Nullable StoreException failure() {
    return failure;
  }

  /** Whether what is left of the log is kept for records that make room. */
  boolean isStoreFull() {
    Store opened = store;
    return opened != null && opened.isFull();
  }

  /**
   * Takes an asset. Another loop may make the call when it then hands the asset over by a command;
   * before the log is open, the opening thread stands in for all loops.
   */
  void add(long assetId, Asset asset) {
    if (store == null) {
      assets.put(assetId, asset);
    } else {
      run(() -> assets.put(assetId, asset));
    }
  }

  void remove(long assetId) {
    assets.remove(assetId);
  }

  /** Runs {@code task} on this loop: now when the caller is on it. */
  void run(Runnable task) {
    if (loop.inLoop()) {
      task.run();
    } else {
      loop.execute(task);
    }
  }

  /** Has {@code task} run at the end of this turn. */
  void atTurnEnd(Ready task) {
    ready.add(task);
    if (!turnEndAsked) {
      turnEndAsked = true;
      loop.atTurnEnd(this::runReady);
    }
  }

  /** Has {@code task} run within {@link #LAZY_NANOS}, together with others of its kind. */
  void lazily(Ready task) {
    lazy.add(task);
    if (!lazyArmed) {
      lazyArmed = true;
      loop.schedule(LAZY_NANOS, this::runLazy);
    }
  }

  private void runLazy() {
    lazyArmed = false;
    for (int left = lazy.size(); left > 0; left--) {
      lazy.remove().run();
    }
  }

  private void runReady() {
    turnEndAsked = false;
    for (int left = ready.size(); left > 0; left--) {
      ready.remove().run();
    }
  }

  @Override
  public void apply(LogRecord record, @Nullable Object attachment) {
    Asset asset = assets.get(record.assetId);
    if (asset != null) {
      asset.apply(record, attachment);
    }
  }

  @Override
  public void commitApplied() {
    runReady();
  }

  @Override
  public void failed(StoreException cause) {
    failure = cause;
    for (Asset asset : java.util.List.copyOf(assets.values())) {
      asset.logFailed(cause);
    }
  }

  @Override
  public void dropped(LogRecord record, @Nullable Object attachment) {
    StoreException cause = failure;
    if (cause == null) {
      return;
    }
    Asset asset = assets.get(record.assetId);
    if (attachment instanceof Logged waiting) {
      waiting.failed(cause);
    } else if (attachment instanceof byte[] reply && asset != null) {
      asset.publishDropped(reply, cause);
    }
  }

  @Override
  public Collection<Long> assets() {
    return assets.keySet();
  }

  @Override
  public void snapshot(long assetId, SnapshotSink sink) {
    Asset asset = assets.get(assetId);
    if (asset != null) {
      OutputBuffer out = new OutputBuffer(1024);
      sink.asset(out, asset.writeSnapshot(out));
    }
  }
}
