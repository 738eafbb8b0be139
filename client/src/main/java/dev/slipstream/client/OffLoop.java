// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Does on other threads what may block or takes its time, and comes back to the loop with what came
 * of it. To be called on the loop.
 */
final class OffLoop {
  private final ClientLoop loop;
  private final Executor executor;

  OffLoop(ClientLoop loop, Executor executor) {
    this.loop = loop;
    this.executor = executor;
  }

  /** Does the work; then one of the two is called, on the loop, never at once. */
  <T> void call(Callable<T> work, Consumer<? super T> then, Consumer<? super Exception> otherwise) {
    try {
      executor.execute(() -> run(work, then, otherwise));
    } catch (RejectedExecutionException closed) {
      loop.offer(() -> otherwise.accept(closed));
    }
  }

  private <T> void run(
      Callable<T> work, Consumer<? super T> then, Consumer<? super Exception> otherwise) {
    T made;
    try {
      made = work.call();
    } catch (Exception failure) {
      loop.offer(() -> otherwise.accept(failure));
      return;
    }
    loop.offer(() -> then.accept(made));
  }
}
