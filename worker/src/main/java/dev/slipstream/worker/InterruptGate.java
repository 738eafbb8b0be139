// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Lets one thread interrupt another while it runs code of a worker, and never after that, when the
 * thread of a pool has gone on to something else.
 *
 * <p>{@link #enter} and {@link #exit} are for the thread that runs the code, one at a time; the
 * rest for any.
 */
final class InterruptGate {
  private enum State {
    OPEN,
    ENTERED,
    INTERRUPTING
  }

  private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);
  private volatile @Nullable Thread inside;
  private volatile boolean interrupted;

  /** The calling thread begins to run what may be interrupted. */
  void enter() {
    inside = Thread.currentThread();
    state.set(State.ENTERED);
  }

  /** It has ended; an interrupt that was meant for it is taken back. */
  void exit() {
    while (!state.compareAndSet(State.ENTERED, State.OPEN)) {
      Thread.onSpinWait(); // the interrupt is a few instructions away
    }
    inside = null;
    if (interrupted) {
      interrupted = false;
      Thread.interrupted();
    }
  }

  /** Whether the calling thread is inside. */
  boolean isHere() {
    return inside == Thread.currentThread();
  }

  /** Interrupts the thread that is inside, if there is one. */
  void interrupt() {
    if (state.compareAndSet(State.ENTERED, State.INTERRUPTING)) {
      Thread target = inside;
      if (target != null) {
        interrupted = true;
        target.interrupt();
      }
      state.set(State.ENTERED);
    }
  }
}
