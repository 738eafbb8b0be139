// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.base.Clock;
import dev.slipstream.base.EventLoop;
import dev.slipstream.testkit.Simulation;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.time.Duration;

/**
 * A client's loop in virtual time. As the real one it runs, when it is stopped, what was offered
 * before, takes nothing more, and no timer of it rings.
 */
public final class SimulatedClientLoop implements ClientLoop {
  private final Simulation simulation;
  private final EventLoop loop;
  private int waiting;
  private boolean ended;

  SimulatedClientLoop(Simulation simulation, String name) {
    this.simulation = simulation;
    this.loop = simulation.loop(name);
  }

  /** Whether it was stopped and has run what was left. */
  public boolean hasEnded() {
    return ended && waiting == 0;
  }

  /** Timers that lie ahead. */
  public long timers() {
    return simulation.timers(loop);
  }

  /** Commands that wait. */
  public int commands() {
    return waiting;
  }

  @Override
  public void start() {
    // a simulated loop runs as soon as it has something to do
  }

  @Override
  public void stop() {
    assertOwner();
    loop.atTurnEnd(
        () -> {
          ended = true;
          removeIfEnded();
        });
  }

  @Override
  public void awaitEnd(Duration limit) {
    throw new AssertionError("nobody may wait in a simulation");
  }

  @Override
  public SelectionKey register(SelectableChannel channel, int interest, ReadyHandler handler)
      throws IOException {
    throw new IOException("there are no sockets in a simulation");
  }

  @Override
  public boolean offer(Runnable command) {
    if (ended) {
      return false;
    }
    waiting++;
    loop.execute(
        () -> {
          waiting--;
          command.run();
          removeIfEnded();
        });
    return true;
  }

  private void removeIfEnded() {
    if (hasEnded()) {
      simulation.remove(loop);
    }
  }

  @Override
  public boolean hasCommands() {
    return waiting > 0;
  }

  @Override
  public boolean inLoop() {
    return loop.inLoop();
  }

  @Override
  public Timer schedule(long delayNanos, Runnable task) {
    assertOwner();
    return loop.schedule(
        delayNanos,
        () -> {
          if (!ended) {
            task.run();
          }
        });
  }

  @Override
  public void atTurnEnd(Runnable task) {
    loop.atTurnEnd(task);
  }

  @Override
  public Clock clock() {
    return loop.clock();
  }

  @Override
  public long turnNanos() {
    return loop.clock().nanos();
  }
}
