// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.base.Clock;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * The loop of one client on a thread that it shares with others ({@link ClientLoops}): it ends
 * alone, with its commands run and its timers gone, and takes the thread with it when it was the
 * last.
 */
final class SharedLoop implements ClientLoop {
  private final ClientLoops.Crew crew;
  private final SelectorLoop thread;

  /** Whether the thread ends with it. */
  private final CompletableFuture<Boolean> ended = new CompletableFuture<>();

  SharedLoop(ClientLoops.Crew crew) {
    this.crew = crew;
    thread = crew.thread;
  }

  /** Nothing: the thread runs. */
  @Override
  public void start() {}

  @Override
  public void stop() {
    assertOwner();
    // one turn on, when the selector has let go of the socket and what was offered before is run
    thread.atTurnEnd(() -> thread.execute(this::end));
  }

  private void end() {
    if (!ended.isDone()) {
      thread.cancelTimers(this);
      ended.complete(crew.leave());
    }
  }

  @Override
  public void awaitEnd(Duration limit) {
    if (Await.done(ended, limit, "closing") && ended.join()) {
      thread.awaitEnd(limit);
    }
  }

  @Override
  public SelectionKey register(SelectableChannel channel, int interest, ReadyHandler handler)
      throws IOException {
    return thread.register(channel, interest, handler);
  }

  @Override
  public boolean offer(Runnable command) {
    return !ended.isDone() && thread.offer(command);
  }

  @Override
  public boolean hasCommands() {
    return thread.hasCommands();
  }

  @Override
  public boolean inLoop() {
    return thread.inLoop();
  }

  @Override
  public Timer schedule(long delayNanos, Runnable task) {
    return thread.schedule(this, delayNanos, task);
  }

  @Override
  public void atTurnEnd(Runnable task) {
    thread.atTurnEnd(task);
  }

  @Override
  public Clock clock() {
    return thread.clock();
  }

  @Override
  public long turnNanos() {
    return thread.turnNanos();
  }
}
