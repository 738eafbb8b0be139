// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The lives that run among {@link Workers}: begins and stops them as commands of the control loop,
 * for which the calling thread waits.
 *
 * <p>A callback does not wait for what cannot happen before it returns. Waiting is for any thread
 * but that of the control loop, which is refused; the state is the control loop's.
 */
final class Lives {
  private final Workers workers;
  private final SerialLoop control;
  private final Names names;

  /** What was started by itself and runs, oldest first. Owner: the control loop. */
  private final Set<Life> roots = new LinkedHashSet<>();

  Lives(Workers workers, SerialLoop control, Names names) {
    this.workers = workers;
    this.control = control;
    this.names = names;
  }

  /** Begins a life that no other one stops with, and waits for it to be initialized. */
  Life start(ChildSpec spec) {
    return start(() -> launch(spec, null));
  }

  /** Begins a life that no other one stops with; waits for nothing. */
  CompletableFuture<Life> begin(ChildSpec spec) {
    return onControl(() -> root(launch(spec, null)));
  }

  /** Begins a life that is linked to the life, or else the thread, that calls. */
  Life startLinked(ChildSpec spec) {
    Life caller = CurrentLife.get();
    if (caller == null) {
      Thread thread = Thread.currentThread();
      return start(() -> launchLinked(spec, thread));
    }
    if (!caller.livesOn(control)) {
      throw new IllegalStateException(caller + " lives among other workers: it cannot be linked");
    }
    return start(() -> launchLinked(spec, caller));
  }

  private Life start(Supplier<Life> launcher) {
    refuseToWaitOnControl();
    Life life = await(onControl(() -> root(launcher.get())));
    try {
      return awaitStart(life);
    } catch (IllegalStateException interrupted) {
      control.offer(life::kill);
      throw interrupted;
    }
  }

  private Life root(Life begun) {
    roots.add(begun);
    begun.stopped().whenComplete((reason, never) -> control.offer(() -> roots.remove(begun)));
    return begun;
  }

  /** Begins a life of a child that stops with {@code owner}. */
  private Life launch(ChildSpec spec, @Nullable Life owner) {
    control.assertOwner();
    Life life =
        Life.begin(spec, owner, names, control, () -> spec.starter().start(workers, spec.id()));
    if (workers.watch().isOn()) {
      workers.watch().began(life, workers.refOf(life));
    }
    return life;
  }

  private Life launchLinked(ChildSpec spec, Thread thread) {
    Life begun = launch(spec, null);
    begun.linkTo(new LinkedThread(thread));
    return begun;
  }

  private Life launchLinked(ChildSpec spec, Life caller) {
    LinkedLives starter = caller.linked();
    if (caller.stopped().isDone() || starter.isEnding()) {
      throw new IllegalStateException(caller + " has stopped: nothing is linked to it any more");
    }
    Life begun = launch(spec, caller);
    starter.add(begun);
    begun.linkTo(starter);
    return begun;
  }

  /** Begins a supervisor, for the life that begins now. */
  SupervisorProcess supervise(String id, SupervisorSpec spec) {
    Life itself = CurrentLife.get();
    return new SupervisorProcess(id, spec, control, child -> launch(child, itself), workers.watch())
        .begin();
  }

  /**
   * Has a supervisor do something with a child and waits for it, unless the child is to stop and it
   * is its own callback that asks.
   *
   * @return the life that was begun, or null if none was
   */
  @Nullable Life ask(SupervisorProcess supervisor, ChildCommand command) {
    refuseToWaitOnControl();
    Life caller = CurrentLife.get();
    if (command instanceof ChildCommand.Stop stop) {
      Life target = supervisor.child(stop.id());
      if (target != null && target.contains(caller)) {
        supervisor.ask(new ChildCommand.Asked(command, null));
        return null;
      }
    }
    ChildCommand.Asked asked = new ChildCommand.Asked(command, caller);
    supervisor.ask(asked);
    try {
      Life begun = await(asked.done()).life();
      return begun == null ? null : awaitStart(begun);
    } catch (IllegalStateException interrupted) {
      supervisor.withdraw(asked);
      throw interrupted;
    }
  }

  /** Stops a life and waits for it, unless it is its own callback that asks. */
  void stop(Life life) {
    Life caller = CurrentLife.get();
    if (caller == life && life.child() instanceof PullProcess<?, ?> process) {
      process.stop(); // at once: what calls is its last message
    }
    boolean waits = !control.inLoop() && !life.contains(caller);
    if (!control.offer(life::stopInTime) || !waits) {
      return;
    }
    try {
      life.stopped().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  /** Stops a life, in time; done when it has stopped, or when nothing is stopped here any more. */
  CompletableFuture<StopReason> askToStop(Life life) {
    return control.offer(life::stopInTime)
        ? life.stopped()
        : CompletableFuture.completedFuture(new StopReason.Shutdown());
  }

  /** Waits until a life has stopped of itself or by others. */
  StopReason awaitStop(Life life) throws InterruptedException {
    refuseToWaitOnControl();
    if (life.contains(CurrentLife.get())) {
      throw new IllegalStateException("a callback must not wait for its own end, that of " + life);
    }
    try {
      return life.stopped().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  /** Ends a link, if there is one. */
  void unlink(Life life) {
    if (control.inLoop()) {
      life.unlink();
      return;
    }
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    boolean taken =
        control.offer(
            () -> {
              life.unlink();
              done.complete(true);
            });
    if (taken) {
      await(done);
    }
  }

  /** What was started by itself and runs, oldest first. */
  List<Life> roots() {
    refuseToWaitOnControl();
    return await(onControl(() -> List.copyOf(roots)));
  }

  private void refuseToWaitOnControl() {
    if (control.inLoop()) {
      throw new IllegalStateException("the thread of the supervisors must not wait");
    }
  }

  private <T> CompletableFuture<T> onControl(Supplier<T> command) {
    CompletableFuture<T> done = new CompletableFuture<>();
    control.execute(
        () -> {
          try {
            done.complete(command.get());
          } catch (RuntimeException refused) {
            done.completeExceptionally(refused);
          }
        });
    return done;
  }

  private static Life awaitStart(Life life) {
    if (await(life.started()) == Child.Started.IGNORED) {
      await(life.stopped());
    }
    return life;
  }

  private static <T> T await(CompletableFuture<T> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting", e);
    } catch (ExecutionException e) {
      // the trace of the caller is what helps
      if (e.getCause() instanceof StartFailedException failure) {
        throw new StartFailedException(failure.id(), failure.reason());
      }
      if (e.getCause() instanceof ChildRefusedException refusal) {
        throw refusal.here();
      }
      Throwable cause = e.getCause();
      throw new IllegalStateException(cause == null ? null : cause.getMessage(), cause);
    }
  }
}
