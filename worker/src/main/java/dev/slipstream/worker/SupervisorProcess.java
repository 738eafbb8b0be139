// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.base.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
 *   STOPPING  all down                      -> STOPPED
 * </pre>
 *
 * <p>One {@link Steps} at a time: children that stop meanwhile wait in {@link #exits}, and are
 * forgotten if the steps under way take them along anyway. Owner: its loop; other threads read
 * {@link #children} and the futures.
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
  private final List<Slot> slots = new ArrayList<>();
  private final ArrayDeque<Exit> exits = new ArrayDeque<>();
  private volatile Phase phase = Phase.STARTING;
  private volatile List<Slot> shown = List.of();
  private @Nullable Steps steps;

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
    spec.children().forEach(child -> slots.add(new Slot(child)));
    show();
  }

  /** Begins to start the children. Any thread. */
  SupervisorProcess begin() {
    loop.execute(() -> run(new Steps(List.of(), slots, this::onAllStarted)));
    return this;
  }

  @Override
  public void stop() {
    stopAll(() -> finish(new StopReason.Shutdown()));
  }

  @Override
  public void kill() {
    loop.assertOwner();
    phase = Phase.STOPPING;
    steps = null;
    for (int i = slots.size() - 1; i >= 0; i--) {
      Life life = slots.get(i).life();
      if (life != null) {
        life.kill();
        slots.get(i).down(new StopReason.Killed());
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

  /** The children in the order of their start. Any thread. */
  List<ChildState> children() {
    return shown.stream().map(Slot::state).toList();
  }

  /** The present life of a child, or null. Any thread. */
  @Nullable Life child(String childId) {
    for (Slot slot : shown) {
      if (slot.spec().id().equals(childId)) {
        return slot.life();
      }
    }
    return null;
  }

  private void run(Steps next) {
    steps = next;
    next.proceed();
  }

  private void onAllStarted() {
    phase = Phase.RUNNING;
    begun();
    handleExits();
  }

  private void stopAll(Runnable done) {
    loop.assertOwner();
    if (phase == Phase.STOPPING || phase == Phase.STOPPED) {
      return;
    }
    phase = Phase.STOPPING;
    run(new Steps(slots, List.of(), done));
  }

  private void finish(StopReason reason) {
    if (phase == Phase.STOPPED) {
      return;
    }
    steps = null;
    exits.clear();
    phase = Phase.STOPPED;
    over(reason);
  }

  private void onStarted(Slot slot, Life life, boolean ignored, @Nullable Throwable failure) {
    if (slot.life() != life) {
      return;
    }
    if (failure != null) {
      slot.down(Life.reasonOf(failure));
    } else if (ignored) {
      slot.down(new StopReason.Ignored());
      forgetIfTemporary(slot);
    }
    Steps waiting = steps;
    if (waiting == null || waiting.awaited != slot) {
      return;
    }
    if (!waiting.isStopping()) {
      waiting.onStarted(slot, failure != null);
    } else if (slot.life() == null) {
      waiting.onStopped();
    }
  }

  private void onStopped(Slot slot, Life life, StopReason reason) {
    if (slot.life() != life) {
      return;
    }
    boolean wasUp = !life.started().isCompletedExceptionally();
    slot.down(reason);
    Steps waiting = steps;
    if (waiting == null || waiting.awaited != slot) {
      exits.add(new Exit(slot, slot.epoch(), reason));
      handleExits();
    } else if (waiting.isStopping()) {
      waiting.onStopped();
    } else {
      if (wasUp) {
        exits.add(new Exit(slot, slot.epoch(), reason));
      }
      waiting.onStarted(slot, !wasUp);
    }
  }

  private void handleExits() {
    while (steps == null && phase == Phase.RUNNING && !exits.isEmpty()) {
      Exit exit = exits.remove();
      Slot slot = exit.slot;
      if (slot.epoch() != exit.epoch || !slots.contains(slot)) {
        continue;
      }
      if (exit.failedStart || slot.spec().restart().applies(exit.reason)) {
        restart(slot, exit.reason);
      } else {
        forgetIfTemporary(slot);
      }
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
    int at = slots.indexOf(slot);
    List<Slot> group =
        switch (spec.strategy()) {
          case ONE_FOR_ONE -> slots.subList(at, at + 1);
          case ONE_FOR_ALL -> slots;
          case REST_FOR_ONE -> slots.subList(at, slots.size());
        };
    List<Slot> startAgain =
        group.stream().filter(member -> member.spec().restart() != Restart.TEMPORARY).toList();
    run(new Steps(group, startAgain, this::handleExits));
  }

  private void forgetIfTemporary(Slot slot) {
    if (slot.spec().restart() == Restart.TEMPORARY) {
      slots.remove(slot);
      show();
    }
  }

  private void show() {
    shown = List.copyOf(slots);
  }

  /** Children to stop, one after another, then children to start, one after another. */
  private final class Steps {
    private final Deque<Slot> toStop;
    private final Deque<Slot> toStart;
    private final Runnable done;
    private boolean stopping;
    private @Nullable Slot awaited;

    Steps(List<Slot> stopInReverse, List<Slot> start, Runnable done) {
      List<Slot> reversed = new ArrayList<>(stopInReverse);
      Collections.reverse(reversed);
      this.toStop = new ArrayDeque<>(reversed);
      this.toStart = new ArrayDeque<>(start);
      this.done = done;
    }

    boolean isStopping() {
      return stopping;
    }

    void proceed() {
      while (steps == this && awaited == null) {
        if (!toStop.isEmpty()) {
          stopOne(toStop.remove());
        } else if (!toStart.isEmpty()) {
          startOne(toStart.remove());
        } else {
          steps = null;
          done.run();
        }
      }
    }

    private void stopOne(Slot slot) {
      slot.settle(); // whatever it stopped of before is dealt with by these steps
      Life life = slot.life();
      if (life == null) {
        removeAfterStop(slot);
        return;
      }
      stopping = true;
      awaited = slot;
      life.stopInTime(loop);
    }

    private void removeAfterStop(Slot slot) {
      if (phase == Phase.RUNNING) {
        forgetIfTemporary(slot);
      }
    }

    void onStopped() {
      Slot slot = awaited;
      awaited = null;
      if (slot != null) {
        removeAfterStop(slot);
      }
      proceed();
    }

    private void startOne(Slot slot) {
      stopping = false;
      awaited = slot;
      Life life = launcher.apply(slot.spec());
      slot.up(life);
      life.started()
          .whenComplete(
              (how, failure) ->
                  loop.execute(
                      () ->
                          SupervisorProcess.this.onStarted(
                              slot, life, how == Started.IGNORED, failure)));
      life.stopped()
          .whenComplete(
              (reason, never) ->
                  loop.execute(() -> SupervisorProcess.this.onStopped(slot, life, reason)));
    }

    void onStarted(Slot slot, boolean failed) {
      awaited = null;
      if (!failed) {
        proceed();
      } else if (phase == Phase.STARTING) {
        StopReason reason = slot.lastStop();
        stopAll(
            () -> {
              failStart(slot.spec().id(), reason);
              finish(new StopReason.Failed(new StartFailedException(slot.spec().id(), reason)));
            });
      } else {
        steps = null;
        exits.add(new Exit(slot, slot.epoch(), slot.lastStop(), true));
        handleExits();
      }
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
