// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

/** Takes messages of a subscription, one at a time, off the client's loop; may block. */
@FunctionalInterface
public interface MessageHandler<M extends Message> {
  /**
   * Handles one message.
   *
   * @throws Exception whatever it likes: the subscription goes on and an event tells of it
   */
  void onMessage(M message) throws Exception;
}
