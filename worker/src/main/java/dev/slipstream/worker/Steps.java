// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Children to stop, one after another, then children to start, one after another; then what is to
 * be done when all has gone well, or when one does not start.
 *
 * <p>Owner: the supervisor's loop. A supervisor has at most one under way.
 */
final class Steps {
  private final Hands hands;
  private final Deque<Slot> toStop;
  private final Deque<Slot> toStart;
  private final Runnable done;
  private final Consumer<Slot> failed;
  private boolean stopping;
  private boolean over;
  private @Nullable Slot awaited;

  /** Does a single step. */
  interface Hands {
    /**
     * Begins to stop a child, whatever it stopped of before being dealt with by that.
     *
     * @return false when it does not run, so that there is nothing to wait for
     */
    boolean stop(Slot slot);

    /** A child that was to stop does not run any more. */
    void onStopped(Slot slot);

    /** Begins a life of a child. */
    void start(Slot slot);

    /** Nothing else happens before this child has stopped or started. */
    void onAwaited(Slot slot);
  }

  Steps(
      Hands hands,
      List<Slot> stopInReverse,
      List<Slot> start,
      Runnable done,
      Consumer<Slot> failed) {
    this.hands = hands;
    List<Slot> reversed = new ArrayList<>(stopInReverse);
    Collections.reverse(reversed);
    this.toStop = new ArrayDeque<>(reversed);
    this.toStart = new ArrayDeque<>(start);
    this.done = done;
    this.failed = failed;
  }

  /** The child that has to stop or start before anything else happens, or null. */
  @Nullable Slot awaited() {
    return awaited;
  }

  /** Whether the child that is waited for is one to stop. */
  boolean isStopping() {
    return stopping;
  }

  /** Does nothing any more. */
  void abandon() {
    over = true;
  }

  /** Goes on until a child has to be waited for. */
  void proceed() {
    while (!over && awaited == null) {
      if (!toStop.isEmpty()) {
        stopOne(toStop.remove());
      } else if (!toStart.isEmpty()) {
        startOne(toStart.remove());
      } else {
        over = true;
        done.run();
      }
    }
  }

  private void stopOne(Slot slot) {
    stopping = true;
    awaited = slot;
    if (hands.stop(slot)) {
      hands.onAwaited(slot);
    } else {
      awaited = null;
      hands.onStopped(slot);
    }
  }

  private void startOne(Slot slot) {
    stopping = false;
    awaited = slot;
    hands.start(slot);
    hands.onAwaited(slot);
  }

  /** The child that is waited for has stopped. */
  void onStopped() {
    Slot slot = awaited;
    awaited = null;
    if (slot != null) {
      hands.onStopped(slot);
    }
    proceed();
  }

  /** The child that is waited for is up, or does not want to be. */
  void onStarted() {
    awaited = null;
    proceed();
  }

  /** The child that is waited for does not start. */
  void onStartFailed(Slot slot) {
    awaited = null;
    over = true;
    failed.accept(slot);
  }
}
