// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All subscribers of one filter: one of many is found at once, so that a client with very many
 * subscriptions on one subject costs the server no more when it leaves than when it came.
 */
final class FilterSubscribers {
  private static final int FEW = 32;

  private final List<Subscriber> all = new ArrayList<>(1);
  private @Nullable IdentityHashMap<Subscriber, Integer> positions;

  void add(Subscriber subscriber) {
    all.add(subscriber);
    IdentityHashMap<Subscriber, Integer> known = positions;
    if (known != null) {
      known.put(subscriber, all.size() - 1);
    } else if (all.size() > FEW) {
      known = new IdentityHashMap<>();
      for (int i = 0; i < all.size(); i++) {
        known.put(all.get(i), i);
      }
      positions = known;
    }
  }

  /** Removes a subscriber, whose place the last one takes; answers whether it was there. */
  boolean remove(Subscriber subscriber) {
    int position = positionOf(subscriber);
    if (position < 0) {
      return false;
    }
    Subscriber last = all.remove(all.size() - 1);
    IdentityHashMap<Subscriber, Integer> known = positions;
    if (known != null) {
      known.remove(subscriber);
    }
    if (last != subscriber) {
      all.set(position, last);
      if (known != null) {
        known.put(last, position);
      }
    }
    return true;
  }

  private int positionOf(Subscriber subscriber) {
    IdentityHashMap<Subscriber, Integer> known = positions;
    if (known != null) {
      return known.getOrDefault(subscriber, -1);
    }
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i) == subscriber) {
        return i;
      }
    }
    return -1;
  }

  /**
   * Whether there is a subscriber in that queue group, or in none; what is no client's subscription
   * is in none.
   */
  boolean hasMemberOf(byte[] group) {
    for (int i = 0; i < all.size(); i++) {
      Subscriber one = all.get(i);
      if (one instanceof Subscription sub && Arrays.equals(sub.queue(), group)
          || !(one instanceof Subscription) && group.length == 0) {
        return true;
      }
    }
    return false;
  }

  int size() {
    return all.size();
  }

  void forEach(Consumer<Subscriber> each) {
    for (int i = 0; i < all.size(); i++) {
      each.accept(all.get(i));
    }
  }
}
