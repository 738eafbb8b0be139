// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.base;

import java.util.function.Consumer;

/**
 * A mailbox whose owner hears what its commands throw: each is run by the loop, one at a time, and
 * none ends it.
 *
 * <p>{@link #post} and {@link #isHere} are for any thread, the rest for commands.
 */
public final class GuardedMailbox {
  private final EventLoop loop;
  private final Consumer<Throwable> onFailure;
  private final Runnable onEnded;

  /**
   * @param onFailure called in the mailbox with what a command has thrown
   * @param onEnded called by who posts when the mailbox takes nothing any more
   */
  public GuardedMailbox(EventLoop loop, Consumer<Throwable> onFailure, Runnable onEnded) {
    this.loop = loop;
    this.onFailure = onFailure;
    this.onEnded = onEnded;
  }

  /** Runs a command that is not the first. */
  public void post(Runnable command) {
    if (!loop.offer(() -> run(command))) {
      onEnded.run();
    }
  }

  /**
   * Runs the first command.
   *
   * @throws IllegalStateException when the mailbox takes nothing any more
   */
  public void begin(Runnable command) {
    loop.execute(() -> run(command));
  }

  /** Runs a command after so many nanoseconds. */
  public EventLoop.Timer later(long delayNanos, Runnable command) {
    return loop.schedule(delayNanos, () -> run(command));
  }

  /** Whether a command is what calls. */
  public boolean isHere() {
    return loop.inLoop();
  }

  private void run(Runnable command) {
    try {
      command.run();
    } catch (RuntimeException | Error failure) {
      onFailure.accept(failure);
    }
  }
}
