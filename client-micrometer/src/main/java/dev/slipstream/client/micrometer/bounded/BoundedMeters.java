// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.micrometer.bounded;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Meters by what tells them apart, up to a number of them; whatever is new behind that shares those
 * of one more key. Any thread.
 *
 * @param <K> what tells meters apart
 * @param <M> the meters of one key
 */
public final class BoundedMeters<K, M> {
  private final ConcurrentHashMap<K, M> known = new ConcurrentHashMap<>();
  private final AtomicInteger room;
  private final K others;
  private final Function<? super K, ? extends M> make;

  /**
   * Meters that are made when they are first asked for.
   *
   * @param most how many keys have meters of their own
   * @param others the key of the rest
   * @param make makes those of a key; called once for it
   */
  public BoundedMeters(int most, K others, Function<? super K, ? extends M> make) {
    this.room = new AtomicInteger(most);
    this.others = others;
    this.make = make;
  }

  /** Those of {@code key}, or of the rest. */
  public M of(K key) {
    M found = known.get(key);
    if (found == null) {
      // made once for a key, since gauges stay with the first that are registered
      found = known.computeIfAbsent(key, each -> takesRoom() ? make.apply(each) : null);
    }
    return found == null ? known.computeIfAbsent(others, make) : found;
  }

  private boolean takesRoom() {
    return room.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
  }
}
