// SPDX-License-Identifier: Apache-2.0
/**
 * Ports to time, threads and files: what the rest of the system sees of the machine it runs on.
 *
 * <p>Entry type: {@link dev.slipstream.base.EventLoop}. Reading order: {@code Clock}, {@code
 * Mailbox}, {@code EventLoop}, {@code GuardedMailbox}, {@code Disk}, {@code Backoff}, {@code
 * Invariant}, {@code VirtualThreads}, {@code WaitingIterator}. Nothing here owns a thread; the
 * server implements the ports on its network loops, the test kit on one thread with virtual time.
 */
@NullMarked
package dev.slipstream.base;

import org.jspecify.annotations.NullMarked;
