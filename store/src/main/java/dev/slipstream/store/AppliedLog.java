// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.EventLoop;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * What one loop has applied of the log: takes the batches that it has handed over, and applies
 * their records in order when they are durable.
 *
 * <p>What takes long is applied in several turns, but in no turn less than twice what the loop
 * appends in it: what waits does not grow because of that. Owner: the loop.
 */
final class AppliedLog {
  private static final System.Logger LOG = System.getLogger(AppliedLog.class.getName());

  /** After this time others get the loop. */
  private static final long TURN_NANOS = 500_000;

  /** Records that are applied at least, for one that the turn appends. */
  private static final int APPLIED_TO_APPENDED = 2;

  private record Waiter(long records, Runnable then, Runnable otherwise) {}

  private final LogAppender appender;
  private final EventLoop loop;
  private final Applier applier;
  private final LogRecord view = new LogRecord();
  private final Queue<LogBatch> durable = new ConcurrentLinkedQueue<>();
  private final ArrayDeque<LogBatch> underWay = new ArrayDeque<>();
  private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
  private final Runnable durableTask = this::onDurable;
  private final Runnable restTask = this::goOn;

  /** The batch of which records are left to apply, where they begin, and how many are applied. */
  private @Nullable LogBatch begun;

  private int begunAt;
  private int begunRecords;

  /** Whether the next turn goes on. */
  private boolean hasRest;

  private boolean failed;
  private long records;
  private long bytes;
  private long position;

  AppliedLog(LogAppender appender, EventLoop loop, Applier applier) {
    this.appender = appender;
    this.loop = loop;
    this.applier = applier;
  }

  /** Whether the log has failed: nothing is applied any more. */
  boolean hasFailed() {
    return failed;
  }

  /** How many records were applied, or dropped when the log failed. */
  long records() {
    return records;
  }

  /** The bytes of these records. */
  long bytes() {
    return bytes;
  }

  /** The position behind the last record that was applied; 0 before the first. */
  long position() {
    return position;
  }

  /** A batch goes to the commit thread. */
  void handedOver(LogBatch batch) {
    underWay.add(batch);
  }

  /** A batch became durable; the commit thread calls it. */
  void committed(LogBatch batch) {
    durable.add(batch);
    if (batch.lastOfCommit) {
      execute(durableTask);
    }
  }

  /** Nothing will become durable any more; the commit thread calls it, behind all commits. */
  void failLater(StoreException cause) {
    execute(
        () -> {
          applyAll();
          appender.fail(cause);
        });
  }

  /** A loop that has ended applies nothing any more; its records are in the log. */
  private void execute(Runnable task) {
    try {
      loop.execute(task);
    } catch (IllegalStateException ended) {
      LOG.log(System.Logger.Level.DEBUG, "a loop ended with records on their way", ended);
    }
  }

  /** Runs {@code then} when so many records are applied, {@code otherwise} when they never are. */
  void whenApplied(long count, Runnable then, Runnable otherwise) {
    waiters.add(new Waiter(count, then, otherwise));
  }

  private void onDurable() {
    if (!hasRest) {
      applyTurn();
    }
  }

  private void goOn() {
    hasRest = false;
    applyTurn();
  }

  /** Applies some of what is durable; the next turn goes on. */
  private void applyTurn() {
    if (failed) {
      return;
    }
    long enough = records + (long) APPLIED_TO_APPENDED * appender.openRecords();
    apply(enough, loop.clock().nanos() + TURN_NANOS);
    if ((begun != null || !durable.isEmpty()) && !hasRest) {
      hasRest = true;
      loop.nextTurn(restTask);
    }
  }

  /** Applies all that is durable: so what was sent back by the commit thread before is applied. */
  void applyAll() {
    if (!failed) {
      apply(Long.MAX_VALUE, Long.MAX_VALUE);
    }
  }

  private void apply(long enough, long deadlineNanos) {
    try {
      boolean any = false;
      for (LogBatch batch = next(); batch != null; batch = next()) {
        any = true;
        if (!apply(batch, enough, deadlineNanos)) {
          break;
        }
        begun = null;
        appender.reuse(batch);
      }
      if (any) {
        applier.commitApplied();
      }
    } catch (RuntimeException | Error bug) {
      begun = null;
      appender.poison(new StoreException("applying a record failed: " + bug, bug));
      throw bug;
    }
    for (Waiter waiter = waiters.peek();
        waiter != null && waiter.records <= records;
        waiter = waiters.peek()) {
      waiters.poll();
      waiter.then.run();
    }
  }

  private @Nullable LogBatch next() {
    if (begun == null) {
      begun = durable.poll();
      begunAt = 0;
      begunRecords = 0;
      if (begun != null) {
        underWay.remove();
      }
    }
    return begun;
  }

  /** Applies the records of a batch; false when some are left for another turn. */
  private boolean apply(LogBatch batch, long enough, long deadlineNanos) {
    byte[] array = batch.bytes.array();
    while (begunRecords < batch.records) {
      if (records >= enough && loop.clock().nanos() >= deadlineNanos) {
        return false;
      }
      RecordHeader.show(array, begunAt, view);
      bytes += view.to - begunAt;
      begunAt = view.to;
      if (view.type != RecordType.MESSAGE) {
        applyNext(batch);
        continue;
      }
      view.beginMessages();
      while (view.nextMessage()) {
        applyNext(batch);
      }
    }
    return true;
  }

  private void applyNext(LogBatch batch) {
    Object attachment = batch.attachment(begunRecords++);
    records++;
    position = view.position;
    applier.apply(view, attachment);
  }

  /** The log has failed: all that was handed over and not applied is dropped. */
  void fail(StoreException cause, long appendedRecords, long appendedBytes) {
    failed = true;
    durable.clear();
    records = appendedRecords;
    bytes = appendedBytes;
    applier.failed(cause);
    for (LogBatch batch = underWay.poll(); batch != null; batch = underWay.poll()) {
      drop(batch);
    }
    for (Waiter waiter = waiters.poll(); waiter != null; waiter = waiters.poll()) {
      waiter.otherwise.run();
    }
  }

  private void drop(LogBatch batch) {
    byte[] array = batch.bytes.array();
    int dropped = 0;
    for (int at = 0; dropped < batch.records; at = view.to) {
      RecordHeader.show(array, at, view);
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
