// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.Clock;
import dev.slipstream.base.Disk;
import dev.slipstream.base.EventLoop;
import dev.slipstream.base.Invariant;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;

/**
 * The owner of a data directory: one log for all its streams, and what lies behind it.
 *
 * <p>Life: {@link #open}, {@link #recover} once, then {@link #appender} and {@link #snapshots} for
 * every loop, {@link #startThreads}, {@link #close}. What is appended is applied when it is on
 * disk, as {@link StoreOptions#syncMode} says. After any failure to write or sync nothing becomes
 * durable any more until the next start, and every {@link Applier} is told; reading goes on.
 *
 * <p>Thread-safe unless a method says otherwise. Source: docs/adr/0002-store.md.
 */
public final class Store implements AutoCloseable {
  private static final int MEMORY_BLOCK_BYTES = 256 << 10;

  private final StoreOptions options;
  private final Disk disk;
  private final StoreDirectory directory;
  private final LogFiles files;
  private final Committer committer;
  private final PassThread storage;
  private final ConcurrentHashMap<Long, StreamStore> streams = new ConcurrentHashMap<>();
  private boolean recovered;

  private Store(StoreOptions options, StoreDirectory directory, Clock clock) {
    this.options = options;
    this.disk = directory.disk;
    this.directory = directory;
    this.files = new LogFiles(options, disk, directory.log);
    this.storage =
        new PassThread(
            "slipstream-storage", this::runStorage, () -> 1_000_000_000L, options.onWork());
    this.committer = new Committer(options, clock, files, storage::wake);
  }

  /**
   * Opens {@code directory}/jetstream/slipstream, which is made when it is not there.
   *
   * @throws StoreException when another server holds the directory, when it belongs to another kind
   *     of server or to a version that this one does not know (it is then left untouched), or when
   *     it cannot be read
   */
  public static Store open(StoreOptions options, Disk disk, Path directory, Clock clock)
      throws StoreException {
    return new Store(options, StoreDirectory.open(disk, directory), clock);
  }

  /** Hands {@code recovery} all that the directory holds; called once, on the opening thread. */
  public void recover(Recovery recovery) throws StoreException {
    Invariant.check(!recovered, "recovered twice");
    recovered = true;
    try {
      LogFinder finder = new LogFinder(disk, directory.log, 0);
      List<LogFile> chain = finder.chain;
      files.adopt(chain, finder.stale, finder.firstFreeNumber, 0);
      if (chain.isEmpty()) {
        LogFile first = files.first(0, 1);
        first.writeHeader();
        chain.add(first);
      }
      LogReader reader = new LogReader(chain, 0, 0);
      long[] replayed = {0};
      reader.read(
          record -> {
            replayed[0]++;
            recovery.record(record);
          });
      committer.stats().recovered(replayed[0], reader.damagedRanges() + finder.damagedHeaders);
      committer.begin(chain, reader.end(), reader.generation() + 1);
    } catch (StoreException clear) {
      throw clear;
    } catch (IOException failure) {
      throw new StoreException("the data directory cannot be read: " + failure, failure);
    }
  }

  /** A loop's door to the log; after {@link #recover}. */
  public LogAppender appender(EventLoop loop, Applier applier) {
    LogAppender appender = new LogAppender(loop, applier, committer, options.lazyNanos());
    committer.register(appender);
    return appender;
  }

  /** Registers what writes the snapshots of a loop's assets; before the threads start. */
  public void snapshots(EventLoop loop, SnapshotSource source) {}

  /** The store of a file stream: as recovered, or empty when there was none of that number. */
  public StreamStore fileStream(long assetId, EventLoop loop) {
    return streams.computeIfAbsent(
        assetId, id -> new StreamStore(options.blockBytes(), new Unwritten()));
  }

  /** The store of a memory stream: it touches no file and is gone with the process. */
  public static StreamStore memoryStream() {
    return new StreamStore(MEMORY_BLOCK_BYTES, null);
  }

  /** Forgets a file stream after its deletion was applied; its files go away later. */
  public void dropStream(long assetId) {
    streams.remove(assetId);
  }

  /**
   * Starts the commit thread and the storage worker; never interrupt what {@code threads} makes.
   */
  public void startThreads(ThreadFactory threads) {
    committer.thread().start(threads);
    storage.start(threads);
  }

  /** One pass of the commit thread, where there is none; false when there was nothing to do. */
  public boolean runCommit() {
    return committer.run();
  }

  /** One pass of the storage worker, where there is none; false when there was nothing to do. */
  public boolean runStorage() {
    try {
      boolean worked = files.prepare();
      if (files.isReady()) {
        committer.thread().wake();
      }
      return worked;
    } catch (IOException failure) {
      committer.poison(new StoreException("the storage worker failed: " + failure, failure));
      return false;
    }
  }

  /** Asks for a checkpoint now. */
  public void checkpoint(CompletableFuture<Void> done) {
    throw new UnsupportedOperationException("checkpoints are not there yet");
  }

  /** Figures since the opening. */
  public StoreStats stats() {
    return committer
        .stats()
        .snapshot(committer.committed(), files.neededFrom(), 0, committer.failure());
  }

  /** Ends the threads and releases the directory. */
  @Override
  public void close() {
    committer.thread().stop();
    storage.stop();
    try (directory) {
      files.close();
    } catch (IOException failure) {
      throw new java.io.UncheckedIOException(failure);
    }
  }

  /** Leaves all blocks in memory. */
  private static final class Unwritten implements BlockKeeper {
    @Override
    public BlockPlace place() {
      return new BlockPlace();
    }

    @Override
    public void closed(Block block) {}

    @Override
    public void released(Block block) {}

    @Override
    public void load(Block block, @org.jspecify.annotations.Nullable Runnable whenLoaded) {
      throw new AssertionError("nothing leaves memory");
    }
  }
}
