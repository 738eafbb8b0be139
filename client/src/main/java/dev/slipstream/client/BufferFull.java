// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

/**
 * What happens to a message that is to be sent when {@link ClientOptions.Builder#bufferBytes} are
 * reached and no connection stands. While one stands, senders wait.
 */
public enum BufferFull {
  /** Sending fails with {@link QueueFullException}; {@code ack()} returns false. */
  FAIL,

  /**
   * The sender waits until a connection takes what is queued, or the client is closed: then {@link
   * ConnectionClosedException}.
   */
  WAIT,

  /**
   * The oldest of what waits is dropped, whatever it is: a message without a trace but {@link
   * ClientEvent.MessagesDropped} and {@link ClientStats#droppedOut}, a request or a publish into a
   * stream with a failed future.
   */
  DROP_OLDEST
}
