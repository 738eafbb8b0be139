// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Tells of the first failure of one sink or interceptor, and of no other. Any thread. */
final class ObserverFailures {
  private final String observer;
  private final Consumer<ClientEvent> events;
  private final AtomicBoolean told = new AtomicBoolean();

  ObserverFailures(Object observer, Consumer<ClientEvent> events) {
    this.observer = observer.getClass().getName();
    this.events = events;
  }

  void add(Throwable failure) {
    if (told.compareAndSet(false, true)) {
      events.accept(new ClientEvent.ObserverFailed(observer, failure));
    }
  }
}
