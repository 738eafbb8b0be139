// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import org.jspecify.annotations.Nullable;

/**
 * Figures of a store since it was opened.
 *
 * @param commits writes to the log
 * @param syncs syncs of the log
 * @param records records made durable
 * @param bytesWritten bytes written to the log
 * @param lastSyncNanos how long the last sync took
 * @param p50SyncNanos how long the median sync took, within an eighth
 * @param p99SyncNanos how long 99 of 100 syncs took at most, within an eighth
 * @param recordsPerSync records made durable by one sync on average
 * @param logPosition the position behind the last durable record
 * @param checkpointPosition the position that a start would replay from
 * @param checkpoints checkpoints made
 * @param lastCheckpointNanos how long the last one took
 * @param replayedRecords records handed to the recovery at the start
 * @param damagedRanges ranges of the log that were found damaged at the start and skipped
 * @param damagedMessages stored messages that were found damaged when they were read
 * @param failure why nothing becomes durable any more; null while all is well
 */
public record StoreStats(
    long commits,
    long syncs,
    long records,
    long bytesWritten,
    long lastSyncNanos,
    long p50SyncNanos,
    long p99SyncNanos,
    double recordsPerSync,
    long logPosition,
    long checkpointPosition,
    long checkpoints,
    long lastCheckpointNanos,
    long replayedRecords,
    long damagedRanges,
    long damagedMessages,
    @Nullable String failure) {}
