// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance.workers;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Counts the objects of client and workers that are reachable from some of them: what is kept for
 * ever shows as a count that grows.
 *
 * <p>It looks into objects of the client, the workers and what they are built upon, and into
 * collections, maps, arrays and references; of a future it counts who waits for it. All other
 * objects count as one, the simulation and the server are left out.
 */
final class ObjectCount {
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final ArrayDeque<Object> open = new ArrayDeque<>();
  private long waiting;

  private ObjectCount() {}

  /** How many objects are reachable from these. */
  static long from(Object... roots) {
    ObjectCount count = new ObjectCount();
    for (Object root : roots) {
      count.see(root);
    }
    while (!count.open.isEmpty()) {
      count.look(count.open.remove());
    }
    return count.seen.size() + count.waiting;
  }

  private void see(Object object) {
    if (object != null && !isForeign(object.getClass().getName()) && seen.add(object)) {
      open.add(object);
    }
  }

  private static boolean isForeign(String type) {
    return type.startsWith("dev.slipstream.testkit")
        || type.startsWith("dev.slipstream.conformance")
        || type.startsWith("dev.slipstream.server")
        || type.startsWith("java.lang.");
  }

  private void look(Object object) {
    if (object instanceof Map<?, ?> map) {
      map.forEach(
          (key, value) -> {
            see(key);
            see(value);
          });
    } else if (object instanceof Iterable<?> many) {
      many.forEach(this::see);
    } else if (object instanceof AtomicReference<?> reference) {
      see(reference.get());
    } else if (object instanceof CompletableFuture<?> future) {
      waiting += future.getNumberOfDependents();
    } else if (object instanceof Object[] array) {
      for (int i = 0; i < Array.getLength(array); i++) {
        see(array[i]);
      }
    } else if (object.getClass().getName().startsWith("dev.slipstream.")) {
      lookIntoFields(object);
    }
  }

  private void lookIntoFields(Object object) {
    for (Class<?> type = object.getClass(); type != Object.class; type = type.getSuperclass()) {
      if (!type.getName().startsWith("dev.slipstream.")) {
        return;
      }
      for (Field field : type.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
          see(valueOf(field, object));
        }
      }
    }
  }

  private static Object valueOf(Field field, Object of) {
    try {
      field.setAccessible(true);
      return field.get(of);
    } catch (IllegalAccessException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
