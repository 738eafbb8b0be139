// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Who learns when the connection comes and goes, in the order in which they came. Loop-owned. */
final class Links {
  private final Set<Listener> listeners = new LinkedHashSet<>();

  /** Learns when the connection comes and goes, on the loop. */
  interface Listener {
    /** A connection stands and subscriptions are in place. */
    void onUp();

    /** There is none. */
    void onDown();

    /** There will be none. */
    void onClosed();
  }

  /** Adds one, which learns at once of a connection that stands. */
  void add(Listener listener, boolean isUp) {
    listeners.add(listener);
    if (isUp) {
      listener.onUp();
    }
  }

  void remove(Listener listener) {
    listeners.remove(listener);
  }

  void up() {
    List.copyOf(listeners).forEach(Listener::onUp);
  }

  void down() {
    List.copyOf(listeners).forEach(Listener::onDown);
  }

  void close() {
    List.copyOf(listeners).forEach(Listener::onClosed);
    listeners.clear();
  }
}
