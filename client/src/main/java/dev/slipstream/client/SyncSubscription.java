// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.time.Duration;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A subscription whose messages wait until they are polled, by any number of threads. */
public final class SyncSubscription extends Subscription {
  private final LinkedTransferQueue<Message> queue = new LinkedTransferQueue<>();

  SyncSubscription(Connection connection, SubscribeOptions options) {
    super(connection, options, null);
  }

  /**
   * The next message; waits for it.
   *
   * @return null when none came in time, or when the subscription has ended and none is left
   */
  public @Nullable Message poll(Duration limit) throws InterruptedException {
    return took(queue.poll(TimeUnit.NANOSECONDS.convert(limit), TimeUnit.NANOSECONDS));
  }

  /** The next message if there is one. */
  public @Nullable Message poll() {
    return took(queue.poll());
  }

  private @Nullable Message took(@Nullable Message message) {
    if (message == null) {
      return null;
    }
    if (message == Message.END) {
      finished();
      queue.add(message); // for others that wait
      return null;
    }
    if (!taken(message)) {
      return null;
    }
    DeliveryWatch watch = watch();
    if (watch != null) {
      watch.taken(message);
    }
    return message;
  }

  @Override
  public void unsubscribe() {
    super.unsubscribe();
    queue.add(Message.END);
  }

  @Override
  void enqueue(Message message) {
    queue.add(message);
  }
}
