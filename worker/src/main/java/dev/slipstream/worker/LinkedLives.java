// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The lives that one life has started with a link: when one of them stops abnormally so does their
 * starter, and when the starter stops so do they. The starter has not stopped before they have, so
 * that its next life finds their names free.
 *
 * <p>Owner: the control loop.
 */
final class LinkedLives implements Link {
  private final Life starter;
  private final Set<Life> linked = new LinkedHashSet<>();
  private final List<Runnable> afterwards = new ArrayList<>();
  private boolean ending;

  LinkedLives(Life starter) {
    this.starter = starter;
  }

  void add(Life life) {
    linked.add(life);
  }

  /** Whether the starter has stopped. */
  boolean isEnding() {
    return ending;
  }

  @Override
  public void onStopped(Life life, StopReason reason) {
    boolean takesAlong = !ending && reason.isAbnormal() && !life.hasFailedToStart();
    cut(life);
    if (takesAlong) {
      starter.stopBecause(new StopReason.Linked(life.id(), reason));
    }
  }

  @Override
  public void cut(Life life) {
    linked.remove(life);
    finishIfAlone();
  }

  /** The starter has stopped: ends them all, in the manner of the starter, and then runs a task. */
  void end(StopReason why, Runnable then) {
    afterwards.add(then);
    if (!ending) {
      ending = true;
      for (Life life : List.copyOf(linked)) {
        if (why.isAbnormal()) {
          life.stopBecause(new StopReason.Linked(starter.id(), why));
        } else {
          life.stopInTime();
        }
      }
    }
    finishIfAlone();
  }

  /** Ends them all at once. */
  void kill() {
    ending = true;
    for (Life life : List.copyOf(linked)) {
      life.kill();
    }
  }

  private void finishIfAlone() {
    if (ending && linked.isEmpty()) {
      List<Runnable> tasks = List.copyOf(afterwards);
      afterwards.clear();
      tasks.forEach(Runnable::run);
    }
  }
}
