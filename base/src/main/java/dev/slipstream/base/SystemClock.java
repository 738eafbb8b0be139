// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.base;

import java.time.Instant;

/** The machine's clocks. */
enum SystemClock implements Clock {
  INSTANCE;

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public long epochNanos() {
    return Clock.epochNanos(Instant.now());
  }
}
