// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

/** Where appenders hand their records over; the {@link Committer} behind a door for tests. */
interface LogQueue {

  /** Takes a batch; it comes back through {@link LogAppender#committed}. Any thread, no waiting. */
  void submit(LogBatch batch);

  /** Nothing is to become durable any more. Any thread. */
  void poison(StoreException cause);
}
