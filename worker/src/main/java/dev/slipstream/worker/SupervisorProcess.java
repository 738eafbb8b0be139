// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.base.EventLoop;
import dev.slipstream.worker.ChildCommand.Asked;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A supervisor's state machine: starts children in order, stops them in reverse order, and restarts
 * what stops as the strategy says, within the restart intensity.
 *
 * <pre>
 *   STARTING  all up                        -> RUNNING
 *             a start fails, or stop        -> STOPPING
 *   RUNNING   child stops, to be restarted  -> a {@link Steps}: stop the others it takes with it,
 *                                              start them all; a start that fails is a restart more
 *             restart not permitted, or stop -> STOPPING
 *             asked about a child           -> a {@link Steps} for it, see {@link ChildCommands}
 *   STOPPING  all down                      -> STOPPED
 * </pre>
 *
 * <p>One {@link Steps} at a time: children that stop meanwhile wait in {@link #exits}, and are
 * forgotten if the steps under way take them along anyway; commands wait until there is neither.
 * Owner: its loop; other threads read {@link #slots} and the futures, and {@link #ask}.
 */
final class SupervisorProcess extends ChildProcess {
  private static final System.Logger LOG = System.getLogger(SupervisorProcess.class.getName());

  private enum Phase {
    STARTING,
    RUNNING,
    STOPPING,
    STOPPED
  }

  private final SupervisorSpec spec;
  private final EventLoop loop;
  private final Function<ChildSpec, Life> launcher;
  private final WorkerWatch watch;
  private final RestartIntensity intensity;
  private final Slots slots = new Slots();
  private final ChildCommands commands;
  private final ArrayDeque<Exit> exits = new ArrayDeque<>();
  private final Steps.Hands hands = new ChildHands();
  private volatile Phase phase = Phase.STARTING;
  private @Nullable Steps steps;

  /** Whether the steps under way are a restart, and not what somebody asked for. */
  private boolean restarting;

  SupervisorProcess(
      String id,
      SupervisorSpec spec,
      EventLoop loop,
      Function<ChildSpec, Life> launcher,
      WorkerWatch watch) {
    super(id);
    this.spec = spec;
    this.loop = loop;
    this.launcher = launcher;
    this.watch = watch;
    this.intensity =
        new RestartIntensity(
            spec.maxRestarts(), TimeUnit.NANOSECONDS.convert(spec.restartPeriod()));
    this.commands = new ChildCommands(id, spec.maxChildren(), slots, loop.clock(), this::carryOut);
    spec.children().forEach(child -> slots.add(child, now()));
  }

  /** Begins to start the children. Any thread. */
  SupervisorProcess begin() {
    loop.execute(
        () -> run(new Steps(hands, List.of(), slots.all(), this::onAllStarted, this::giveUpStart)));
    return this;
  }

  /**
   * Asks it to do something with a child, once it runs and nothing else is under way. Any thread.
   */
  void ask(Asked asked) {
    if (!loop.offer(() -> accept(asked))) {
      commands.refuseStopped(asked);
    }
  }

  /** The caller of a command does not wait any more. Any thread. */
  void withdraw(Asked asked) {
    loop.offer(() -> commands.withdraw(asked));
  }

  @Override
  public void stop() {
    stopAll(() -> finish(new StopReason.Shutdown()));
  }

  @Override
  public void kill() {
    loop.assertOwner();
    enter(Phase.STOPPING);
    abandonSteps();
    commands.close();
    List<Slot> inOrder = slots.all();
    for (int i = inOrder.size() - 1; i >= 0; i--) {
      Life life = inOrder.get(i).life();
      if (life != null) {
        life.kill();
        inOrder.get(i).down(new StopReason.Killed(), now());
      }
    }
    finish(new StopReason.Killed());
  }

  @Override
  public WorkerStatus status() {
    return switch (phase) {
      case STARTING -> WorkerStatus.STARTING;
      case RUNNING -> WorkerStatus.RUNNING;
      case STOPPING -> WorkerStatus.STOPPING;
      case STOPPED -> WorkerStatus.STOPPED;
    };
  }

  /** What it was started from. */
  SupervisorSpec spec() {
    return spec;
  }

  /** Its children, to be read by any thread. */
  Slots slots() {
    return slots;
  }

  /** The children in the order of their start. Any thread. */
  List<ChildState> children() {
    return slots.all().stream().map(Slot::state).toList();
  }

  /** The present life of a child, or null. Any thread. */
  @Nullable Life child(String childId) {
    Slot slot = slots.find(childId);
    return slot == null ? null : slot.life();
  }

  private long now() {
    return loop.clock().epochNanos();
  }

  private void enter(Phase next) {
    phase = next;
    statusChanged();
  }

  private void accept(Asked asked) {
    if (phase == Phase.STOPPING || phase == Phase.STOPPED) {
      commands.refuseStopped(asked);
      return;
    }
    commands.add(asked, steps == null ? null : steps.awaited());
    goOn();
  }

  private void run(Steps next) {
    steps = next;
    next.proceed();
  }

  private void abandonSteps() {
    if (steps != null) {
      steps.abandon();
    }
    endSteps();
  }

  private void endSteps() {
    steps = null;
    restarting = false;
  }

  /** Stops and starts children, and afterwards goes on with what has come up meanwhile. */
  private void carryOut(List<Slot> stop, List<Slot> start, Runnable done, Consumer<Slot> failed) {
    run(
        new Steps(
            hands,
            stop,
            start,
            () -> {
              endSteps();
              done.run();
              goOn();
            },
            slot -> {
              endSteps();
              failed.accept(slot);
              goOn();
            }));
  }

  private void onAllStarted() {
    endSteps();
    enter(Phase.RUNNING);
    begun();
    goOn();
  }

  private void giveUpStart(Slot slot) {
    String culprit = slot.spec().id();
    StopReason reason = slot.lastStop();
    stopAll(
        () -> {
          failStart(culprit, reason);
          finish(new StopReason.Failed(new StartFailedException(culprit, reason)));
        });
  }

  private void stopAll(Runnable done) {
    loop.assertOwner();
    if (phase == Phase.STOPPING || phase == Phase.STOPPED) {
      return;
    }
    enter(Phase.STOPPING);
    commands.close();
    abandonSteps();
    run(new Steps(hands, slots.all(), List.of(), done, slot -> {}));
  }

  private void finish(StopReason reason) {
    if (phase == Phase.STOPPED) {
      return;
    }
    endSteps();
    exits.clear();
    enter(Phase.STOPPED);
    over(reason);
  }

  private void onStarted(Slot slot, Life life, boolean ignored, @Nullable Throwable failure) {
    if (slot.life() != life) {
      return;
    }
    if (failure != null) {
      slot.down(Life.reasonOf(failure), now());
    } else if (ignored) {
      slot.down(new StopReason.Ignored(), now());
      forgetIfTemporary(slot);
    }
    Steps waiting = steps;
    if (waiting == null || waiting.awaited() != slot) {
      return;
    }
    if (waiting.isStopping()) {
      if (slot.life() == null) {
        waiting.onStopped();
      }
    } else if (failure != null) {
      waiting.onStartFailed(slot);
    } else {
      waiting.onStarted();
    }
  }

  private void onStopped(Slot slot, Life life, StopReason reason) {
    if (slot.life() != life) {
      return;
    }
    boolean wasUp = !life.started().isCompletedExceptionally();
    slot.down(reason, now());
    Steps waiting = steps;
    if (waiting == null || waiting.awaited() != slot) {
      exits.add(new Exit(slot, slot.epoch(), reason));
      goOn();
    } else if (waiting.isStopping()) {
      waiting.onStopped();
    } else if (wasUp) {
      exits.add(new Exit(slot, slot.epoch(), reason));
      waiting.onStarted();
    } else {
      waiting.onStartFailed(slot);
    }
  }

  /** Deals with what waits while nothing is under way: first what has stopped, then commands. */
  private void goOn() {
    while (steps == null && phase == Phase.RUNNING) {
      if (!exits.isEmpty()) {
        handle(exits.remove());
      } else if (commands.isReady()) {
        commands.next();
      } else {
        return;
      }
    }
  }

  private void handle(Exit exit) {
    Slot slot = exit.slot;
    if (slot.epoch() != exit.epoch || !slots.contains(slot)) {
      return;
    }
    if (exit.failedStart || slot.spec().restart().applies(exit.reason)) {
      restart(slot, exit.reason);
    } else {
      forgetIfTemporary(slot);
    }
  }

  private void restart(Slot slot, StopReason reason) {
    if (!intensity.permits(loop.clock().nanos())) {
      LOG.log(
          System.Logger.Level.ERROR,
          "{0} gives up: {1} stopped once too often: {2}",
          this,
          slot.spec().id(),
          reason);
      StopReason.RestartsExceeded exceeded =
          new StopReason.RestartsExceeded(slot.spec().id(), reason);
      watch.gaveUp(id(), exceeded);
      stopAll(() -> finish(exceeded));
      return;
    }
    watch.restarting(id(), slot.spec().id(), reason);
    LOG.log(System.Logger.Level.WARNING, "{0} restarts {1}: {2}", this, slot.spec().id(), reason);
    List<Slot> group =
        switch (spec.strategy()) {
          case ONE_FOR_ONE -> List.of(slot);
          case ONE_FOR_ALL -> slots.all();
          case REST_FOR_ONE -> slots.from(slot);
        };
    List<Slot> startAgain =
        group.stream().filter(member -> member.spec().restart() != Restart.TEMPORARY).toList();
    restarting = true;
    carryOut(group, startAgain, () -> {}, this::tryAgain);
  }

  /** A restart that has failed is a restart more. */
  private void tryAgain(Slot slot) {
    exits.add(new Exit(slot, slot.epoch(), slot.lastStop(), true));
  }

  private void forgetIfTemporary(Slot slot) {
    if (slot.spec().restart() == Restart.TEMPORARY) {
      slots.remove(slot);
    }
  }

  /** Stops and starts children, and hears of it. */
  private final class ChildHands implements Steps.Hands {
    @Override
    public boolean stop(Slot slot) {
      slot.settle(); // whatever it stopped of before is dealt with by these steps
      Life life = slot.life();
      if (life != null) {
        life.stopInTime();
      }
      return life != null;
    }

    @Override
    public void onStopped(Slot slot) {
      if (phase == Phase.RUNNING) {
        forgetIfTemporary(slot);
      }
    }

    @Override
    public void start(Slot slot) {
      Life life = launcher.apply(slot.spec());
      slot.up(life, restarting, now());
      life.started()
          .whenComplete(
              (how, failure) ->
                  loop.execute(
                      () ->
                          SupervisorProcess.this.onStarted(
                              slot, life, how == Child.Started.IGNORED, failure)));
      life.stopped()
          .whenComplete(
              (reason, never) ->
                  loop.execute(() -> SupervisorProcess.this.onStopped(slot, life, reason)));
    }

    @Override
    public void onAwaited(Slot slot) {
      commands.onAwaited(slot);
    }
  }

  /**
   * A child that has stopped and was not dealt with yet.
   *
   * @param epoch which life it was, so that one that steps took along is not counted again
   * @param failedStart whether it was being restarted, which is then tried again
   */
  private record Exit(Slot slot, long epoch, StopReason reason, boolean failedStart) {
    Exit(Slot slot, long epoch, StopReason reason) {
      this(slot, epoch, reason, false);
    }
  }
}
