// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.Clock;
import dev.slipstream.base.DiskFullException;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Makes checkpoints, one at a time: asks every loop for its part, slice by slice, and when all are
 * there and the blocks that they name are durable, writes the checkpoint and lets go of the log
 * before it.
 *
 * <p>The position to replay from is read before the loops are asked. A loop that answers has
 * applied all of its records up to there, because those were sent to it before; it may have applied
 * more, which each asset's own position says. Owner: the storage worker, but for {@link #request}.
 */
final class Checkpointer {
  private static final long PAUSE_NANOS = 1_000_000_000;

  /** A checkpoint in the making. */
  private static final class Run {
    final long position;
    final long beganNanos;
    final OutputBuffer out;
    final List<CompletableFuture<Void>> waiting = new ArrayList<>();
    final Map<Long, CheckpointFile.Section> unclaimed;
    final List<SegmentFile> deletable;
    int asked;
    int answered;

    /** The files to be synced before it is written, once all parts are there. */
    @Nullable ArrayDeque<SegmentFile> unsynced;

    boolean logSynced;

    Run(
        long position,
        long beganNanos,
        int generation,
        Map<Long, CheckpointFile.Section> unclaimed,
        List<SegmentFile> deletable) {
      this.position = position;
      this.beganNanos = beganNanos;
      this.out = CheckpointFile.begin(position, generation);
      this.unclaimed = unclaimed;
      this.deletable = deletable;
    }
  }

  private final StoreOptions options;
  private final Clock clock;
  private final LogFiles files;
  private final SegmentFiles segments;
  private final CheckpointFile checkpointFile;
  private final Committer committer;
  private final List<LoopState> loops;
  private final StorageWorker worker;
  private final Queue<CompletableFuture<Void>> requests = new ConcurrentLinkedQueue<>();

  /** Streams of the last checkpoint that nobody asked for: carried along as they are. */
  final Map<Long, CheckpointFile.Section> unclaimed = new ConcurrentHashMap<>();

  private @Nullable Run run;
  private long notBeforeNanos;

  Checkpointer(
      StoreOptions options,
      Clock clock,
      LogFiles files,
      SegmentFiles segments,
      CheckpointFile checkpointFile,
      Committer committer,
      List<LoopState> loops,
      StorageWorker worker) {
    this.options = options;
    this.clock = clock;
    this.files = files;
    this.segments = segments;
    this.checkpointFile = checkpointFile;
    this.committer = committer;
    this.loops = loops;
    this.worker = worker;
    this.notBeforeNanos = clock.nanos();
  }

  /** Asks for a checkpoint. Any thread. */
  void request(CompletableFuture<Void> done) {
    requests.add(done);
    worker.thread().wake();
  }

  /** Goes on with a checkpoint, or begins one when it is time; false when nothing is to do. */
  boolean work() throws IOException {
    Run present = run;
    if (present != null) {
      return ask(present) || present.answered == loops.size() && finish(present);
    }
    if (requests.isEmpty() && !isDue()) {
      return false;
    }
    start();
    return true;
  }

  private boolean isDue() {
    long grown = committer.committed() - files.neededFrom();
    boolean wanted = grown > options.checkpointBytes() || grown > 0 && files.isFull();
    return wanted && clock.nanos() - notBeforeNanos >= 0;
  }

  private void start() {
    segments.retireEmpty();
    Run started =
        new Run(
            committer.committed(),
            clock.nanos(),
            committer.openingGeneration(),
            new TreeMap<>(unclaimed),
            segments.takeDoomed());
    for (CompletableFuture<Void> done = requests.poll(); done != null; done = requests.poll()) {
      started.waiting.add(done);
    }
    run = started;
  }

  /**
   * Asks the loops: the first one, which owns the catalogue, alone, then the others. So every
   * stream that the catalogue names is known to its loop, and one that it does not name yet is
   * created by a record behind it.
   */
  private boolean ask(Run of) {
    if (of.asked == loops.size() || of.asked == 1 && of.answered == 0) {
      return false;
    }
    LoopState loop = loops.get(of.asked++);
    askForMore(of, loop, new CheckpointPart(loop, of.position, options.checkpointSliceBytes()));
    return true;
  }

  private void askForMore(Run of, LoopState loop, CheckpointPart part) {
    try {
      loop.loop.execute(
          () -> {
            CheckpointPart.Slice slice = part.next();
            worker.submit(() -> accept(of, loop, part, slice));
          });
    } catch (IllegalStateException ended) {
      abort(of, new StoreException("no checkpoint: a loop has ended", ended));
    }
  }

  private void accept(Run of, LoopState loop, CheckpointPart part, CheckpointPart.Slice slice)
      throws IOException {
    if (run != of) {
      return; // given up meanwhile
    }
    try {
      worker.writeUnwritten(); // the blocks that the manifests name
    } catch (DiskFullException full) {
      abort(of, new StoreException("no checkpoint: the disk is full", full));
      throw full;
    }
    for (CheckpointPart.Asset asset : slice.assets()) {
      of.unclaimed.remove(asset.id());
      CheckpointFile.add(of.out, slice.position(), asset);
    }
    if (slice.isLast()) {
      of.answered++;
    } else {
      askForMore(of, loop, part);
    }
  }

  /** One sync a pass, since loops wait for what is read meanwhile; then all the rest. */
  private boolean finish(Run of) throws IOException {
    if (!of.logSynced && options.syncMode() != SyncMode.ALWAYS) {
      // a power cut must not take from the log what a checkpoint has: the log would then go on at
      // positions that count as contained
      files.syncNewest();
      of.logSynced = true;
      return true;
    }
    ArrayDeque<SegmentFile> unsynced = of.unsynced;
    if (unsynced == null) {
      unsynced = segments.dirty();
      of.unsynced = unsynced;
    }
    SegmentFile next = unsynced.poll();
    if (next != null) {
      segments.sync(next);
      return true;
    }
    segments.syncNames();
    for (CheckpointFile.Section section : of.unclaimed.values()) {
      of.out.put(section.bytes(), section.from(), section.to());
    }
    try {
      checkpointFile.write(of.out);
    } catch (DiskFullException full) {
      abort(of, new StoreException("no checkpoint: the disk is full", full));
      throw full;
    }
    files.recycle(of.position);
    segments.delete(of.deletable);
    segments.findSparse(assetId -> !unclaimed.containsKey(assetId));
    committer.stats().checkpointed(clock.nanos() - of.beganNanos);
    run = null;
    of.waiting.forEach(done -> done.complete(null));
    committer.thread().wake();
    return true;
  }

  private void abort(Run of, StoreException cause) {
    run = null;
    notBeforeNanos = clock.nanos() + PAUSE_NANOS;
    segments.returnDoomed(of.deletable);
    of.waiting.forEach(done -> done.completeExceptionally(cause));
  }

  /** The store is poisoned: there will be no checkpoint. */
  void fail() {
    StoreException cause = Objects.requireNonNull(committer.failure());
    Run present = run;
    if (present != null) {
      abort(present, cause);
    }
    for (CompletableFuture<Void> done = requests.poll(); done != null; done = requests.poll()) {
      done.completeExceptionally(cause);
    }
  }
}
