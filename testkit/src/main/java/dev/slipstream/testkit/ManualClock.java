// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.testkit;

import dev.slipstream.base.Clock;

/** A clock that moves only when the test moves it. */
public final class ManualClock implements Clock {
  /** 2026-01-01T00:00:00Z, where every manual clock begins. */
  public static final long START_EPOCH_NANOS = 1_767_225_600_000_000_000L;

  private long nanos;
  private long epochOffsetNanos = START_EPOCH_NANOS;

  @Override
  public long nanos() {
    return nanos;
  }

  @Override
  public long epochNanos() {
    return nanos + epochOffsetNanos;
  }

  /** Moves both readings forward. */
  public void advance(long byNanos) {
    if (byNanos < 0) {
      throw new IllegalArgumentException("time does not go back: " + byNanos);
    }
    nanos += byNanos;
  }

  /** Steps the wall reading alone, as an operator or a time server does; may be negative. */
  public void stepWall(long byNanos) {
    epochOffsetNanos += byNanos;
  }
}
