// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.Clock;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.io.IOException;
import java.lang.System.Logger;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The commit thread's work: gathers what the loops handed over, writes it to the log in one write,
 * syncs once, and sends each loop its records back to apply.
 *
 * <p>What comes in during a sync is the next commit. After a failed write or sync nothing is tried
 * again: the failure is latched, and every appender is told. {@link #submit} and {@link #poison}
 * may be called by any thread; the rest is the commit thread's.
 */
final class Committer implements LogQueue {
  private static final Logger LOG = System.getLogger(Committer.class.getName());
  private static final int GATHER_BYTES = 256 << 10;
  private static final int GATHER_RECORDS = 256;
  private static final int BATCH_BODY_BYTES = 16;
  private static final int BATCH_BYTES = RecordHeader.BYTES + BATCH_BODY_BYTES;
  private static final long IDLE_NANOS = 10_000_000;

  private final StoreOptions options;
  private final Clock clock;
  private final LogFiles files;
  private final Runnable storageWork;
  private final ReadPace readPace;
  private final int commitBytes;
  private final Queue<LogBatch> queue = new ConcurrentLinkedQueue<>();
  private final List<LogAppender> appenders = new CopyOnWriteArrayList<>();
  private final PassThread thread;
  private final LogStats stats = new LogStats();

  private final LogOutput out;
  private final CRC32C crc = new CRC32C();
  private final OutputBuffer batchRecord = new OutputBuffer(BATCH_BYTES);
  private final List<LogBatch> gathered = new ArrayList<>();
  private long gatheredBytes;
  private long gatheredRecords;
  private long gatherEndNanos;
  private @Nullable LogBatch heldBack;
  private @Nullable LogFile file;
  private int generation;
  private volatile int openingGeneration;
  private long position;
  private long durable;
  private long durableSaid;
  private long lastSyncAtNanos;
  private boolean failureTold;

  private volatile long committed;
  private volatile boolean scarce;
  private volatile @Nullable StoreException failure;

  /**
   * The work of a commit thread.
   *
   * @param readPace hears when messages are durable
   * @param storageWork wakes the storage worker
   */
  Committer(
      StoreOptions options, Clock clock, LogFiles files, ReadPace readPace, Runnable storageWork) {
    this.options = options;
    this.clock = clock;
    this.files = files;
    this.readPace = readPace;
    this.storageWork = storageWork;
    this.commitBytes = (int) Math.min(options.commitBytes(), mostOfAFile(options));
    this.out = new LogOutput(commitBytes + BATCH_BYTES);
    this.thread = new PassThread("slipstream-commit", this::run, this::idleNanos, options.onWork());
  }

  /** What several hand-overs of one commit may have together, so that any log file has room. */
  private static long mostOfAFile(StoreOptions options) {
    return options.logFileBytes() - LogFile.HEADER_BYTES - BATCH_BYTES;
  }

  PassThread thread() {
    return thread;
  }

  LogStats stats() {
    return stats;
  }

  /** The position up to which every record was sent back to its loop. Any thread. */
  long committed() {
    return committed;
  }

  /**
   * Whether the disk is full and little of the log is left, which is kept for what makes room. Any
   * thread.
   */
  boolean isFull() {
    return scarce && files.isDiskFull() && !files.isReady();
  }

  /** The lowest generation that records of this opening have. Any thread. */
  int openingGeneration() {
    return openingGeneration;
  }

  /** Why nothing becomes durable any more; null while all is well. Any thread. */
  @Nullable StoreException failure() {
    return failure;
  }

  void register(LogAppender appender) {
    appenders.add(appender);
    StoreException cause = failure;
    if (cause != null) {
      appender.applied().failLater(cause);
    }
  }

  @Override
  public void submit(LogBatch batch) {
    queue.add(batch);
    thread.wake();
  }

  @Override
  public void poison(StoreException cause) {
    if (failure == null) {
      failure = cause;
      LOG.log(Logger.Level.ERROR, "nothing becomes durable until the next start", cause);
    }
    thread.wake();
  }

  /**
   * Begins behind what was recovered, which is made durable first: it may have been written and not
   * synced, and from now on it is shown.
   *
   * @param saidDurable up to where the log itself says that it was durable. What lies behind is
   *     written again: after a failed sync the system may call pages written that the disk does not
   *     have, and a sync alone would do nothing for them
   */
  void begin(List<LogFile> chain, long saidDurable, long end, int newGeneration)
      throws IOException {
    for (LogFile each : chain) {
      out.rewrite(each, Math.max(saidDurable, each.start), end);
    }
    file = chain.get(chain.size() - 1);
    generation = newGeneration;
    position = end;
    durable = end;
    if (file.room(end) < BATCH_BYTES) {
      file = files.first(end, newGeneration);
      file.writeHeader();
    }
    writeBatchRecord(0);
    out.flush();
    for (LogFile each : chain) {
      each.file.sync();
    }
    file.file.sync();
    durable = position;
    durableSaid = durable;
    openingGeneration = newGeneration;
    committed = position;
    lastSyncAtNanos = clock.nanos();
  }

  /** One pass; false when there was nothing to do, or nothing can be done. */
  boolean run() {
    if (failure != null) {
      return tellFailure();
    }
    try {
      gather();
      if (gathered.isEmpty()) {
        return idle();
      }
      if (mayGrowYet()) {
        return false;
      }
      return commit();
    } catch (IOException | RuntimeException | Error failed) {
      poison(new StoreException("the log cannot be written: " + failed, failed));
      return tellFailure();
    }
  }

  private void gather() {
    while (heldBack == null) {
      LogBatch next = queue.poll();
      if (next == null) {
        return;
      }
      if (gathered.isEmpty()) {
        gatherEndNanos = options.gatherNanos() == 0 ? 0 : clock.nanos() + options.gatherNanos();
      } else if (gatheredBytes + next.bytes.length() > commitBytes) {
        heldBack = next;
        return;
      }
      add(next);
    }
  }

  private void add(LogBatch batch) {
    gathered.add(batch);
    gatheredBytes += batch.bytes.length();
    gatheredRecords += batch.records;
  }

  private boolean mayGrowYet() {
    return options.gatherNanos() > 0
        && heldBack == null
        && gatheredBytes < GATHER_BYTES
        && gatheredRecords < GATHER_RECORDS
        && gatherEndNanos - clock.nanos() > 0;
  }

  private long idleNanos() {
    if (!gathered.isEmpty() && options.gatherNanos() > 0) {
      return Math.max(1, gatherEndNanos - clock.nanos());
    }
    if (options.syncMode() == SyncMode.INTERVAL && durable < position) {
      return Math.max(1, lastSyncAtNanos + options.syncIntervalNanos() - clock.nanos());
    }
    return durableSaid < durable ? IDLE_NANOS : 1_000_000_000L;
  }

  /** The queue is empty: what can be said or synced meanwhile. */
  private boolean idle() throws IOException {
    if (durable < position && intervalIsOver()) {
      sync();
      return true;
    }
    boolean news = durableSaid < durable && durable == position;
    if (!news
        || clock.nanos() - lastSyncAtNanos < IDLE_NANOS
        || Objects.requireNonNull(file).room(position) < BATCH_BYTES) {
      return false;
    }
    // so that damage to the last commit is told from a torn one; nobody waits for it
    writeBatchRecord(0);
    out.flush();
    committed = position;
    return true;
  }

  private boolean intervalIsOver() {
    return options.syncMode() == SyncMode.INTERVAL
        && clock.nanos() - lastSyncAtNanos >= options.syncIntervalNanos();
  }

  private boolean commit() throws IOException {
    if (!ensureRoom(BATCH_BYTES + gatheredBytes)) {
      return false;
    }
    writeBatchRecord((int) gatheredRecords);
    boolean messages = false;
    for (LogBatch batch : gathered) {
      seal(batch);
      out.write(batch.bytes.array(), batch.bytes.length());
      messages |= batch.hasMessages;
    }
    out.flush();
    if (options.syncMode() == SyncMode.ALWAYS || intervalIsOver()) {
      sync();
    }
    stats.committed(gatheredRecords, BATCH_BYTES + gatheredBytes);
    if (messages) {
      readPace.published();
    }
    sendBack();
    // only now: whoever reads it and then posts to a loop comes behind these commits
    committed = position;
    askForMoreLog();
    return true;
  }

  private boolean ensureRoom(long bytes) throws IOException {
    LogFile present = Objects.requireNonNull(file);
    if (present.room(position) >= bytes) {
      return true;
    }
    if (files.isReady() && durable < position) {
      sync(); // a file is begun only when all before is durable
    }
    LogFile next = durable < position ? null : files.take(bytes, position, generation + 1);
    if (next == null) {
      if (files.want(bytes)) {
        storageWork.run();
      }
      return false;
    }
    generation++;
    next.writeHeader();
    file = next;
    return true;
  }

  private void askForMoreLog() {
    LogFile present = Objects.requireNonNull(file);
    scarce = present.room(position) < present.capacity / 4;
    boolean low = present.room(position) < present.capacity / 2 && !files.isReady();
    boolean asked = low && files.want(1);
    if (asked || position - files.neededFrom() > options.checkpointBytes()) {
      storageWork.run();
    }
  }

  private void writeBatchRecord(int records) throws IOException {
    batchRecord.clear();
    RecordHeader.begin(batchRecord, RecordType.BATCH, 0);
    batchRecord.putLong(durable).putInt(records).putInt(0);
    RecordHeader.end(batchRecord, 0, crc);
    durableSaid = durable;
    out.begin(Objects.requireNonNull(file), position);
    position += RecordHeader.seal(batchRecord.array(), 0, position, generation, crc);
    out.write(batchRecord.array(), BATCH_BYTES);
  }

  private void seal(LogBatch batch) {
    byte[] bytes = batch.bytes.array();
    int length = batch.bytes.length();
    for (int at = 0; at < length; ) {
      int size = RecordHeader.seal(bytes, at, position, generation, crc);
      position += size;
      at += size;
    }
  }

  private void sync() throws IOException {
    long began = clock.nanos();
    Objects.requireNonNull(file).file.sync();
    lastSyncAtNanos = clock.nanos();
    stats.synced(lastSyncAtNanos - began);
    durable = position;
  }

  private void sendBack() {
    for (LogBatch batch : gathered) {
      batch.appender.lastInCommit = batch;
    }
    for (LogBatch batch : gathered) {
      batch.lastOfCommit = batch.appender.lastInCommit == batch;
      batch.appender.applied().committed(batch);
    }
    gathered.clear();
    gatheredBytes = 0;
    gatheredRecords = 0;
    LogBatch next = heldBack;
    if (next != null) {
      heldBack = null;
      add(next);
    }
  }

  /** Tells every appender once; drops what comes in. */
  private boolean tellFailure() {
    StoreException cause = Objects.requireNonNull(failure);
    boolean news = !failureTold;
    if (news) {
      failureTold = true;
      gathered.clear();
      heldBack = null;
      for (LogAppender appender : appenders) {
        appender.applied().failLater(cause);
      }
    }
    queue.clear();
    return news;
  }
}
