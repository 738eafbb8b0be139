// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.EventLoop;
import dev.slipstream.base.Invariant;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One loop's door to the log: takes records, hands them to the commit thread once a turn, and
 * applies them in order when they are durable.
 *
 * <p>Bounds are the caller's: {@link #pendingBytes} and {@link #pendingRecords} say what waits.
 * After a failure of the log every record is dropped, see {@link Applier#failed}. Owner: the loop.
 */
public final class LogAppender {
  private static final System.Logger LOG = System.getLogger(LogAppender.class.getName());
  private static final int HAND_OVER_BYTES = 1 << 20;
  private static final int POOLED = 8;

  private record Waiter(long records, Runnable then, Runnable otherwise) {}

  private final EventLoop loop;
  private final Applier applier;
  private final LogQueue queue;
  private final long lazyNanos;
  private final CRC32C crc = new CRC32C();
  private final MessageRecord messages = new MessageRecord(crc);
  private final LogRecord view = new LogRecord();
  private final Queue<LogBatch> durable = new ConcurrentLinkedQueue<>();
  private final ArrayDeque<LogBatch> underWay = new ArrayDeque<>();
  private final ArrayDeque<LogBatch> pool = new ArrayDeque<>();
  private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
  private final Runnable applyTask = this::applyCommit;
  private final Runnable turnEndTask = this::turnEnds;
  private final Runnable lazyTask = this::lazyDue;

  private @Nullable LogBatch open;
  private int begunAt = -1;
  private boolean together;
  private boolean turnEndArmed;
  private EventLoop.@Nullable Timer lazyTimer;
  private boolean failed;

  /** Used by the commit thread while it sends a commit back. */
  @Nullable LogBatch lastInCommit;

  private long appendedRecords;
  private long appliedRecords;
  private long pendingBytes;
  private long appliedPosition;

  LogAppender(EventLoop loop, Applier applier, LogQueue queue, long lazyNanos) {
    this.loop = loop;
    this.applier = applier;
    this.queue = queue;
    this.lazyNanos = lazyNanos;
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
    if (failed) {
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
    pendingBytes += batch.bytes.length() - from;
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
    if (failed) {
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
    return pendingBytes;
  }

  /** How many records were appended and not yet applied. */
  public int pendingRecords() {
    return (int) Math.min(Integer.MAX_VALUE, appendedRecords - appliedRecords);
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
    if (failed) {
      otherwise.run();
      return;
    }
    if (appendedRecords == appliedRecords) {
      then.run();
      return;
    }
    waiters.add(new Waiter(appendedRecords, then, otherwise));
    armTurnEnd();
  }

  /** The position behind the last record that was applied; 0 before the first. */
  long appliedPosition() {
    return appliedPosition;
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
      underWay.add(batch);
      queue.submit(batch);
    }
  }

  /** A batch of this appender became durable; the commit thread calls it. */
  void committed(LogBatch batch) {
    durable.add(batch);
    if (batch.lastOfCommit) {
      execute(applyTask);
    }
  }

  /** A loop that has ended applies nothing any more; its records are in the log. */
  private void execute(Runnable task) {
    try {
      loop.execute(task);
    } catch (IllegalStateException ended) {
      LOG.log(System.Logger.Level.DEBUG, "a loop ended with records on their way", ended);
    }
  }

  /** Nothing will become durable any more; the commit thread calls it, behind all commits. */
  void failLater(StoreException cause) {
    execute(() -> fail(cause));
  }

  private void applyCommit() {
    if (failed) {
      return;
    }
    try {
      boolean last = false;
      while (!last) {
        LogBatch batch = Objects.requireNonNull(durable.poll(), "a commit without its records");
        underWay.remove();
        apply(batch);
        last = batch.lastOfCommit;
        batch.clear();
        if (pool.size() < POOLED) {
          pool.add(batch);
        }
      }
      applier.commitApplied();
    } catch (RuntimeException | Error bug) {
      StoreException cause = new StoreException("applying a record failed: " + bug, bug);
      queue.poison(cause);
      fail(cause);
      throw bug;
    }
    for (Waiter waiter = waiters.peek();
        waiter != null && waiter.records <= appliedRecords;
        waiter = waiters.peek()) {
      waiters.poll();
      waiter.then.run();
    }
  }

  private void apply(LogBatch batch) {
    byte[] bytes = batch.bytes.array();
    int applied = 0;
    for (int at = 0; applied < batch.records; ) {
      RecordHeader.show(bytes, at, view);
      pendingBytes -= view.to - at;
      at = view.to;
      if (view.type != RecordType.MESSAGE) {
        apply(batch.attachment(applied++));
        continue;
      }
      view.beginMessages();
      while (view.nextMessage()) {
        apply(batch.attachment(applied++));
      }
    }
  }

  private void apply(@Nullable Object attachment) {
    appliedRecords++;
    appliedPosition = view.position;
    applier.apply(view, attachment);
  }

  private void fail(StoreException cause) {
    if (failed) {
      return;
    }
    failed = true;
    handOver(); // cancels the timer; the commit thread drops what it is given now
    durable.clear();
    appliedRecords = appendedRecords;
    pendingBytes = 0;
    applier.failed(cause);
    for (LogBatch batch = underWay.poll(); batch != null; batch = underWay.poll()) {
      drop(batch);
    }
    for (Waiter waiter = waiters.poll(); waiter != null; waiter = waiters.poll()) {
      waiter.otherwise.run();
    }
  }

  private void drop(LogBatch batch) {
    byte[] bytes = batch.bytes.array();
    int dropped = 0;
    for (int at = 0; dropped < batch.records; at = view.to) {
      RecordHeader.show(bytes, at, view);
      if (view.type != RecordType.MESSAGE) {
        applier.dropped(view, batch.attachment(dropped++));
        continue;
      }
      view.beginMessages();
      while (view.nextMessage()) {
        applier.dropped(view, batch.attachment(dropped++));
      }
    }
  }
}
