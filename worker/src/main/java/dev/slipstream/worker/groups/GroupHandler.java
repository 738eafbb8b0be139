// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

/** Handles the messages of a member, one at a time and in order; settles them itself; may block. */
@FunctionalInterface
public interface GroupHandler {
  /**
   * Handles one message.
   *
   * @throws Exception whatever it likes: the message is delivered again, before later ones
   */
  void onMessage(GroupMessage message) throws Exception;
}
