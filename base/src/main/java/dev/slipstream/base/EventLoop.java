// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.base;

/**
 * One owner thread that runs commands, timers and turns: whatever it owns is touched by nobody
 * else.
 *
 * <p>A <em>turn</em> is one pass over what is ready (a socket's bytes, queued commands, due
 * timers). Work that is cheaper once for many (a flush, a log batch) asks for {@link #atTurnEnd}.
 *
 * <p>{@link #offer}, {@link #execute} and {@link #inLoop} may be called by any thread; the rest
 * only by the owner, which {@link #assertOwner} checks.
 */
public interface EventLoop extends Mailbox {

  /**
   * Queues a command that must not be lost: a completion of something this loop asked for, so that
   * what is queued is bounded by what was asked.
   *
   * @throws IllegalStateException when the loop has ended
   */
  void execute(Runnable command);

  /** Whether the calling thread is the owner. */
  boolean inLoop();

  /**
   * Runs {@code task} once, {@code delayNanos} from now or as soon as possible when not positive.
   */
  Timer schedule(long delayNanos, Runnable task);

  /** Runs {@code task} once when the present turn ends, before the loop waits for input again. */
  void atTurnEnd(Runnable task);

  /**
   * Runs {@code task} in the next turn, behind what comes from the network before: what a task
   * hands to {@link #execute} may run in this one. Dropped when the loop ends before.
   */
  default void nextTurn(Runnable task) {
    atTurnEnd(
        () -> {
          try {
            execute(task);
          } catch (IllegalStateException ended) {
            // nobody is left whom it would concern
          }
        });
  }

  /** The time that this loop lives by. */
  Clock clock();

  /** Throws when the caller is not the owner: a bug, never an operating error. */
  default void assertOwner() {
    Invariant.check(inLoop(), "called off its loop");
  }

  /** A task that waits for its time. */
  interface Timer {
    /** Makes sure that the task does not run any more; harmless when it has run. */
    void cancel();
  }
}
