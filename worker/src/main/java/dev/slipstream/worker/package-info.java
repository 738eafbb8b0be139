// SPDX-License-Identifier: Apache-2.0
/**
 * Supervised workers: code that handles the messages of a pull consumer, one at a time, and is
 * started again when it fails.
 *
 * <p>Entry types: {@link dev.slipstream.worker.PullWorker} for what a worker does, {@link
 * dev.slipstream.worker.Supervisor} for who restarts it. Reading order: {@code PullWorker}, {@code
 * WorkerOptions}, {@code ChildSpec}, {@code Supervisor}, {@code Child}, {@code Life}, {@code
 * SupervisorProcess}, {@code PullProcess}, {@code ConnectionProcess}, {@code SerialLoop}; {@code
 * WorkerMetrics} with {@code WorkerWatch} for who counts.
 *
 * <p>Owner threads: all supervisors and connections of a {@link dev.slipstream.worker.Workers} live
 * on its one control thread, which never blocks. A worker has a mailbox on a bounded pool; while it
 * is fed with messages its state belongs to the client's handler, one message at a time.
 */
@NullMarked
package dev.slipstream.worker;

import org.jspecify.annotations.NullMarked;
