// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.base.EventLoop;
import dev.slipstream.testkit.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Supervisors in virtual time whose children do what the test says, and a log of what they do. */
final class FakeTree {
  static final Duration PERIOD = Duration.ofSeconds(5);

  /** Thousands of seeds with dozens of restarts each would hide what else a build says. */
  private static final Logger LOG = Logger.getLogger(SupervisorProcess.class.getName());

  final Simulation simulation;
  final List<String> log = new ArrayList<>();
  final Names names = new Names();
  private final EventLoop loop;
  private final EventLoop childrenLoop;
  private final Map<String, Behaviour> behaviours = new HashMap<>();
  private final Map<String, FakeChild> present = new HashMap<>();
  private final Map<String, SupervisorSpec> nested = new HashMap<>();

  FakeTree(RandomGenerator random) {
    LOG.setLevel(Level.OFF);
    simulation = new Simulation(random);
    loop = simulation.loop("supervisors");
    childrenLoop = simulation.loop("children");
  }

  /** How the lives of a child go. */
  static final class Behaviour {
    long startNanos;
    long stopNanos;
    int startsToFail;
    boolean ignores;
    boolean stubborn;
  }

  Behaviour behaviour(String id) {
    return behaviours.computeIfAbsent(id, unknown -> new Behaviour());
  }

  ChildSpec spec(String id) {
    return ChildSpec.of(
        id,
        (workers, given) -> {
          throw new AssertionError("this tree launches its children itself");
        });
  }

  ChildSpec spec(String id, SupervisorSpec inner) {
    nested.put(id, inner);
    return ChildSpec.of(id, inner);
  }

  /** Starts a supervisor and lets everything happen that needs no time. */
  SupervisorProcess start(SupervisorSpec spec) {
    SupervisorProcess process = supervise("top", spec);
    simulation.runReady();
    return process;
  }

  /** As {@link #start}, with a life of its own for the supervisor. */
  Life startLife(SupervisorSpec spec) {
    Life life = launch(spec("top", spec), null);
    simulation.runReady();
    return life;
  }

  private SupervisorProcess supervise(String id, SupervisorSpec spec) {
    Life itself = CurrentLife.get();
    return new SupervisorProcess(id, spec, loop, child -> launch(child, itself), WorkerWatch.NONE)
        .begin();
  }

  private Life launch(ChildSpec spec, @Nullable Life owner) {
    SupervisorSpec inner = nested.get(spec.id());
    return Life.begin(
        spec,
        owner,
        names,
        loop,
        () -> inner == null ? new FakeChild(spec.id()).begin() : supervise(spec.id(), inner));
  }

  /** The life of a child that runs now. */
  FakeChild living(String id) {
    FakeChild child = present.get(id);
    return Objects.requireNonNull(child, () -> id + " does not run");
  }

  boolean runs(String id) {
    return present.containsKey(id);
  }

  List<String> running() {
    return present.keySet().stream().sorted().toList();
  }

  void crash(String id) {
    crashLater(id);
    simulation.runReady();
  }

  void crashLater(String id) {
    living(id).end(new StopReason.Failed(new IllegalStateException(id)));
  }

  void endNormally(String id) {
    living(id).end(new StopReason.Normal());
    simulation.runReady();
  }

  void stop(SupervisorProcess process) {
    loop.execute(process::stop);
    simulation.runReady();
  }

  void kill(SupervisorProcess process) {
    loop.execute(process::kill);
    simulation.runReady();
  }

  /**
   * Asks a supervisor to do something with a child and lets everything happen that needs no time.
   */
  ChildCommand.Asked ask(SupervisorProcess process, ChildCommand command) {
    ChildCommand.Asked asked = askLater(process, command, null);
    simulation.runReady();
    return asked;
  }

  /** Asks a supervisor as a callback of {@code caller} would. */
  ChildCommand.Asked askLater(
      SupervisorProcess process, ChildCommand command, @Nullable Life caller) {
    ChildCommand.Asked asked = new ChildCommand.Asked(command, caller);
    process.ask(asked);
    return asked;
  }

  void pass(Duration time) {
    simulation.runFor(TimeUnit.NANOSECONDS.convert(time));
  }

  /** What happened since this was asked last. */
  List<String> happened() {
    List<String> news = List.copyOf(log);
    log.clear();
    return news;
  }

  final class FakeChild implements Child {
    private final String id;
    private final Behaviour behaviour;
    private final CompletableFuture<Started> started = new CompletableFuture<>();
    private final CompletableFuture<StopReason> stopped = new CompletableFuture<>();

    FakeChild(String id) {
      this.id = id;
      behaviour = behaviour(id);
    }

    FakeChild begin() {
      FakeChild before = present.put(id, this);
      if (before != null) {
        throw new AssertionError("two lives of " + id + " at once");
      }
      log.add("start " + id);
      after(behaviour.startNanos, this::up);
      return this;
    }

    private void up() {
      if (stopped.isDone()) {
        return;
      }
      if (behaviour.startsToFail > 0) {
        behaviour.startsToFail--;
        log.add("fail " + id);
        present.remove(id, this);
        started.completeExceptionally(new IllegalStateException(id + " fails to start"));
      } else if (behaviour.ignores) {
        present.remove(id, this);
        started.complete(Started.IGNORED);
      } else {
        started.complete(Started.RUNNING);
      }
    }

    @Override
    public CompletableFuture<Started> started() {
      return started;
    }

    @Override
    public CompletableFuture<StopReason> stopped() {
      return stopped;
    }

    @Override
    public void stop() {
      log.add("stop " + id);
      if (!behaviour.stubborn) {
        after(behaviour.stopNanos, () -> end(new StopReason.Shutdown()));
      }
    }

    @Override
    public void kill() {
      log.add("kill " + id);
      end(new StopReason.Killed());
    }

    void end(StopReason reason) {
      if (!stopped.isDone()) {
        present.remove(id, this);
        started.completeExceptionally(new IllegalStateException("stopped before it was up"));
        stopped.complete(reason);
      }
    }
  }

  private void after(long nanos, Runnable task) {
    childrenLoop.execute(() -> childrenLoop.schedule(nanos, task));
  }

  @Nullable StopReason reason(Child child) {
    return child.stopped().getNow(null);
  }
}
