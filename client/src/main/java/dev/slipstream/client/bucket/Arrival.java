// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.client.ConsumeEndedException;
import dev.slipstream.client.Consumption;
import dev.slipstream.client.JetStreamException;
import dev.slipstream.client.NatsException;
import dev.slipstream.client.RequestInterruptedException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** The end of what a consumption brings, for a thread that waits for it. */
final class Arrival {
  private final CompletableFuture<Void> all = new CompletableFuture<>();
  private final AtomicLong arrived = new AtomicLong();

  /** One more has come. */
  void arrived() {
    arrived.incrementAndGet();
  }

  /** All has come. */
  void complete() {
    all.complete(null);
  }

  /** What came cannot be used. */
  void fail(Throwable failure) {
    all.completeExceptionally(failure);
  }

  /**
   * Waits until all has come.
   *
   * @param silence how long nothing may come
   * @throws ConsumeEndedException when the consumption ended before
   * @throws JetStreamException when nothing came for too long, or what came cannot be used
   */
  void await(Consumption consumption, Duration silence) {
    consumption.closed().thenAccept(why -> fail(new ConsumeEndedException(why)));
    for (long before = -1; before != arrived.get(); ) {
      before = arrived.get();
      if (isDone(silence)) {
        return;
      }
    }
    throw new JetStreamException("the server has sent nothing for " + silence);
  }

  private boolean isDone(Duration silence) {
    try {
      all.get(TimeUnit.NANOSECONDS.convert(silence), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException notYet) {
      return false;
    } catch (ExecutionException failed) {
      throw failed.getCause() instanceof NatsException known
          ? known
          : new JetStreamException("what came cannot be used", failed.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new RequestInterruptedException("reading a bucket");
    }
  }
}
