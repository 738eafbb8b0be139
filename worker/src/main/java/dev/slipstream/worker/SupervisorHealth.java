// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.worker.SupervisionTree.Kind;
import dev.slipstream.worker.SupervisionTree.Node;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a supervision tree does all that it is for, as probes ask. Immutable.
 *
 * <p>It is UP when the supervisor runs and every {@link Restart#PERMANENT} child in it does, down
 * to the last: supervisors and workers are {@link WorkerStatus#RUNNING}, connections are connected.
 * A child whose {@code init} did not want it to run is not missing; one that somebody has stopped
 * is.
 *
 * @param status UP or DOWN
 * @param missing what does not run; empty when UP
 */
public record SupervisorHealth(Status status, List<Missing> missing) {

  /** What a probe answers. */
  public enum Status {
    /** All that is permanent runs. */
    UP,
    /** Something does not. */
    DOWN
  }

  /**
   * A child that should run and does not.
   *
   * @param path its id, after those of the supervisors above it below the top, as {@code
   *     inner/orders}; the id of the supervisor at the top when that does not run
   * @param status what it is doing instead
   * @param since since when
   * @param lastStop why its last life ended, or null
   */
  public record Missing(
      String path, WorkerStatus status, Instant since, @Nullable StopReason lastStop) {}

  /** Takes a copy of the list. */
  public SupervisorHealth {
    missing = List.copyOf(missing);
  }

  /** Whether nothing is missing. */
  public boolean isUp() {
    return status == Status.UP;
  }

  static SupervisorHealth of(SupervisionTree tree) {
    List<Missing> missing = new ArrayList<>();
    Node root = tree.root();
    if (root.status() == WorkerStatus.RUNNING) {
      collect("", root, missing);
    } else {
      missing.add(missing(root.id(), root));
    }
    return new SupervisorHealth(missing.isEmpty() ? Status.UP : Status.DOWN, missing);
  }

  private static void collect(String before, Node supervisor, List<Missing> missing) {
    for (Node child : supervisor.children()) {
      String path = before + child.id();
      if (child.status() == WorkerStatus.RUNNING) {
        if (child.kind() == Kind.SUPERVISOR) {
          collect(path + "/", child, missing);
        }
      } else if (child.restart() == Restart.PERMANENT && !wantsNotToRun(child)) {
        missing.add(missing(path, child));
      }
    }
  }

  private static boolean wantsNotToRun(Node child) {
    return child.status() == WorkerStatus.STOPPED && child.lastStop() instanceof StopReason.Ignored;
  }

  private static Missing missing(String path, Node node) {
    return new Missing(path, node.status(), node.since(), node.lastStop());
  }
}
