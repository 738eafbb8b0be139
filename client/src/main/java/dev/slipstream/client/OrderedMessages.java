// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The messages of an {@link OrderedConsumer}, for threads that take them: a consumption whose
 * handler waits until there is room among those that wait to be taken.
 *
 * <p>So no more than {@link #LOOK_AHEAD} messages wait beside the window of the options.
 * Thread-safe.
 */
final class OrderedMessages extends Messages {
  private static final int LOOK_AHEAD = 16;

  /** More than are ever asked for: nobody waits any more. */
  private static final int NO_BOUND = Integer.MAX_VALUE / 2;

  private final OrderedConsumption consumption;
  private final @Nullable DeliveryWatch watch;
  private final Semaphore room = new Semaphore(LOOK_AHEAD);
  private final AtomicBoolean stopped = new AtomicBoolean();

  OrderedMessages(ConsumerLink link, OrderedOptions ordered, ConsumeOptions options) {
    consumption = new OrderedConsumption(link, ordered, options, this::handOver);
    watch = link.watch();
  }

  /** Begins with a consumer that is there already or, for null, with one that is made. */
  void start(@Nullable String consumer) {
    consumption.closed().whenComplete((why, failure) -> offer(JsMessage.END));
    consumption.start(consumer);
  }

  private void handOver(JsMessage message) throws InterruptedException {
    room.acquire();
    if (!stopped.get()) {
      offer(message);
    }
  }

  @Override
  public void stop() {
    if (stopped.compareAndSet(false, true)) {
      room.release(NO_BOUND);
    }
    consumption.stop();
    for (JsMessage each = takeBack(); each != null; each = takeBack()) {
      if (each == JsMessage.END) {
        offer(each);
        return;
      }
    }
  }

  @Override
  Consumption consumption() {
    return consumption;
  }

  @Override
  void onTaken(JsMessage message) {
    if (!stopped.get()) {
      room.release();
    }
    if (watch != null) {
      watch.taken(message);
    }
  }

  @Override
  void onAllTaken() {}

  @Override
  Closed reason() {
    return consumption.closed().join();
  }
}
