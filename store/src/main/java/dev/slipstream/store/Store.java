// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.Clock;
import dev.slipstream.base.Disk;
import dev.slipstream.base.EventLoop;
import dev.slipstream.base.Invariant;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

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

  private static final long DRAIN_SECONDS = 10;
  private static final Logger LOG = System.getLogger(Store.class.getName());

  private final StoreOptions options;
  private final StoreDirectory directory;
  private final LogFiles files;
  private final DiskReserve reserve;
  private final SegmentFiles segments;
  private final SegmentBlocks blocks;
  private final CheckpointFile checkpointFile;
  private final Committer committer;
  private final StorageWorker worker;
  private final List<LoopState> loops = new CopyOnWriteArrayList<>();
  private final ConcurrentHashMap<EventLoop, LoopState> byLoop = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Long, SegmentedStream> streams = new ConcurrentHashMap<>();
  private volatile boolean recovering;
  private boolean recovered;
  private boolean closed;

  private Store(StoreOptions options, StoreDirectory directory, Clock clock) {
    this.options = options;
    this.directory = directory;
    this.reserve = new DiskReserve(options, directory);
    this.files = new LogFiles(options, directory, reserve);
    this.segments = new SegmentFiles(options, directory.disk, directory.segments);
    this.blocks = new SegmentBlocks(options, directory, segments);
    this.checkpointFile = new CheckpointFile(directory);
    ReadPace readPace = new ReadPace(clock, options.pacedReadBytes());
    this.committer = new Committer(options, clock, files, readPace, this::wakeStorage);
    this.worker =
        new StorageWorker(
            options,
            clock,
            files,
            reserve,
            segments,
            blocks,
            checkpointFile,
            committer,
            readPace,
            loops);
  }

  private void wakeStorage() {
    worker.thread().wake();
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

  /**
   * Hands {@code recovery} all that the directory holds: the last checkpoint, then the log since.
   * Called once, on the opening thread; when it fails, {@link #close} is all that is left to do.
   */
  public void recover(Recovery recovery) throws StoreException {
    Invariant.check(!recovered, "recovered twice");
    recovered = true;
    recovering = true;
    worker.recovering(true);
    try {
      reserve.find();
      segments.noteNames();
      CheckpointFile.Content checkpoint = checkpointFile.read();
      if (checkpoint != null) {
        restore(checkpoint, recovery);
      }
      replay(checkpoint, recovery);
      segments.removeStrangers();
    } catch (StoreException clear) {
      throw clear;
    } catch (IOException failure) {
      throw new StoreException("the data directory cannot be read: " + failure, failure);
    } finally {
      worker.recovering(false);
      recovering = false;
    }
    if (!worker.checkpointer().unclaimed.isEmpty()) {
      LOG.log(
          Logger.Level.WARNING,
          "streams that nobody asked for are kept as they are: {0}",
          worker.checkpointer().unclaimed.keySet());
    }
  }

  private void restore(CheckpointFile.Content checkpoint, Recovery recovery) throws IOException {
    StreamRestorer restorer = new StreamRestorer(segments, blocks);
    for (CheckpointFile.Section section : checkpoint.sections().values()) {
      if (section.hasManifest()) {
        SegmentedStream stream =
            new SegmentedStream(section.assetId(), options.blockBytes(), worker);
        restorer.restore(stream, section.bytes(), section.snapshotTo());
        streams.put(section.assetId(), stream);
        worker.checkpointer().unclaimed.put(section.assetId(), section);
      }
    }
    worker.countDamaged(restorer.lost());
    for (CheckpointFile.Section section : checkpoint.sections().values()) {
      if (section.hasSnapshot()) {
        recovery.snapshot(
            section.assetId(), section.bytes(), section.snapshotFrom(), section.snapshotTo());
      }
    }
  }

  private void replay(CheckpointFile.@Nullable Content checkpoint, Recovery recovery)
      throws IOException {
    long from = checkpoint == null ? 0 : checkpoint.position();
    int generation = checkpoint == null ? 0 : checkpoint.generation();
    LogFinder finder = new LogFinder(directory.disk, directory.log, from);
    List<LogFile> chain = finder.chain;
    files.adopt(chain, finder.stale, finder.firstFreeNumber, from);
    if (checkpoint == null && !chain.isEmpty() && chain.get(0).start > 0) {
      throw new StoreException(
          "the log in "
              + directory.log
              + " begins at position "
              + chain.get(0).start
              + " and there is no checkpoint; nothing was changed");
    }
    if (chain.isEmpty()) {
      LogFile first = files.first(from, generation + 1);
      first.writeHeader();
      chain.add(first);
    }
    long contained = checkpoint == null ? 0 : checkpoint.highestPosition();
    LogReader reader = new LogReader(chain, from, generation, contained);
    long[] replayed = {0};
    reader.read(
        record -> {
          CheckpointFile.Section known =
              checkpoint == null ? null : checkpoint.sections().get(record.assetId);
          if (known == null || record.position > known.position()) {
            replayed[0]++;
            recovery.record(record);
            worker.catchUp();
          }
        });
    StoreException failure = committer.failure();
    if (failure != null) {
      throw failure;
    }
    committer.stats().recovered(replayed[0], reader.damagedRanges());
    committer.begin(chain, reader.saidDurable(), reader.end(), reader.generation() + 1);
  }

  /** A loop's door to the log; one a loop, after {@link #recover}. */
  public LogAppender appender(EventLoop loop, Applier applier) {
    LogAppender appender = new LogAppender(loop, applier, committer, options.lazyNanos());
    registered(loop).appenders.add(appender);
    committer.register(appender);
    return appender;
  }

  /**
   * Registers what writes the snapshots of a loop's assets: right after {@link #recover}, since a
   * checkpoint holds only what the registered sources write. The loop that owns the catalogue comes
   * first, here or in {@link #appender}.
   */
  public void snapshots(EventLoop loop, SnapshotSource source) {
    registered(loop).sources.add(source);
  }

  private LoopState state(EventLoop loop) {
    return byLoop.computeIfAbsent(
        loop,
        any -> {
          LoopState made =
              new LoopState(
                  loop,
                  options.blockBytes(),
                  () -> options.openBytes() / Math.max(1, byLoop.size()),
                  () -> options.cacheBytes() / Math.max(1, byLoop.size()));
          loops.add(made);
          return made;
        });
  }

  /** The state of a loop that is registered; the first of them is asked first at checkpoints. */
  private LoopState registered(EventLoop loop) {
    LoopState state = state(loop);
    boolean first =
        loops.stream().allMatch(each -> each.appenders.isEmpty() && each.sources.isEmpty());
    if (first && loops.remove(state)) {
      loops.add(0, state);
    }
    return state;
  }

  /**
   * The store of a file stream: as recovered, or empty when there was none of that number.
   *
   * @param loop owns it from then on; another loop may make the call when it then hands the stream
   *     over by a command
   */
  public StreamStore fileStream(long assetId, EventLoop loop) {
    SegmentedStream stream =
        streams.computeIfAbsent(
            assetId, id -> new SegmentedStream(id, options.blockBytes(), worker));
    if (stream.owner() == null) {
      LoopState home = state(loop);
      stream.claim(home);
      worker.checkpointer().unclaimed.remove(assetId);
      runOn(loop, () -> home.streams.put(assetId, stream));
    }
    return stream.store;
  }

  /** Runs on a loop what touches its state; the opening thread stands in for all loops. */
  private void runOn(EventLoop loop, Runnable command) {
    if (recovering || loop.inLoop()) {
      command.run();
    } else {
      loop.execute(command);
    }
  }

  /**
   * Whether the disk is full and the rest of the log is kept for records that make room, so that no
   * message should be appended. Any thread.
   */
  public boolean isFull() {
    return committer.isFull() || reserve.isUsed();
  }

  /** The store of a memory stream: it touches no file and is gone with the process. */
  public static StreamStore memoryStream() {
    return new StreamStore(MEMORY_BLOCK_BYTES, null);
  }

  /**
   * Forgets a file stream after its deletion was applied, or one that the recovery does not know;
   * its files go away later.
   */
  public void dropStream(long assetId) {
    SegmentedStream stream = streams.remove(assetId);
    if (stream == null) {
      return;
    }
    worker.checkpointer().unclaimed.remove(assetId);
    LoopState home = stream.owner();
    if (home == null) {
      stream.drop();
    } else {
      runOn(
          home.loop,
          () -> {
            home.streams.remove(assetId);
            stream.drop();
          });
    }
  }

  /**
   * Starts the commit thread and the storage worker; never interrupt what {@code threads} makes.
   */
  public void startThreads(ThreadFactory threads) {
    committer.thread().start(threads);
    worker.thread().start(threads);
  }

  /** One pass of the commit thread, where there is none; false when there was nothing to do. */
  public boolean runCommit() {
    return committer.run();
  }

  /** One pass of the storage worker, where there is none; false when there was nothing to do. */
  public boolean runStorage() {
    return worker.run();
  }

  /**
   * Asks for a checkpoint now; {@code done} is completed on the storage worker's thread. It is also
   * made by itself when the log has grown by {@link StoreOptions#checkpointBytes}.
   */
  public void checkpoint(CompletableFuture<Void> done) {
    worker.checkpointer().request(done);
  }

  /** Figures since the opening. */
  public StoreStats stats() {
    return committer
        .stats()
        .snapshot(
            committer.committed(),
            files.neededFrom(),
            worker.damagedMessages(),
            committer.failure());
  }

  /**
   * Waits until what was appended is applied, makes a last checkpoint, ends the threads and
   * releases the directory. The loops must still run, and none of them may call it. Where they have
   * ended, or the store has no threads, or it takes too long, there is no last checkpoint: the next
   * start then replays the log.
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    boolean healthy = recovered && committer.failure() == null;
    if (healthy && committer.thread().isStarted()) {
      drain();
    }
    committer.thread().stop();
    worker.thread().stop();
    while (healthy && committer.failure() == null && committer.run()) {
      // what was handed over last
    }
    try (directory;
        segments) {
      files.close();
    } catch (IOException failure) {
      LOG.log(Logger.Level.WARNING, "closing the store", failure);
    }
  }

  private void drain() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    try {
      for (LoopState state : loops) {
        CompletableFuture<Void> applied = new CompletableFuture<>();
        state.loop.execute(() -> whenApplied(state, applied));
        await(applied);
      }
      checkpoint(done);
      await(done);
    } catch (ExecutionException | TimeoutException | IllegalStateException noCheckpoint) {
      LOG.log(Logger.Level.INFO, "closed without a last checkpoint: {0}", noCheckpoint);
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Waits; not for long when the disk is full, since what then waits for room is not said to
   * anyone.
   */
  private void await(CompletableFuture<Void> done)
      throws ExecutionException, TimeoutException, InterruptedException {
    for (int seconds = 1; ; seconds++) {
      try {
        done.get(1, TimeUnit.SECONDS);
        return;
      } catch (TimeoutException late) {
        if (seconds >= DRAIN_SECONDS || files.isDiskFull()) {
          throw late;
        }
      }
    }
  }

  private static void whenApplied(LoopState state, CompletableFuture<Void> applied) {
    CompletableFuture<?>[] each = new CompletableFuture<?>[state.appenders.size()];
    for (int i = 0; i < each.length; i++) {
      CompletableFuture<Void> one = new CompletableFuture<>();
      each[i] = one;
      state.appenders.get(i).whenDurable(() -> one.complete(null));
    }
    CompletableFuture.allOf(each).thenRun(() -> applied.complete(null));
  }
}
