// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.base.Clock;
import java.util.HashSet;
import java.util.List;
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

  /** Those that have ids. */
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

  /** A window took an id; those of streams that nobody publishes to let go of old ids for it. */
  void took(DedupWindow window, long more) {
    windows.add(window);
    bytes += more;
    if (isExceeded() && clock.nanos() - sweptNanos > SWEEP_NANOS) {
      sweptNanos = clock.nanos();
      long now = clock.epochNanos();
      List.copyOf(windows).forEach(each -> each.forgetOld(now));
    }
  }

  /** A window let go of an id. */
  void gave(DedupWindow window, long less) {
    bytes -= less;
    if (window.size() == 0) {
      windows.remove(window);
    }
  }

  boolean isExceeded() {
    return bytes > mostBytes;
  }

  /** An id was forgotten for want of room: the same message would be taken again. */
  void forgot() {
    forgotten += 1; // its only writer
    if (forgotten == 1 || clock.nanos() - loggedNanos > LOG_NANOS) {
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
