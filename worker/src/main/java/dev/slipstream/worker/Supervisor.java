// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import java.util.List;
import java.util.Optional;

/**
 * A supervisor that runs: it starts its children in order, restarts those that stop as their
 * specifications say, and stops them in reverse order.
 *
 * <p>Restarts are counted in a period that slides; when there are too many of them it stops all
 * children and itself with {@link StopReason.RestartsExceeded}, for its own supervisor to judge.
 *
 * <pre>{@code
 * try (Supervisor tree =
 *     Supervisor.oneForOne()
 *         .child(ChildSpec.connection("gnat", ClientOptions.fromEnv()))
 *         .child(new MyPullConsumer(), 1)
 *         .start()) { ... }
 * }</pre>
 */
public final class Supervisor extends WorkerRef {
  private final SupervisorProcess process;

  Supervisor(Workers workers, Life life, SupervisorProcess process) {
    super(workers, life);
    this.process = process;
  }

  /** A supervisor that restarts the child that stopped. */
  public static SupervisorSpec oneForOne() {
    return SupervisorSpec.of(Strategy.ONE_FOR_ONE);
  }

  /** A supervisor that restarts all children when one has to be. */
  public static SupervisorSpec oneForAll() {
    return SupervisorSpec.of(Strategy.ONE_FOR_ALL);
  }

  /** A supervisor that restarts the child that stopped and those started after it. */
  public static SupervisorSpec restForOne() {
    return SupervisorSpec.of(Strategy.REST_FOR_ONE);
  }

  /** The children in the order of their start. */
  public List<ChildState> children() {
    return process.children();
  }

  /** The present life of a child; empty when it does not run. */
  public Optional<WorkerRef> child(String id) {
    return Optional.ofNullable(process.child(id)).map(workers()::refOf);
  }
}
