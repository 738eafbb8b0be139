// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.client.Consumption;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Collects what is there when a watch begins. */
final class EntryCollector implements KeyWatcher {
  private final Queue<KeyValueEntry> entries = new ConcurrentLinkedQueue<>();
  private final Arrival arrival = new Arrival();

  @Override
  public void onEntry(KeyValueEntry entry) {
    entries.add(entry);
    arrival.arrived();
  }

  @Override
  public void onCaughtUp() {
    arrival.complete();
  }

  /** Waits until all has come, see {@link Arrival#await}. */
  List<KeyValueEntry> await(Consumption watch, Duration silence) {
    arrival.await(watch, silence);
    return List.copyOf(entries);
  }
}
