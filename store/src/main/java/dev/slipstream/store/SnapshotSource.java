// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import java.util.Collection;

/**
 * Writes the state of the assets of one loop for a checkpoint, one at a time, so that the loop does
 * other work in between; the engine implements it, one a loop, and registers it with {@link
 * Store#snapshots}. Called on the loop.
 */
public interface SnapshotSource {

  /** The numbers of the assets that the loop owns now. */
  Collection<Long> assets();

  /**
   * Hands {@code sink} the state of an asset as applied, or nothing when the loop does not own it
   * any more. What stands in {@link StreamStore}s is not part of it.
   */
  void snapshot(long assetId, SnapshotSink sink);
}
