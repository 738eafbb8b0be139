// SPDX-License-Identifier: Apache-2.0
/**
 * Supervised workers: code that handles the messages of a pull consumer, one at a time, and is
 * started again when it fails.
 *
 * <p>Entry types: {@link dev.slipstream.worker.PullWorker} for what a worker does, {@link
 * dev.slipstream.worker.Supervisor} for who restarts it. Reading order: {@code PullWorker}, {@code
 * WorkerOptions}, {@code DeadLetters}, {@code ChildSpec}, {@code Supervisor}, {@code
 * SupervisionTree}, {@code WorkerMetrics}. Inside, of supervision: {@code Child}, {@code Life},
 * {@code SupervisorProcess} with {@code Steps} and {@code ChildCommands}, {@code Lives} for who
 * waits for them, {@code LinkedLives}, {@code ConnectionProcess}. In the order of a message: {@code
 * PullProcess}, {@code PullWork}, {@code Finder}, {@code Feed} (from a consumer or a {@code
 * MessageSource}), {@code Hands}, {@code DeadLetterBox}; {@code SerialLoop} is a mailbox, {@code
 * WorkerWatch} tells the metrics.
 *
 * <p>Owner threads: all supervisors and connections of a {@link dev.slipstream.worker.Workers} live
 * on its one control thread, which never blocks. A worker has a mailbox on a bounded pool, where
 * its messages are handled too; with several handlers at a time these are beside it, and a state is
 * with one of them at a time.
 */
@NullMarked
package dev.slipstream.worker;

import org.jspecify.annotations.NullMarked;
