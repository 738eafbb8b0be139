// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The children of a supervisor in the order of their start, found by id.
 *
 * <p>Adding, removing and finding one takes no longer when there are many. Written by the
 * supervisor's loop, read by any thread. Bounded by the supervisor's number of children.
 */
final class Slots {
  private final ConcurrentSkipListMap<Long, Slot> inOrder = new ConcurrentSkipListMap<>();
  private final ConcurrentHashMap<String, Slot> byId = new ConcurrentHashMap<>();
  private long next;

  /** Adds a child behind the others; its id is not among them. */
  Slot add(ChildSpec spec, long nowEpochNanos) {
    Slot slot = new Slot(spec, next++, nowEpochNanos);
    byId.put(spec.id(), slot);
    inOrder.put(slot.place(), slot);
    return slot;
  }

  /** Takes a child out; does nothing when it is not there. */
  void remove(Slot slot) {
    inOrder.remove(slot.place(), slot);
    byId.remove(slot.spec().id(), slot);
  }

  boolean contains(Slot slot) {
    return byId.get(slot.spec().id()) == slot;
  }

  @Nullable Slot find(String id) {
    return byId.get(id);
  }

  int size() {
    return byId.size();
  }

  List<Slot> all() {
    return List.copyOf(inOrder.values());
  }

  /** A child and those after it. */
  List<Slot> from(Slot slot) {
    return List.copyOf(inOrder.tailMap(slot.place()).values());
  }
}
