// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import java.util.List;
import java.util.Objects;
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

  /**
   * Adds a child behind the others and starts it; returns when it is up. From then on it is treated
   * as those that the supervisor was started with, for as long as this life of the supervisor: when
   * the supervisor itself is started again it has the children of its {@link SupervisorSpec}, and
   * no others.
   *
   * <p>One that does not want to run has stopped, with {@link StopReason.Ignored}, and stays in the
   * list unless it is temporary. What is asked of a supervisor about its children is done one after
   * the other, and waits for a restart that is under way. An interrupt ends the waiting; what was
   * being started is killed.
   *
   * @return its life, which a restart replaces; {@link #child} gives the present one
   * @throws StartFailedException when it does not start; it is forgotten
   * @throws ChildRefusedException when there is a child of its id, whether it runs or not, when
   *     there are too many, when the supervisor stops, or when it waits for the worker whose
   *     callback calls this
   */
  public WorkerRef startChild(ChildSpec spec) {
    return begin(new ChildCommand.Start(spec));
  }

  /** As {@link #startChild(ChildSpec)}, of a worker as {@link ChildSpec#of(PullWorker, Object)}. */
  public <A, S> WorkerRef startChild(PullWorker<A, S> worker, A argument) {
    return startChild(ChildSpec.of(worker, argument));
  }

  /** As {@link #startChild(ChildSpec)}, of a worker without an argument. */
  public <S> WorkerRef startChild(PullWorker<Void, S> worker) {
    return startChild(ChildSpec.of(worker));
  }

  /**
   * Stops a child and returns when it has stopped. It stays in the list as stopped, unless it is
   * temporary, and is not restarted for this; {@link #restartChild} starts it again, and so does a
   * restart of all or the rest. Does nothing when it is stopped already.
   *
   * <p>Called by a callback of that child it does not wait.
   *
   * @throws ChildRefusedException when there is no such child, and as {@link
   *     #startChild(ChildSpec)}
   */
  public void stopChild(String id) {
    workers().lives().ask(process, new ChildCommand.Stop(id));
  }

  /**
   * Starts a child again that is stopped; returns when it is up. It does not count as a restart.
   *
   * @throws StartFailedException when it does not start; it stays in the list as stopped
   * @throws ChildRefusedException when there is no such child or it runs, and as {@link
   *     #startChild(ChildSpec)}
   */
  public WorkerRef restartChild(String id) {
    return begin(new ChildCommand.StartAgain(id));
  }

  /**
   * Forgets a child that is stopped.
   *
   * @throws ChildRefusedException when there is no such child or it runs, and as {@link
   *     #startChild(ChildSpec)}
   */
  public void deleteChild(String id) {
    workers().lives().ask(process, new ChildCommand.Delete(id));
  }

  private WorkerRef begin(ChildCommand start) {
    return workers().refOf(Objects.requireNonNull(workers().lives().ask(process, start)));
  }

  /** The children in the order of their start. */
  public List<ChildState> children() {
    return process.children();
  }

  /** The present life of a child; empty when it does not run. */
  public Optional<WorkerRef> child(String id) {
    return Optional.ofNullable(process.child(id)).map(workers()::refOf);
  }

  /**
   * Has the JVM stop this when it exits, for example because of a SIGTERM: children stop in reverse
   * order, each within its time, and what is being handled is finished and settled before the JVM
   * is gone. When that takes longer than a second, one line tells the {@link System.Logger} what is
   * waited for. (The JDK's own logging closes its handlers at an exit too and may drop that line.)
   *
   * <p>It holds for this life of the supervisor, and ends when that stops before. Several trees
   * stop at the same time. Asked for twice it is done once.
   *
   * @return this
   * @throws IllegalStateException when the JVM exits already
   */
  public Supervisor stopOnExit() {
    ExitHook.of(this);
    return this;
  }

  /** All that it supervises, the children of inner supervisors too, as it is now. */
  public SupervisionTree tree() {
    return SupervisionTree.of(life(), workers().control().clock());
  }

  /** Whether all that should run does; for probes, which may ask often. */
  public SupervisorHealth health() {
    return SupervisorHealth.of(tree());
  }

  /** The present life of a child that is a supervisor; empty when it does not run or is none. */
  public Optional<Supervisor> supervisor(String id) {
    return child(id).filter(Supervisor.class::isInstance).map(Supervisor.class::cast);
  }
}
