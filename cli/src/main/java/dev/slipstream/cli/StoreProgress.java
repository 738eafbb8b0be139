// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import dev.slipstream.base.Clock;
import dev.slipstream.store.StoreCheck;
import java.io.PrintStream;

/** Says on standard error how far long work is: once a second, from the first second on. */
final class StoreProgress implements StoreCheck.Progress {
  private static final long SECOND_NANOS = 1_000_000_000;
  private static final int MIB_SHIFT = 20;

  private final PrintStream err;
  private final Clock clock;
  private long nextNanos;

  StoreProgress(PrintStream err, Clock clock) {
    this.err = err;
    this.clock = clock;
    nextNanos = clock.nanos() + SECOND_NANOS;
  }

  @Override
  public void read(long bytes, long of) {
    long now = clock.nanos();
    if (now - nextNanos < 0) {
      return;
    }
    nextNanos = now + SECOND_NANOS;
    err.println("read " + (bytes >> MIB_SHIFT) + " of about " + (of >> MIB_SHIFT) + " MiB");
  }
}
