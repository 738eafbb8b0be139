// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance.workers;

import dev.slipstream.worker.StopReason;
import dev.slipstream.worker.WorkerMetrics;
import dev.slipstream.worker.WorkerRef;
import java.util.ArrayList;
import java.util.List;

/**
 * A model of the restart intensity of one supervisor beside the real one: it knows when children
 * were restarted, and tells when one is restarted that must not be, or when the supervisor gives up
 * although it may restart once more.
 *
 * <p>Kept as the definition says: all times since the supervisor began, and how many of them lie
 * within the period. Owner: the thread of the test.
 */
final class RestartLedger implements WorkerMetrics {
  private final WorkerWorld world;
  private final String supervisor;
  private final int most;
  private final long periodNanos;
  private final List<Long> restarts = new ArrayList<>();
  private boolean hasGivenUp;
  private int givenUp;
  private long restarted;

  RestartLedger(WorkerWorld world, String supervisor, int most, long periodNanos) {
    this.world = world;
    this.supervisor = supervisor;
    this.most = most;
    this.periodNanos = periodNanos;
  }

  @Override
  public void began(WorkerRef life) {
    world.trace.note(life.id(), "begins");
    if (life.id().equals(supervisor)) {
      restarts.clear();
      hasGivenUp = false;
    }
  }

  @Override
  public void stopped(WorkerRef life, StopReason reason) {
    world.trace.note(life.id(), "has stopped:", reason);
  }

  @Override
  public void attemptFailed(String child, Throwable why) {
    world.trace.note(child, "has failed an attempt:", why);
  }

  @Override
  public void restarting(String by, String child, StopReason reason) {
    world.trace.note(by, "restarts", child);
    if (by.equals(supervisor)) {
      check(!hasGivenUp, "restarts " + child + " after it has given up");
      check(within() < most, "restarts " + child + " once too often, for " + reason);
      restarts.add(world.simulation.clock().nanos());
      restarted++;
    }
  }

  @Override
  public void gaveUp(String by, StopReason.RestartsExceeded reason) {
    world.trace.note(by, "gives up");
    check(by.equals(supervisor), by + " gives up");
    check(within() == most, "gives up for " + reason + " after " + within() + " restarts");
    hasGivenUp = true;
    givenUp++;
  }

  private long within() {
    long now = world.simulation.clock().nanos();
    return restarts.stream().filter(at -> now - at <= periodNanos).count();
  }

  /** How often the supervisor has given up. */
  int givenUp() {
    return givenUp;
  }

  /** How often it has restarted a child. */
  long restarted() {
    return restarted;
  }

  private void check(boolean holds, String what) {
    if (!holds) {
      world.fail(new AssertionError(supervisor + " " + what));
    }
  }
}
