// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

/**
 * Counts and times what workers and their supervisors do; set with {@link Workers.Builder#metrics}.
 *
 * <p>A method that is not overridden does nothing, and without metrics nothing is measured. What a
 * child is doing now is not told: it is to be asked of the life that {@link #began} brings. What a
 * connection sends and receives is told to the {@code ClientMetrics} of its options.
 *
 * <p>Children go by the ids of their specifications. Those of different supervisors may have equal
 * ids; who wants to tell them apart gives them ids that differ.
 *
 * <p>Threads: each method says who calls it; several may do so at the same time. None may block,
 * nor close what it is told of, since they are called by the supervisors' thread and in the way of
 * messages. What they throw stays away from the workers: the first failure of a sink is logged, and
 * it is called on.
 *
 * <p>Times are nanoseconds of the clock of the workers. See {@code docs/adr/0015-observability.md}.
 */
public interface WorkerMetrics {

  /**
   * A life has begun, of a worker, a connection, a supervisor or a child of the application's own;
   * on the supervisors' thread. Its status may be asked from now on. The same object is told to
   * {@link #started} and {@link #stopped}.
   */
  default void began(WorkerRef life) {}

  /** A life is initialized and runs. By any thread, after {@link #began}. */
  default void started(WorkerRef life) {}

  /**
   * A life has stopped, or its start has failed or was not wanted; then it was not {@link
   * #started}. By any thread. A supervisor that gave up has the reason {@link
   * StopReason.RestartsExceeded}.
   */
  default void stopped(WorkerRef life, StopReason reason) {}

  /**
   * A supervisor restarts a child that has stopped, with those that its strategy takes along; told
   * once for all of them, and again when the restart itself fails to start. On the supervisors'
   * thread.
   *
   * @param supervisor the id of the supervisor
   * @param child the id of the child that has stopped
   * @param reason why it has
   */
  default void restarting(String supervisor, String child, StopReason reason) {}

  /**
   * A supervisor gives up, since a child has stopped once too often: it stops its children and
   * itself. On the supervisors' thread.
   *
   * @param supervisor the id of the supervisor
   * @param reason what it is going to stop for
   */
  default void gaveUp(String supervisor, StopReason.RestartsExceeded reason) {}

  /**
   * A worker's attempt to find its connection, stream or consumer has failed, or a connection's
   * attempt to be made. On the thread of the worker's callbacks, or the supervisors'. Reconnects of
   * a connection that was made are told to its own metrics.
   *
   * @param child the id of the worker or connection
   */
  default void attemptFailed(String child, Throwable why) {}

  /**
   * Where to tell of the messages of a worker. Asked once for each life, by the thread of its
   * callbacks; equal ids may get the same answer.
   *
   * @param child the id of the worker
   */
  default HandlingMetrics handling(String child) {
    return HandlingMetrics.NONE;
  }
}
