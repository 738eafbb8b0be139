// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import org.jspecify.annotations.Nullable;

/**
 * The place of a child in its supervisor: its specification, and its present life if it has one.
 *
 * <p>Written by the supervisor's loop; {@link #spec}, {@link #present}, {@link #life} and {@link
 * #state} are for any thread.
 */
final class Slot {
  private final ChildSpec spec;
  private final long place;
  private long epoch;
  private volatile Present present;

  /**
   * How it is with a child.
   *
   * @param life the life that runs, or null
   * @param starts how often it was started
   * @param restarts how often its supervisor started it again, without being asked to
   * @param lastStop why the last life ended, or null
   * @param changedEpochNanos when the last life began or ended
   */
  record Present(
      @Nullable Life life,
      long starts,
      long restarts,
      @Nullable StopReason lastStop,
      long changedEpochNanos) {

    WorkerStatus status() {
      return life == null ? WorkerStatus.STOPPED : life.status();
    }
  }

  Slot(ChildSpec spec, long place, long nowEpochNanos) {
    this.spec = spec;
    this.place = place;
    this.present = new Present(null, 0, 0, null, nowEpochNanos);
  }

  ChildSpec spec() {
    return spec;
  }

  /** Orders the children of a supervisor. */
  long place() {
    return place;
  }

  Present present() {
    return present;
  }

  @Nullable Life life() {
    return present.life;
  }

  /** Changes when a stop that was noted before is dealt with; tells old news from new. */
  long epoch() {
    return epoch;
  }

  /** All stops so far are dealt with. */
  void settle() {
    epoch++;
  }

  /** A life begins, as a restart or for the first time or because somebody asked. */
  void up(Life newLife, boolean restart, long nowEpochNanos) {
    epoch++;
    Present before = present;
    present =
        new Present(
            newLife,
            before.starts + 1,
            before.restarts + (restart ? 1 : 0),
            before.lastStop,
            nowEpochNanos);
  }

  /** Its life has ended. */
  void down(StopReason reason, long nowEpochNanos) {
    present = new Present(null, present.starts, present.restarts, reason, nowEpochNanos);
  }

  /** Why the last life ended. */
  StopReason lastStop() {
    StopReason known = present.lastStop;
    if (known == null) {
      throw new IllegalStateException(spec.id() + " has not stopped yet");
    }
    return known;
  }

  ChildState state() {
    Present now = present;
    return new ChildState(spec.id(), now.status(), now.starts, now.lastStop);
  }
}
