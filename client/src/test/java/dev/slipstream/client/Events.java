// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Collects events and waits for those of a kind. */
final class Events<E> implements Consumer<E> {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final LinkedBlockingQueue<E> queue = new LinkedBlockingQueue<>();

  @Override
  public void accept(E event) {
    queue.add(event);
  }

  /** The next event of a kind; events of other kinds before it are dropped. */
  <T extends E> T await(Class<T> kind) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      E event = queue.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      assertThat(event).as("an event of kind " + kind.getSimpleName()).isNotNull();
      if (kind.isInstance(event)) {
        return kind.cast(event);
      }
    }
  }

  /** Whether an event of a kind is there now; drops all. */
  boolean saw(Class<? extends E> kind) {
    boolean found = false;
    for (E event = queue.poll(); event != null; event = queue.poll()) {
      found |= kind.isInstance(event);
    }
    return found;
  }
}
