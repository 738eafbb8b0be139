// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import org.jspecify.annotations.Nullable;

/** Figures of the log. Each is written by one thread and read by any. */
final class LogStats {
  private final SyncHistogram syncTimes = new SyncHistogram();
  private volatile long commits;
  private volatile long syncs;
  private volatile long records;
  private volatile long bytes;
  private volatile long lastSyncNanos;
  private volatile long checkpoints;
  private volatile long lastCheckpointNanos;
  private volatile long replayed;
  private volatile long damagedRanges;

  @SuppressWarnings("NonAtomicOperationOnVolatileField") // the commit thread alone writes them
  void committed(long moreRecords, long moreBytes) {
    commits++;
    records += moreRecords;
    bytes += moreBytes;
  }

  @SuppressWarnings("NonAtomicOperationOnVolatileField") // the commit thread alone writes them
  void synced(long nanos) {
    syncs++;
    lastSyncNanos = nanos;
    syncTimes.add(nanos);
  }

  void recovered(long replayedRecords, long damaged) {
    replayed = replayedRecords;
    damagedRanges = damaged;
  }

  @SuppressWarnings("NonAtomicOperationOnVolatileField") // the storage worker alone writes them
  void checkpointed(long nanos) {
    lastCheckpointNanos = nanos;
    checkpoints++;
  }

  StoreStats snapshot(
      long logPosition,
      long checkpointPosition,
      long damagedMessages,
      @Nullable StoreException failure) {
    long syncsNow = syncs;
    return new StoreStats(
        commits,
        syncsNow,
        records,
        bytes,
        lastSyncNanos,
        syncTimes.quantileNanos(0.5),
        syncTimes.quantileNanos(0.99),
        syncsNow == 0 ? 0 : (double) records / syncsNow,
        logPosition,
        checkpointPosition,
        checkpoints,
        lastCheckpointNanos,
        replayed,
        damagedRanges,
        damagedMessages,
        failure == null ? null : failure.getMessage());
  }
}
