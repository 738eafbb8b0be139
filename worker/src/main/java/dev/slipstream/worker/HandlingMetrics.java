// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

/**
 * Counts and times the messages that one worker handles; see {@link WorkerMetrics}, whose rules
 * hold here too.
 *
 * <p>Each message that was given to the worker is told once, on the thread that handled it, except
 * that nothing is told of one whose worker was killed meanwhile.
 */
public interface HandlingMetrics {
  /** Counts nothing. */
  HandlingMetrics NONE = new HandlingMetrics() {};

  /**
   * A message was handled and, unless the worker said {@link Reply.Action#NONE}, settled.
   *
   * @param said what the worker said about it
   * @param nanos from before the worker was called until the message was settled
   */
  default void handled(Reply.Action said, long nanos) {}

  /**
   * The worker has thrown, which ends its life.
   *
   * @param nanos from before the worker was called
   */
  default void failed(Throwable failure, long nanos) {}
}
