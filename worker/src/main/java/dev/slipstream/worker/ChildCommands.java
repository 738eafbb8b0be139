// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.base.Clock;
import dev.slipstream.worker.ChildCommand.Asked;
import dev.slipstream.worker.ChildRefusedException.Why;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a supervisor is asked about single children: one command after another, in the order in
 * which they came, each while nothing else is under way.
 *
 * <p>A command whose caller is a callback of a child that the supervisor waits for is refused, as
 * it would wait for itself. Owner: the supervisor's loop. Bounded by the callers, each of which
 * waits.
 */
final class ChildCommands {
  private final String supervisor;
  private final int most;
  private final Slots slots;
  private final Clock clock;
  private final Carrier carrier;
  private final ArrayDeque<Asked> waiting = new ArrayDeque<>();
  private @Nullable Asked present;

  /** Stops and starts children. */
  interface Carrier {
    void carry(List<Slot> stop, List<Slot> start, Runnable done, Consumer<Slot> failed);
  }

  ChildCommands(String supervisor, int most, Slots slots, Clock clock, Carrier carrier) {
    this.supervisor = supervisor;
    this.most = most;
    this.slots = slots;
    this.clock = clock;
    this.carrier = carrier;
  }

  /**
   * Whether there is a command that can be carried out now. One about a child whose end others have
   * heard of already, but not the supervisor, comes after that news.
   */
  boolean isReady() {
    Asked oldest = waiting.peek();
    if (oldest == null) {
      return false;
    }
    Slot slot = slots.find(oldest.command().id());
    Life life = slot == null ? null : slot.life();
    return life == null || !life.stopped().isDone();
  }

  /** Takes a command, while {@code awaited} is what the supervisor waits for, if anything. */
  void add(Asked asked, @Nullable Slot awaited) {
    waiting.add(asked);
    if (awaited != null) {
      onAwaited(awaited);
    }
  }

  /** The supervisor waits for a child now: callbacks of that child must not wait for this. */
  void onAwaited(Slot slot) {
    if (!waiting.isEmpty()) {
      waiting.removeIf(asked -> refusesCallerIn(slot, asked));
    }
  }

  private boolean refusesCallerIn(Slot slot, Asked asked) {
    Life life = slot.life();
    Life caller = asked.caller();
    if (life == null || caller == null || !life.contains(caller)) {
      return false;
    }
    asked.refuse(
        Why.WAITS_FOR_CALLER,
        supervisor
            + " waits for "
            + slot.spec().id()
            + " to start or stop, whose callback asks about '"
            + asked.command().id()
            + "': neither would go on");
    return true;
  }

  /** The caller does not wait any more: what it asked for does not begin, or is not started. */
  void withdraw(Asked asked) {
    if (waiting.remove(asked)) {
      asked.done().cancel(false);
    } else if (present == asked) {
      Life begun = asked.life();
      if (begun != null) {
        begun.kill();
      }
    }
  }

  /** The supervisor stops: nothing is carried out any more. */
  void close() {
    if (present != null) {
      waiting.addFirst(present);
      present = null;
    }
    while (!waiting.isEmpty()) {
      refuseStopped(waiting.remove());
    }
  }

  void refuseStopped(Asked asked) {
    asked.refuse(
        Why.SUPERVISOR_STOPPED,
        supervisor + " stops or has stopped; '" + asked.command().id() + "' is not its any more");
  }

  /** Carries out the oldest command. */
  void next() {
    Asked asked = waiting.remove();
    ChildCommand command = asked.command();
    Slot slot = slots.find(command.id());
    if (command instanceof ChildCommand.Start start) {
      startNew(asked, start.spec(), slot);
    } else if (slot == null) {
      asked.refuse(Why.UNKNOWN, supervisor + " has no child '" + command.id() + "'");
    } else if (command instanceof ChildCommand.Stop) {
      stop(asked, slot);
    } else if (slot.life() != null) {
      asked.refuse(
          Why.RUNNING, "'" + command.id() + "' is " + slot.state().status() + "; stop it first");
    } else if (command instanceof ChildCommand.StartAgain) {
      start(asked, slot, failed -> {});
    } else {
      slots.remove(slot);
      asked.done().complete(asked);
    }
  }

  private void startNew(Asked asked, ChildSpec spec, @Nullable Slot present) {
    if (present != null) {
      asked.refuse(
          Why.PRESENT,
          supervisor
              + " has a child '"
              + spec.id()
              + "' already, which is "
              + present.state().status());
    } else if (slots.size() >= most) {
      asked.refuse(
          Why.TOO_MANY,
          supervisor + " has " + most + " children, and maxChildren allows for no more");
    } else {
      start(asked, slots.add(spec, clock.epochNanos()), slots::remove);
    }
  }

  private void stop(Asked asked, Slot slot) {
    if (slot.life() == null) {
      asked.done().complete(asked);
      return;
    }
    present = asked;
    carrier.carry(List.of(slot), List.of(), this::succeed, failed -> {});
  }

  private void start(Asked asked, Slot slot, Consumer<Slot> ifFailed) {
    present = asked;
    carrier.carry(
        List.of(),
        List.of(slot),
        this::succeed,
        failed -> {
          ifFailed.accept(failed);
          fail(new StartFailedException(failed.spec().id(), failed.lastStop()));
        });
    asked.began(slot.life());
  }

  private void succeed() {
    Asked asked = present;
    present = null;
    if (asked != null) {
      asked.done().complete(asked);
    }
  }

  private void fail(StartFailedException failure) {
    Asked asked = present;
    present = null;
    if (asked != null) {
      asked.done().completeExceptionally(failure);
    }
  }
}
