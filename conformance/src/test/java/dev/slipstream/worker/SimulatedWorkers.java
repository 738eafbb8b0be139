// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.base.EventLoop;
import dev.slipstream.client.ClientState;
import dev.slipstream.client.NatsClient;
import dev.slipstream.testkit.Simulation;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Real {@link Workers} in virtual time, with one tree of supervisors: nothing here waits, the test
 * runs the simulation.
 *
 * <p>Owner: the thread of the test.
 */
public final class SimulatedWorkers {
  private final Simulation simulation;
  private final EventLoop control;
  private final Workers workers;
  private @Nullable Life tree;

  /** Workers whose callbacks run on {@code threads}. */
  public SimulatedWorkers(
      Simulation simulation, SplittableRandom random, Executor threads, WorkerMetrics metrics) {
    this.simulation = simulation;
    control = simulation.loop("control");
    workers =
        Workers.builder()
            .executor(threads)
            .clock(simulation.clock())
            .random(random)
            .control(new SimulatedScheduler(control))
            .metrics(metrics)
            .build();
  }

  /** Begins to start the tree. */
  public void start(SupervisorSpec spec) {
    workers.lives().begin(ChildSpec.of("root", spec)).thenAccept(life -> tree = life);
  }

  /** Begins to stop the tree, or one that is found by name. */
  public void stop(WorkerRef ref) {
    workers.control().offer(() -> ref.life().stopInTime());
  }

  /** The tree, once it has begun. */
  public Supervisor tree() {
    if (workers.refOf(Objects.requireNonNull(tree)) instanceof Supervisor supervisor) {
      return supervisor;
    }
    throw new AssertionError("not a supervisor");
  }

  /** Why the tree has stopped; empty while it has not. */
  public Optional<StopReason> stopReason() {
    CompletableFuture<StopReason> stopped = Objects.requireNonNull(tree).stopped();
    return Optional.ofNullable(stopped.getNow(null));
  }

  /** Somebody closes the client of a connection child, or asks it for another connection. */
  public void dropClient(String name, boolean closes) {
    NatsClient client = workers.registry().client(name);
    if (client == null || client.state() == ClientState.CLOSED) {
      return;
    }
    if (closes) {
      client.drain(Duration.ZERO);
    } else {
      client.forceReconnect();
    }
  }

  /** The present client of a connection child. */
  public NatsClient client(String name) {
    return Objects.requireNonNull(workers.registry().client(name));
  }

  /** Whether the child of that name is at work. */
  public boolean isRunning(String name) {
    return workers.find(name).filter(ref -> ref.status() == WorkerStatus.RUNNING).isPresent();
  }

  /** The workers themselves. */
  public Workers workers() {
    return workers;
  }

  /** Timers of supervisors, connections and workers that lie ahead. */
  public long timers() {
    return simulation.timers(control);
  }

  /** Commands of supervisors and connections that wait. */
  public int commands() {
    return simulation.commands(control);
  }
}
