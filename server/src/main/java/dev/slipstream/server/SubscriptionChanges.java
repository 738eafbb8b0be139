// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import java.util.ArrayList;
import java.util.List;

/**
 * What one loop has changed in its subscription tables during a turn, on its way to the replicas of
 * all other loops.
 *
 * <p>A subscription is added and removed by one loop only, and commands between two loops keep
 * their order, so all replicas end up the same without an order between the loops.
 */
final class SubscriptionChanges {
  private final ServerLoop origin;
  private final List<Router> routers = new ArrayList<>();
  private final List<Subscriber> subscribers = new ArrayList<>();
  private final List<Boolean> added = new ArrayList<>();
  private final List<Runnable> whenInPlace = new ArrayList<>();
  private int awaited;

  SubscriptionChanges(ServerLoop origin) {
    this.origin = origin;
  }

  boolean isEmpty() {
    return routers.isEmpty();
  }

  void add(Router router, Subscriber subscriber, boolean isAdded, Runnable inPlace) {
    routers.add(router);
    subscribers.add(subscriber);
    added.add(isAdded);
    whenInPlace.add(inPlace);
  }

  /** Sends the changes to all other loops. */
  void send(List<ServerLoop> loops) {
    awaited = loops.size() - 1;
    for (ServerLoop other : loops) {
      if (other != origin) {
        other.post(() -> applyAt(other));
      }
    }
  }

  private void applyAt(ServerLoop other) {
    for (int i = 0; i < routers.size(); i++) {
      routers.get(i).apply(other, subscribers.get(i), added.get(i));
    }
    origin.post(this::applied);
  }

  private void applied() {
    if (--awaited == 0) {
      whenInPlace.forEach(Runnable::run);
    }
  }
}
