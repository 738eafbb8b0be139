// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import org.jspecify.annotations.Nullable;

/**
 * The place of a child in its supervisor: its specification, and its present life if it has one.
 *
 * <p>Written by the supervisor's loop; {@link #spec}, {@link #life} and {@link #state} are for any
 * thread.
 */
final class Slot {
  private final ChildSpec spec;
  private long epoch;
  private volatile long starts;
  private volatile @Nullable Life life;
  private volatile @Nullable StopReason lastStop;

  Slot(ChildSpec spec) {
    this.spec = spec;
  }

  ChildSpec spec() {
    return spec;
  }

  @Nullable Life life() {
    return life;
  }

  /** Changes when a stop that was noted before is dealt with; tells old news from new. */
  long epoch() {
    return epoch;
  }

  /** All stops so far are dealt with. */
  void settle() {
    epoch++;
  }

  void up(Life newLife) {
    epoch++;
    starts = starts + 1;
    life = newLife;
  }

  void down(StopReason reason) {
    lastStop = reason;
    life = null;
  }

  /** Why the last life ended. */
  StopReason lastStop() {
    StopReason known = lastStop;
    if (known == null) {
      throw new IllegalStateException(spec.id() + " has not stopped yet");
    }
    return known;
  }

  ChildState state() {
    Life living = life;
    return new ChildState(
        spec.id(), living == null ? WorkerStatus.STOPPED : living.status(), starts, lastStop);
  }
}
