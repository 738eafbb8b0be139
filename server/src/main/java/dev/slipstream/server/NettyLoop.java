// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.base.Clock;
import dev.slipstream.base.EventLoop;
import io.netty.channel.SingleThreadEventLoop;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A network loop of Netty as an {@link EventLoop}: the end of a turn is the end of a pass over the
 * ready sockets and tasks.
 */
final class NettyLoop implements EventLoop {
  /** Commands that may wait before {@link #offer} refuses more. */
  static final int MOST_COMMANDS = 1 << 16;

  /** Bytes that are read from a socket at a time. */
  static final int READ_BYTES = 64 << 10;

  private final SingleThreadEventLoop loop;
  private final Clock clock = Clock.system();
  private final byte[] readBuffer = new byte[READ_BYTES];

  NettyLoop(SingleThreadEventLoop loop) {
    this.loop = loop;
  }

  /** Whether this is the view of {@code candidate}. */
  boolean isOf(Object candidate) {
    return loop == candidate;
  }

  /** Where the loop's sockets put what they read, one at a time. */
  byte[] readBuffer() {
    return readBuffer;
  }

  @Override
  public boolean offer(Runnable command) {
    if (loop.pendingTasks() >= MOST_COMMANDS) {
      return false;
    }
    try {
      loop.execute(command);
      return true;
    } catch (RejectedExecutionException ended) {
      return false;
    }
  }

  @Override
  public void execute(Runnable command) {
    try {
      loop.execute(command);
    } catch (RejectedExecutionException ended) {
      throw new IllegalStateException("the loop has ended", ended);
    }
  }

  @Override
  public boolean inLoop() {
    return loop.inEventLoop();
  }

  @Override
  public Timer schedule(long delayNanos, Runnable task) {
    ScheduledFuture<?> future = loop.schedule(task, Math.max(0, delayNanos), TimeUnit.NANOSECONDS);
    return () -> future.cancel(false);
  }

  @Override
  public void atTurnEnd(Runnable task) {
    loop.executeAfterEventLoopIteration(task);
  }

  @Override
  public Clock clock() {
    return clock;
  }
}
