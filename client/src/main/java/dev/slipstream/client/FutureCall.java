// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A request whose answer is a future. */
class FutureCall extends Requests.Call {
  private final CompletableFuture<Message> future = new CompletableFuture<>();
  private final @Nullable Lane<Runnable> callbacks;

  /**
   * With {@code callbacks} the future is completed there, since the application may have chained
   * code to it; without, on the loop, for a caller that only waits.
   */
  FutureCall(String subject, Duration timeout, @Nullable Lane<Runnable> callbacks) {
    super(subject, timeout);
    this.callbacks = callbacks;
  }

  CompletableFuture<Message> future() {
    return future;
  }

  @Override
  void onReply(Message reply) {
    if (callbacks == null) {
      complete(reply);
    } else {
      callbacks.add(() -> complete(reply));
    }
  }

  @Override
  void onFailure(NatsException failure) {
    if (callbacks == null) {
      fail(failure);
    } else {
      callbacks.add(() -> fail(failure));
    }
  }

  /** Completes the future, where it is to be completed. */
  void complete(Message reply) {
    future.complete(reply);
  }

  /** Completes the future with a failure, where it is to be completed. */
  void fail(NatsException failure) {
    future.completeExceptionally(failure);
  }
}
