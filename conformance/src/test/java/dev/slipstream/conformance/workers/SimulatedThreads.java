// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance.workers;

import dev.slipstream.base.EventLoop;
import dev.slipstream.testkit.Simulation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * Threads of a simulation, as many as are needed: each task has one to itself, so that a task that
 * blocks by {@link Simulation#pause} holds up nobody, and which of several runs first is random.
 */
final class SimulatedThreads implements Executor {
  private final Simulation simulation;
  private final ArrayDeque<EventLoop> idle = new ArrayDeque<>();
  private final List<EventLoop> all = new ArrayList<>();
  private int busy;

  SimulatedThreads(Simulation simulation) {
    this.simulation = simulation;
  }

  @Override
  public void execute(Runnable task) {
    EventLoop thread = idle.isEmpty() ? more() : idle.remove();
    busy++;
    thread.execute(
        () -> {
          try {
            task.run();
          } finally {
            busy--;
            idle.add(thread);
          }
        });
  }

  private EventLoop more() {
    EventLoop thread = simulation.loop("thread " + all.size());
    all.add(thread);
    return thread;
  }

  /** How many tasks run or wait to be run. */
  int busy() {
    return busy;
  }

  /** Whether what calls runs on one of these threads, where it may block. */
  boolean isHere() {
    return all.stream().anyMatch(EventLoop::inLoop);
  }
}
