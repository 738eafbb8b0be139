// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A consumer's messages on their way to a handler, one at a time and in order, without end.
 *
 * <p>It pulls so that its window is always full, again at once when the connection comes back or
 * the consumer's leader changes. It ends when it is stopped or drained, or for one of the reasons
 * in {@link Closed}. Thread-safe.
 */
public interface Consumption extends AutoCloseable {
  /**
   * Ends it: the handler is not called any more, except that a call under way goes on; messages
   * that wait are handed back. When this returns the server has acknowledged that it delivers no
   * more to it, or 2 s have passed, or there is no connection.
   */
  void stop();

  /**
   * Takes no more messages and lets the handler finish those that came; stops at the limit.
   *
   * @return done when it is closed
   */
  CompletableFuture<Closed> drain(Duration limit);

  /** Done when the handler is not called any more, with the reason. */
  CompletableFuture<Closed> closed();

  /** What it is doing now. */
  ConsumptionState state();

  /** As {@link #stop}. */
  @Override
  default void close() {
    stop();
  }
}
