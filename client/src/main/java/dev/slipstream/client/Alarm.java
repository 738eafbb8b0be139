// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.base.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * One timer that is armed for the earliest time anybody asked for, so that a deadline that moves
 * away costs nothing: what rings too early looks and asks again.
 *
 * <p>Times are nanoseconds of the loop's clock. Loop-owned.
 */
final class Alarm {
  private final EventLoop loop;
  private final Runnable task;
  private EventLoop.@Nullable Timer timer;
  private long atNanos;

  Alarm(EventLoop loop, Runnable task) {
    this.loop = loop;
    this.task = task;
  }

  /** Runs the task at {@code nanos} at the latest; {@link Long#MAX_VALUE} asks for nothing. */
  void ringBy(long nanos) {
    if (nanos == Long.MAX_VALUE || timer != null && nanos - atNanos >= 0) {
      return;
    }
    cancel();
    atNanos = nanos;
    timer = loop.schedule(nanos - loop.clock().nanos(), this::ring);
  }

  void cancel() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void ring() {
    timer = null;
    task.run();
  }
}
