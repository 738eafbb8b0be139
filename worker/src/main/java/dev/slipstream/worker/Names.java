// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.client.NatsClient;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Who goes by which name: a name belongs to one life at a time, from before it is initialized until
 * it has stopped.
 *
 * <p>Thread-safe. Bounded by what runs.
 */
final class Names {
  private final ConcurrentHashMap<String, Life> owners = new ConcurrentHashMap<>();

  /** Gives a free name to {@code life}. */
  void take(String name, Life life) {
    Life owner = owners.putIfAbsent(name, life);
    if (owner != null) {
      throw new NameTakenException(name, owner.id(), owner.status());
    }
  }

  /** Frees a name if it is {@code life} that has it. */
  void release(String name, Life life) {
    owners.remove(name, life);
  }

  @Nullable Life find(String name) {
    return owners.get(name);
  }

  /** The present client of the connection of that name; null while there is none. */
  @Nullable NatsClient client(String name) {
    Life owner = find(name);
    return owner != null && owner.child() instanceof ConnectionProcess connection
        ? connection.client()
        : null;
  }

  Set<String> all() {
    return new TreeSet<>(owners.keySet());
  }
}
