// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

/**
 * Hears what a data directory holds when it is opened; the engine implements it. Called on the
 * opening thread, before any loop runs.
 *
 * <p>First all snapshots, in ascending order of assets, then the records. What stands in a {@link
 * StreamStore} at the snapshot is restored by the store: {@link Store#fileStream} answers it.
 *
 * <p>The assets' snapshots are taken on their loops one after the other, the catalogue's first, so
 * each has its own place in the log. An asset that the catalogue's snapshot names has a snapshot,
 * unless a record that follows deletes it. An asset may have a snapshot although the record that
 * creates it comes later in the replay. Records may come for an asset that is gone. A restored
 * stream that is neither claimed by {@link Store#fileStream} nor dropped is kept as it is.
 */
public interface Recovery {

  /** What the asset's {@link SnapshotSource} wrote at the last checkpoint. */
  void snapshot(long assetId, byte[] bytes, int from, int to);

  /**
   * A record behind its asset's snapshot, in the order of the log; messages too, which are then to
   * be given to {@link StreamStore#append}.
   */
  void record(LogRecord record);
}
