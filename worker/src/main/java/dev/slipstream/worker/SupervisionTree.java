// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.base.Clock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A supervisor and all that it supervises, as it was at one moment; for people and for probes.
 * Immutable.
 *
 * <p>It is read while everything goes on: each child is shown as it was when it was looked at. What
 * is linked to a worker is not part of the tree.
 *
 * @param taken when it was looked at
 * @param root the supervisor
 */
public record SupervisionTree(Instant taken, Node root) {

  /** What a child is. */
  public enum Kind {
    /** It supervises children of its own. */
    SUPERVISOR,
    /** A {@link PullWorker}. */
    WORKER,
    /** A connection that workers find by name. */
    CONNECTION,
    /** A {@link Child} of the application's own. */
    OTHER
  }

  /**
   * A child, or the supervisor at the top.
   *
   * @param id its id
   * @param kind what it is
   * @param name what it is found by, or null
   * @param restart when it is started again
   * @param status what it is doing; {@link WorkerStatus#STOPPED} while no life of it runs
   * @param starts how often it was started
   * @param restarts how often of these its supervisor started it again without being asked to
   * @param lastStop why its last life ended, or null
   * @param since since when it does what it is doing
   * @param children what it supervises, in the order of their start; empty when it is no supervisor
   *     that runs
   */
  public record Node(
      String id,
      Kind kind,
      @Nullable String name,
      Restart restart,
      WorkerStatus status,
      long starts,
      long restarts,
      @Nullable StopReason lastStop,
      Instant since,
      List<Node> children) {

    /** Takes a copy of the list. */
    public Node {
      children = List.copyOf(children);
    }
  }

  /**
   * A picture of it, one line a child: id, name and kind, status and for how long, how often it was
   * restarted, and why it stopped last.
   */
  public String toText() {
    return TreeText.of(this);
  }

  static SupervisionTree of(Life supervisor, Clock clock) {
    Slot slot = supervisor.slot();
    Slot.Present present =
        slot == null ? new Slot.Present(supervisor, 1, 0, null, 0) : slot.present();
    return new SupervisionTree(
        Clock.instant(clock.epochNanos()), node(supervisor.spec(), supervisor, present));
  }

  private static Node node(ChildSpec spec, @Nullable Life life, Slot.Present present) {
    List<Node> children =
        life != null && life.child() instanceof SupervisorProcess process
            ? process.slots().all().stream().map(SupervisionTree::node).toList()
            : List.of();
    WorkerStatus status = life == null ? WorkerStatus.STOPPED : life.status();
    StopReason ended = life == null ? null : life.stopped().getNow(null);
    return new Node(
        spec.id(),
        spec.kind(),
        spec.name(),
        spec.restart(),
        status,
        present.starts(),
        present.restarts(),
        ended == null ? present.lastStop() : ended,
        Clock.instant(life == null ? present.changedEpochNanos() : life.sinceEpochNanos(status)),
        children);
  }

  private static Node node(Slot slot) {
    Slot.Present present = slot.present();
    return node(slot.spec(), present.life(), present);
  }
}
