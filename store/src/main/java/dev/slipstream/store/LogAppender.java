// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.EventLoop;
import dev.slipstream.base.Invariant;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One loop's door to the log: takes records and hands them to the commit thread once a turn; they
 * are applied in order when they are durable, see {@link AppliedLog}.
 *
 * <p>Bounds are the caller's: {@link #pendingBytes} and {@link #pendingRecords} say what waits.
 * After a failure of the log every record is dropped, see {@link Applier#failed}. Owner: the loop.
 */
public final class LogAppender {
  private static final int HAND_OVER_BYTES = 1 << 20;
  private static final int POOLED = 8;

  private final EventLoop loop;
  private final Applier applier;
  private final LogQueue queue;
  private final long lazyNanos;
  private final CRC32C crc = new CRC32C();
  private final MessageRecord messages = new MessageRecord(crc);
  private final LogRecord view = new LogRecord();
  private final AppliedLog applied;
  private final ArrayDeque<LogBatch> pool = new ArrayDeque<>();
  private final Runnable turnEndTask = this::turnEnds;
  private final Runnable lazyTask = this::lazyDue;

  private @Nullable LogBatch open;
  private int begunAt = -1;
  private boolean together;
  private boolean turnEndArmed;
  private EventLoop.@Nullable Timer lazyTimer;

  /** Used by the commit thread while it sends a commit back. */
  @Nullable LogBatch lastInCommit;

  private long appendedRecords;
  private long appendedBytes;

  LogAppender(EventLoop loop, Applier applier, LogQueue queue, long lazyNanos) {
    this.loop = loop;
    this.applier = applier;
    this.queue = queue;
    this.lazyNanos = lazyNanos;
    applied = new AppliedLog(this, loop, applier);
  }

  /**
   * Begins a record; its body is appended to the buffer that is returned. What lies before in the
   * buffer are other records.
   *
   * @param assetId the number of the stream; 0 is the catalogue
   */
  public OutputBuffer begin(byte type, long assetId) {
    Invariant.check(begunAt < 0, "a record is begun already");
    Invariant.check(!together, "only messages can share a record");
    LogBatch batch = openBatch();
    messages.end(batch.bytes);
    begunAt = batch.bytes.length();
    RecordHeader.begin(batch.bytes, type, assetId);
    return batch.bytes;
  }

  private LogBatch openBatch() {
    LogBatch batch = open;
    if (batch == null) {
      LogBatch pooled = pool.poll();
      batch = pooled == null ? new LogBatch(this) : pooled;
      open = batch;
    }
    return batch;
  }

  /**
   * Completes the record that was begun.
   *
   * @param attachment what {@link Applier#apply} is given with it
   * @param urgent whether it is handed over when this turn ends; otherwise it may wait a few
   *     milliseconds for company, and causes no sync of its own before
   */
  public void end(@Nullable Object attachment, boolean urgent) {
    LogBatch batch = begun();
    RecordHeader.end(batch.bytes, begunAt, crc);
    if (applied.hasFailed()) {
      RecordHeader.show(batch.bytes.array(), begunAt, view);
      applier.dropped(view, attachment);
      cancel();
      return;
    }
    int from = begunAt;
    begunAt = -1;
    added(batch, from, attachment, urgent);
  }

  private void added(LogBatch batch, int from, @Nullable Object attachment, boolean urgent) {
    appendedBytes += batch.bytes.length() - from;
    batch.add(attachment);
    appendedRecords++;
    if (batch.bytes.length() >= HAND_OVER_BYTES && !together) {
      handOver();
    } else if (urgent) {
      armTurnEnd();
    } else if (!turnEndArmed && lazyTimer == null) {
      lazyTimer = loop.schedule(lazyNanos, lazyTask);
    }
  }

  /**
   * Appends a message, in one record with those of the same stream directly before it.
   *
   * @param assetId the number of the stream
   * @param attachment as {@link #end}
   * @param urgent as {@link #end}
   */
  public void message(
      long assetId,
      long seq,
      long epochNanos,
      NewMessage message,
      @Nullable Object attachment,
      boolean urgent) {
    Invariant.check(begunAt < 0, "a record is begun already");
    LogBatch batch = openBatch();
    OutputBuffer out = batch.bytes;
    int from = out.length();
    messages.add(out, assetId, seq, epochNanos, message);
    if (applied.hasFailed()) {
      messages.end(out);
      RecordHeader.show(out.array(), from, view);
      view.beginMessages();
      view.nextMessage();
      applier.dropped(view, attachment);
      out.truncate(from);
      return;
    }
    batch.hasMessages = true;
    added(batch, from, attachment, urgent);
  }

  /**
   * Has the messages that follow share one record, whatever its size: after a crash all of them are
   * there or none. They are of one stream, nothing else comes between, and {@link #endTogether} is
   * called in the same turn.
   */
  public void beginTogether() {
    Invariant.check(!together && begunAt < 0, "a record is begun already");
    messages.together(openBatch().bytes, true);
    together = true;
  }

  /** Ends what {@link #beginTogether} began. */
  public void endTogether() {
    LogBatch batch = openBatch();
    messages.together(batch.bytes, false);
    together = false;
    if (batch.bytes.length() >= HAND_OVER_BYTES) {
      handOver();
    }
  }

  /** Drops the record that was begun and not completed. */
  public void cancel() {
    LogBatch batch = begun();
    batch.bytes.truncate(begunAt);
    begunAt = -1;
  }

  /** The bytes of the records that were appended and not yet applied. */
  public long pendingBytes() {
    return appendedBytes - applied.bytes();
  }

  /** How many records were appended and not yet applied. */
  public int pendingRecords() {
    return (int) Math.min(Integer.MAX_VALUE, appendedRecords - applied.records());
  }

  /**
   * Runs {@code then} on the loop once everything appended so far was applied: at once when nothing
   * is pending. Dropped when the log fails before.
   */
  public void whenDurable(Runnable then) {
    whenDurable(then, () -> {});
  }

  /**
   * As {@link #whenDurable(Runnable)}.
   *
   * @param otherwise runs on the loop when the log fails before, at once when it has failed
   */
  public void whenDurable(Runnable then, Runnable otherwise) {
    if (applied.hasFailed()) {
      otherwise.run();
      return;
    }
    if (appendedRecords == applied.records()) {
      then.run();
      return;
    }
    applied.whenApplied(appendedRecords, then, otherwise);
    armTurnEnd();
  }

  /** What was applied of what was handed over. */
  AppliedLog applied() {
    return applied;
  }

  /** How many records of this turn were not handed over yet. */
  int openRecords() {
    LogBatch batch = open;
    return batch == null ? 0 : batch.records;
  }

  EventLoop loop() {
    return loop;
  }

  private LogBatch begun() {
    Invariant.check(begunAt >= 0, "no record is begun");
    return Objects.requireNonNull(open);
  }

  private void armTurnEnd() {
    if (!turnEndArmed) {
      turnEndArmed = true;
      loop.atTurnEnd(turnEndTask);
    }
  }

  private void turnEnds() {
    turnEndArmed = false;
    handOver();
  }

  private void lazyDue() {
    lazyTimer = null;
    if (!turnEndArmed) {
      handOver();
    }
  }

  /** Gives what was completed to the commit thread. */
  private void handOver() {
    EventLoop.Timer timer = lazyTimer;
    if (timer != null) {
      timer.cancel();
      lazyTimer = null;
    }
    LogBatch batch = open;
    if (batch != null && batch.records > 0 && begunAt < 0) {
      messages.end(batch.bytes);
      open = null;
      applied.handedOver(batch);
      queue.submit(batch);
    }
  }

  /** Takes a batch back whose records were all applied. */
  void reuse(LogBatch batch) {
    batch.clear();
    if (pool.size() < POOLED) {
      pool.add(batch);
    }
  }

  /** Applying has failed, by a bug: nothing more goes to the log. */
  void poison(StoreException cause) {
    queue.poison(cause);
    fail(cause);
  }

  /** The log has failed: every record that was not applied is dropped, and each that comes. */
  void fail(StoreException cause) {
    if (!applied.hasFailed()) {
      handOver(); // cancels the timer; the commit thread drops what it is given now
      applied.fail(cause, appendedRecords, appendedBytes);
    }
  }
}
