// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.base;

/**
 * A bounded queue of commands to one owner thread: the only way to reach state that another thread
 * owns.
 *
 * <p>Commands of one sender run in the order in which they were offered. Thread-safe; never blocks.
 */
public interface Mailbox {

  /**
   * Queues a command.
   *
   * @return false when the mailbox is full or closed; the sender then decides what happens (pause
   *     its socket, refuse, drop), the command does not run
   */
  boolean offer(Runnable command);
}
