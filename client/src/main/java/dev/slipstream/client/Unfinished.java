// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the messages of a consumption that came and are neither handled nor taken back, and one
 * more until its end is known, so that whoever brings the count to nothing is behind the last one.
 * Any thread.
 */
final class Unfinished {
  private final AtomicInteger count = new AtomicInteger(1);
  private final Executor executor;
  private final Runnable allFinished;

  /**
   * @param allFinished runs once, on the executor, when nothing is left and nothing will come
   */
  Unfinished(Executor executor, Runnable allFinished) {
    this.executor = executor;
    this.allFinished = allFinished;
  }

  /** A message came. */
  void begin() {
    count.incrementAndGet();
  }

  /** A message is handled or taken back, or the end is known. */
  void finish() {
    if (count.decrementAndGet() == 0) {
      executor.execute(allFinished);
    }
  }
}
