// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One life of something that was started: a worker, a connection, or a {@link Supervisor}.
 *
 * <p>When a supervisor restarts it, that is another life with a reference of its own; {@link
 * Workers#find} and {@link Supervisor#child} give the present one. Thread-safe.
 */
public sealed class WorkerRef implements AutoCloseable permits Supervisor {
  private final Workers workers;
  private final Life life;

  WorkerRef(Workers workers, Life life) {
    this.workers = workers;
    this.life = life;
  }

  Workers workers() {
    return workers;
  }

  Life life() {
    return life;
  }

  /** Its id. */
  public String id() {
    return life.spec().id();
  }

  /** Its name, if it has one. */
  public Optional<String> name() {
    return Optional.ofNullable(life.spec().name());
  }

  /** What it is doing. */
  public WorkerStatus status() {
    return life.status();
  }

  /** Why it has stopped; empty while it has not. */
  public Optional<StopReason> stopReason() {
    return Optional.ofNullable(life.stopped().getNow(null));
  }

  /** Done when it has stopped; never fails. */
  public CompletableFuture<StopReason> stopped() {
    return workers.offControl(life.stopped());
  }

  /**
   * Waits until it has stopped, as a main method does.
   *
   * @return why it has
   * @throws IllegalStateException when a callback of its own calls this, or of what stops with it
   */
  public StopReason awaitStop() throws InterruptedException {
    return workers.lives().awaitStop(life);
  }

  /**
   * Stops it and returns when it has stopped, for the reason {@link StopReason.Shutdown}: what it
   * is at is finished, or killed when the time of its specification is up. A supervisor that has it
   * as a permanent child starts it again.
   *
   * <p>Called by a callback of the worker itself, or of what stops with it, it does not wait. An
   * interrupt ends the waiting, not the stopping.
   */
  @Override
  public void close() {
    workers.lives().stop(life);
  }

  /**
   * The state of a worker as its last callback left it, for somebody who looks for a mistake: the
   * worker may be changing it at this moment. Of a life that has stopped it is the last one; empty
   * when there was none, and for what has no state to show, see {@link Child#observedState}.
   */
  public Optional<Object> workerState() {
    return life.observedState();
  }

  /**
   * Ends the link that {@link Workers#startLinked(PullWorker, Object)} has made: neither stops any
   * more because the other does. Does nothing when there is no link.
   */
  public void unlink() {
    workers.lives().unlink(life);
  }

  @Override
  public String toString() {
    return id() + " (" + status() + ")";
  }
}
