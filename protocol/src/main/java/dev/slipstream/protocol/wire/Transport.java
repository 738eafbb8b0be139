// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.wire;

import org.jspecify.annotations.Nullable;

/**
 * One open stream of bytes to a peer: a socket, a WebSocket, or a pair of mailboxes inside one
 * process.
 *
 * <p>An implementation calls its receiver for one thing at a time, in order, from a thread of its
 * own choice; {@link #send} and {@link #close} may be called by any one thread at a time and never
 * block.
 */
public interface Transport extends AutoCloseable {

  /** Begins to hand inbound bytes to {@code receiver}; called once. */
  void start(Receiver receiver);

  /**
   * Queues bytes for the peer, in order; the array is the transport's from here on.
   *
   * @return false when the transport is closed; the bytes are then dropped
   */
  boolean send(byte[] bytes, int from, int to);

  /** Bytes that were queued and that the peer has not been handed yet. */
  long pendingBytes();

  /** Ends both directions; what is queued may be lost. The receiver hears of it once. */
  @Override
  void close();

  /** What a transport hands its inbound side to. */
  interface Receiver {
    /** Inbound bytes; the array is valid during the call only. */
    void onBytes(byte[] bytes, int from, int to);

    /** The end, with its cause when it was not asked for; nothing comes after it. */
    void onClosed(@Nullable Throwable cause);
  }
}
