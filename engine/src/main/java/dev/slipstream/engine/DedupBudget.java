// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.base.Clock;
import java.util.HashSet;
import java.util.Set;

/**
 * What the message ids of all streams of a loop may hold together. Owner: the loop, but for {@link
 * #forgotten}.
 */
final class DedupBudget {
  private static final System.Logger LOG = System.getLogger(DedupBudget.class.getName());
  private static final long LOG_NANOS = 60_000_000_000L;
  private static final long SWEEP_NANOS = 1_000_000_000L;

  private final Clock clock;
  private final long mostBytes;
  private final Set<DedupWindow> windows = new HashSet<>();
  private long bytes;
  private volatile long forgotten;
  private long loggedNanos;
  private long sweptNanos;

  DedupBudget(Clock clock, long mostBytes) {
    this.clock = clock;
    this.mostBytes = mostBytes;
    sweptNanos = clock.nanos() - 2 * SWEEP_NANOS;
  }

  /** An id came, or went when negative. */
  void add(long more) {
    bytes += more;
  }

  void register(DedupWindow window) {
    windows.add(window);
  }

  void unregister(DedupWindow window) {
    windows.remove(window);
  }

  /** Whether there is no room, also when streams that nobody publishes to let go of old ids. */
  boolean isExceeded() {
    if (bytes > mostBytes && clock.nanos() - sweptNanos > SWEEP_NANOS) {
      sweptNanos = clock.nanos();
      long now = clock.epochNanos();
      windows.forEach(window -> window.forgetOld(now));
    }
    return bytes > mostBytes;
  }

  /** An id was forgotten for want of room: the same message would be taken again. */
  @SuppressWarnings("NonAtomicOperationOnVolatileField") // one writer
  void forgot() {
    if (forgotten++ == 0 || clock.nanos() - loggedNanos > LOG_NANOS) {
      loggedNanos = clock.nanos();
      LOG.log(
          System.Logger.Level.WARNING,
          "message ids take more than {0} bytes: the oldest are forgotten before their duplicate"
              + " window ends; shorter windows or ids need less",
          Long.toString(mostBytes));
    }
  }

  /** How many ids were forgotten so far for want of room. Any thread. */
  long forgotten() {
    return forgotten;
  }
}
