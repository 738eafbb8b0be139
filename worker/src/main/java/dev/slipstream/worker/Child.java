// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One life of something that can be supervised, from its start to its stop; a restart makes another
 * one.
 *
 * <p>The port between supervisors and what they supervise. Workers, connections and supervisors
 * implement it; so may an application, with {@link ChildSpec#of(String, Starter)}. Methods are
 * called by the thread of the supervisors and must not block; the futures may be completed by any
 * thread.
 */
public interface Child {

  /** How a start went that did not fail. */
  enum Started {
    /** It runs. */
    RUNNING,
    /** It does not want to run, which is no failure. */
    IGNORED
  }

  /** Makes a life of a child. */
  @FunctionalInterface
  interface Starter {
    /**
     * Begins a life; returns without waiting for it to be initialized.
     *
     * @param workers where it lives
     * @param id its id, for logs
     * @throws Exception when it cannot even begin, which is a start that failed
     */
    Child start(Workers workers, String id) throws Exception;
  }

  /**
   * Done when it is initialized; the next child is started after that. Failed when it cannot be; a
   * {@link StartFailedException} then tells the reason.
   */
  CompletableFuture<Started> started();

  /** Done when it has stopped, after {@link #started}; never fails. */
  CompletableFuture<StopReason> stopped();

  /** Asks it to stop in order. Does nothing when it was asked before or has stopped. */
  void stop();

  /**
   * Ends it at once: interrupts what runs and lets go of it. Whether it still runs is not asked
   * after this.
   */
  void kill();

  /** What it is doing. Any thread. */
  default WorkerStatus status() {
    if (stopped().isDone() || started().isCompletedExceptionally()) {
      return WorkerStatus.STOPPED;
    }
    return started().isDone() ? WorkerStatus.RUNNING : WorkerStatus.STARTING;
  }

  /**
   * What it shows of its state to somebody who looks for a mistake, see {@link
   * WorkerRef#workerState}; nothing by default. Any thread.
   */
  default Optional<Object> observedState() {
    return Optional.empty();
  }
}
