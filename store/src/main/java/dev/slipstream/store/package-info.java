// SPDX-License-Identifier: Apache-2.0
/**
 * The store of a durable message log: one write-ahead log for all streams of a data directory, and
 * behind it the streams' own blocks in memory and in segment files.
 *
 * <p>Entry type: {@link dev.slipstream.store.Store}. Reading order, along the way of a record:
 * {@code LogAppender}, {@code LogBatch}, {@code Committer}, {@code LogFiles}, {@code AppliedLog},
 * {@code Applier}; then what an applied message becomes: {@code StreamStore}, {@code Block}, {@code
 * SubjectIndex}; then what happens behind the log: {@code StorageWorker}, {@code SegmentBlocks},
 * {@code SegmentFiles}, {@code Checkpointer}; then the start: {@code LogReader}, {@code Recovery};
 * then who looks at a directory while no server runs: {@link dev.slipstream.store.StoreCheck},
 * {@link dev.slipstream.store.StoreDump}.
 *
 * <p>Owners: a {@code LogAppender} and a {@code StreamStore} belong to their loop; the log files
 * being written to the commit thread; segments, checkpoints and cold reads to the storage worker.
 * They meet in queues only. The formats are described in docs/data-format.md.
 */
@NullMarked
package dev.slipstream.store;

import org.jspecify.annotations.NullMarked;
