// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

/**
 * Writes the state of all assets of one loop for a checkpoint; the engine implements it, one a
 * loop, and registers it with {@link Store#snapshots}.
 */
@FunctionalInterface
public interface SnapshotSource {

  /**
   * Called on the loop: hands {@code sink} every asset that the loop owns, as applied. What stands
   * in {@link StreamStore}s is not part of it.
   */
  void snapshot(SnapshotSink sink);
}
