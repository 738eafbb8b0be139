// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import dev.slipstream.client.Closed;
import dev.slipstream.client.Consumption;
import dev.slipstream.client.bucket.KeyValue;
import dev.slipstream.client.bucket.KeyValueEntry;
import dev.slipstream.client.bucket.KeyWatcher;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Follows the configuration of a group: holds the last change until it is taken, and tells once
 * that there is one, so that any number of changes takes the room of one.
 *
 * <p>Thread-safe.
 */
final class ConfigWatch implements KeyWatcher {
  private final AtomicReference<@Nullable KeyValueEntry> last = new AtomicReference<>();
  private final Runnable onChange;
  private volatile @Nullable Consumption watch;

  private ConfigWatch(Runnable onChange) {
    this.onChange = onChange;
  }

  /** Begins with what is there; {@code onChange} is called by the client, and must not block. */
  static ConfigWatch begin(KeyValue bucket, String key, Runnable onChange) {
    ConfigWatch changes = new ConfigWatch(onChange);
    changes.watch = bucket.watch(changes, key);
    return changes;
  }

  @Override
  public void onEntry(KeyValueEntry entry) {
    if (last.getAndSet(entry) == null) {
      onChange.run();
    }
  }

  /** The last change; null when it was taken. */
  @Nullable KeyValueEntry take() {
    return last.getAndSet(null);
  }

  /** Done when no change follows. */
  CompletableFuture<Closed> closed() {
    return running().closed();
  }

  void stop() {
    running().stop();
  }

  private Consumption running() {
    Consumption begun = watch;
    if (begun == null) {
      throw new IllegalStateException("the watch has not begun");
    }
    return begun;
  }
}
