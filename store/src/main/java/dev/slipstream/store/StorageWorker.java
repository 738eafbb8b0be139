// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.Clock;
import dev.slipstream.base.DiskFullException;
import dev.slipstream.base.EventLoop;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The work behind the log: brings blocks to disk and back, prepares log files, makes checkpoints.
 *
 * <p>Each pass reads for one loop that waits, and does one piece of the rest: in the order in which
 * it was asked for, so that what a loop asked before its part of a checkpoint is done before it.
 * When the disk is full, what could not be written waits and is tried again; any other failure to
 * write poisons the store. Reading goes on after that. The methods that ask for work belong to the
 * loops, {@link #run} to the storage worker.
 */
final class StorageWorker {
  private static final Logger LOG = System.getLogger(StorageWorker.class.getName());
  private static final long RETRY_NANOS = 100_000_000;
  private static final int READ_ATTEMPTS = 10;

  /** A piece of work. */
  @FunctionalInterface
  interface Task {
    /** Does it. */
    void run() throws IOException;
  }

  /** Takes the bytes of a block. */
  @FunctionalInterface
  interface Loaded {
    /** The bytes, null when they cannot be read, and which records in them are damaged. */
    void loaded(byte @Nullable [] data, long @Nullable [] damaged);
  }

  /** A block that a loop waits for. */
  private record Load(
      SegmentedStream stream,
      BlockEntries entries,
      int used,
      byte[] into,
      EventLoop loop,
      Loaded then) {}

  /** A block that could not be read, to be tried again. */
  private record Retry(Task load, long atNanos) {}

  private record Write(BlockWrite block, EventLoop loop, @Nullable Runnable whenWritten) {}

  private final StoreOptions options;
  private final Clock clock;
  private final LogFiles files;
  private final DiskReserve reserve;
  private final Committer committer;
  private final SegmentFiles segments;
  private final SegmentBlocks blocks;
  private final Checkpointer checkpointer;
  private final ReadPace readPace;
  private final PassThread thread;
  private final Queue<Task> loads = new ConcurrentLinkedQueue<>();
  private final ArrayDeque<Retry> retries = new ArrayDeque<>();
  private final Queue<Task> tasks = new ConcurrentLinkedQueue<>();
  private final List<Write> unwritten = new ArrayList<>();
  private final AtomicLong damagedMessages = new AtomicLong();
  private boolean recovering;
  private boolean diskFull;
  private boolean waitsForRetry;
  private long retryAtNanos;
  private boolean logFull;
  private long logRetryAtNanos;

  StorageWorker(
      StoreOptions options,
      Clock clock,
      LogFiles files,
      DiskReserve reserve,
      SegmentFiles segments,
      SegmentBlocks blocks,
      CheckpointFile checkpointFile,
      Committer committer,
      ReadPace readPace,
      List<LoopState> loops) {
    this.options = options;
    this.clock = clock;
    this.files = files;
    this.reserve = reserve;
    this.committer = committer;
    this.segments = segments;
    this.blocks = blocks;
    this.readPace = readPace;
    this.checkpointer =
        new Checkpointer(options, clock, files, segments, checkpointFile, committer, loops, this);
    this.thread =
        new PassThread("slipstream-storage", this::run, this::idleNanos, options.onWork());
  }

  private long idleNanos() {
    boolean retry = diskFull || logFull || reserve.isUsed() || waitsForRetry;
    long most = retry ? RETRY_NANOS : 1_000_000_000L;
    return loads.isEmpty() ? most : Math.max(1, Math.min(most, readPace.waitNanos()));
  }

  PassThread thread() {
    return thread;
  }

  Checkpointer checkpointer() {
    return checkpointer;
  }

  long damagedMessages() {
    return damagedMessages.get();
  }

  void countDamaged(long messages) {
    damagedMessages.addAndGet(messages);
  }

  /** Queues a piece of work. Any thread. */
  void submit(Task task) {
    tasks.add(task);
    thread.wake();
  }

  /** Has the present content of a block written. */
  void write(SegmentedStream stream, Block block, boolean full, @Nullable Runnable whenWritten) {
    LoopState home = Objects.requireNonNull(stream.owner());
    byte[] data = Objects.requireNonNull(block.data, "written blocks are in memory");
    boolean compress = stream.compresses();
    // what is written anew when it is full should not leave holes among what stays
    boolean pack = stream.store.bytes() < options.packedBytes() || compress && !full;
    BlockPlace place = SegmentedStream.place(block);
    BlockWrite content = new BlockWrite(place, data, block.used, full, compress, pack);
    submit(() -> write(new Write(content, home.loop, whenWritten)));
  }

  private void write(Write write) throws IOException {
    if (write.block.place().unwanted) {
      return;
    }
    try {
      blocks.write(write.block);
    } catch (DiskFullException full) {
      unwritten.add(write);
      throw full;
    }
    Runnable then = write.whenWritten;
    if (then != null) {
      post(write.loop, then);
    }
  }

  /** Nothing of these blocks is wanted any more. */
  void release(List<BlockPlace> places) {
    submit(() -> places.forEach(segments::release));
  }

  /** What lived in a block is in another one, which only a checkpoint made later names. */
  void vacate(BlockPlace place) {
    submit(() -> segments.vacate(place));
  }

  /** Nothing of a stream is wanted any more; only a checkpoint made later is without it. */
  void drop(long assetId, List<BlockPlace> places) {
    submit(() -> segments.drop(assetId, places));
  }

  /** Brings a block that is on disk into an array. */
  void load(SegmentedStream stream, Block block, byte[] into, EventLoop loop, Loaded then) {
    Load load = new Load(stream, block.entries(), block.used, into, loop, then);
    BlockPlace place = SegmentedStream.place(block);
    loads.add(() -> load(load, place, 1));
    thread.wake();
  }

  private void load(Load load, BlockPlace place, int attempt) {
    byte[] data = load.into;
    SegmentFile file = place.file;
    if (file == null) {
      post(load.loop, () -> load.then.loaded(null, null));
      return;
    }
    try {
      readPace.read(blocks.read(file, place, data, load.used, readPace.isPacing()));
    } catch (EOFException | NoSuchFileException | FileNotFoundException cutOrRemoved) {
      LOG.log(Logger.Level.ERROR, file + " is cut or missing", cutOrRemoved);
      post(load.loop, () -> load.then.loaded(null, null));
      return;
    } catch (IOException failure) {
      LOG.log(Logger.Level.ERROR, file + " cannot be read at " + place.offset, failure);
      if (attempt < READ_ATTEMPTS) {
        long at = clock.nanos() + RETRY_NANOS;
        retries.add(new Retry(() -> load(load, place, attempt + 1), at));
        waitsForRetry = true;
      } else {
        post(load.loop, () -> load.then.loaded(null, null));
      }
      return;
    }
    long[] damaged = BlockFooter.damage(data, load.used, load.entries);
    report(load.stream, file, damaged);
    post(load.loop, () -> load.then.loaded(data, damaged));
  }

  private @Nullable Task nextLoad() {
    Retry retry = retries.peek();
    if (retry != null && clock.nanos() - retry.atNanos >= 0) {
      retries.remove();
      waitsForRetry = !retries.isEmpty();
      return retry.load;
    }
    return loads.isEmpty() || readPace.waitNanos() > 0 ? null : loads.poll();
  }

  private void report(SegmentedStream stream, SegmentFile file, long @Nullable [] damaged) {
    if (damaged != null) {
      int count = 0;
      for (long word : damaged) {
        count += Long.bitCount(word);
      }
      countDamaged(count);
      LOG.log(
          Logger.Level.ERROR,
          "{0}: {1} messages of stream {2} are damaged and will not be shown",
          file,
          count,
          stream.assetId);
    }
  }

  /** Whether loops do not run yet, and the opening thread stands in for all of them. */
  void recovering(boolean standIn) {
    recovering = standIn;
  }

  /** Does what a replay has asked for, so that it does not pile up. */
  void catchUp() {
    while (!tasks.isEmpty() && committer.failure() == null) {
      run();
    }
  }

  /** Runs something on a loop; one that has ended does not care any more. */
  private void post(EventLoop loop, Runnable command) {
    if (recovering) {
      command.run();
      return;
    }
    try {
      loop.execute(command);
    } catch (IllegalStateException ended) {
      LOG.log(Logger.Level.DEBUG, "a loop ended before its block came", ended);
    }
  }

  /** One pass; false when there was nothing to do, or nothing can be done. */
  boolean run() {
    try {
      return pass();
    } catch (IOException | RuntimeException | Error failed) {
      committer.poison(new StoreException("the storage worker failed: " + failed, failed));
      return true;
    }
  }

  private boolean pass() throws IOException {
    Task load = nextLoad();
    if (load != null) {
      load.run();
    }
    if (committer.failure() != null) {
      tasks.clear();
      checkpointer.fail();
      return load != null;
    }
    try {
      boolean worked = work();
      if (!diskFull && !logFull) {
        files.diskFull(false);
      }
      return worked || load != null;
    } catch (DiskFullException full) {
      makeRoom(full);
      return true;
    }
  }

  private boolean work() throws IOException {
    if (diskFull && clock.nanos() - retryAtNanos >= 0) {
      diskFull = false;
    }
    Task task = tasks.poll();
    if (task != null) {
      task.run();
      return true;
    }
    if (diskFull) {
      return false;
    }
    if (!unwritten.isEmpty()) {
      writeUnwritten();
      return true;
    }
    return prepareLog()
        || checkpointer.work()
        || segments.reclaim()
        || files.hasGrown() && fillReserve();
  }

  /** Makes a piece of a log file. When there is no room, a checkpoint may make one free. */
  private boolean prepareLog() throws IOException {
    if (logFull && clock.nanos() - logRetryAtNanos < 0) {
      return false;
    }
    try {
      boolean worked = files.prepare();
      logFull = false;
      if (worked && files.isReady()) {
        committer.thread().wake();
      }
      return worked;
    } catch (DiskFullException full) {
      if (!logFull) {
        LOG.log(Logger.Level.WARNING, "the disk has no room for another log file", full);
      }
      logFull = true;
      files.diskFull(true);
      logRetryAtNanos = clock.nanos() + RETRY_NANOS;
      return false;
    }
  }

  private boolean fillReserve() throws IOException {
    if (reserve.isUsed()) {
      segments.deleteDead();
    }
    return reserve.fill();
  }

  /**
   * What behind the log found no room has that of the reserve. Without one, what waits is tried
   * again later, and what nothing living is in goes now.
   */
  private void makeRoom(DiskFullException full) throws IOException {
    if (reserve.giveUp()) {
      LOG.log(Logger.Level.WARNING, "the disk is full: publishing waits until there is room", full);
      return;
    }
    if (!files.isDiskFull()) {
      LOG.log(Logger.Level.WARNING, "the disk is full; trying again", full);
    }
    diskFull = true;
    files.diskFull(true);
    retryAtNanos = clock.nanos() + RETRY_NANOS;
    segments.deleteDead();
  }

  /** Writes what found no room before. */
  void writeUnwritten() throws IOException {
    for (Iterator<Write> writes = unwritten.iterator(); writes.hasNext(); ) {
      Write write = writes.next();
      if (!write.block.place().unwanted) {
        blocks.write(write.block);
        Runnable then = write.whenWritten;
        if (then != null) {
          post(write.loop, then);
        }
      }
      writes.remove();
    }
  }
}
