// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.protocol.wire.OutputBuffer;

/**
 * The bytes' way to and from one client, as its connection sees it: a socket, or the two ends of an
 * in-process transport.
 *
 * <p>Every method is called on the loop of the connection. A link hands what comes in to {@link
 * ClientConnection#onBytes} and its end, once, to {@link ClientConnection#onLinkClosed}, both on
 * that loop.
 */
interface Link {

  /** Sends what the buffer holds; the buffer is the caller's again, still filled, on return. */
  void write(OutputBuffer bytes);

  /** Bytes that were written and that the peer's side has not taken yet. */
  long pendingBytes();

  /**
   * Runs {@code task} on the loop once everything that was written before has been taken, or when
   * the link has closed.
   */
  void afterWritten(Runnable task);

  /** Stops handing in bytes, soon; what was already read may still come. */
  void pauseReading();

  /** Goes on after {@link #pauseReading}. */
  void resumeReading();

  /** Closes once everything written has gone out, or after a short while. */
  void closeAfterWrites();

  /**
   * Closes once everything written has gone out, in a way that tells the peer that not all it sent
   * was taken; the same as {@link #closeAfterWrites} where there is no such way.
   */
  default void resetAfterWrites() {
    closeAfterWrites();
  }

  /** Closes at once; what waits is lost. */
  void close();

  /** The peer's address without port, as INFO and the log show it; empty when it has none. */
  String remoteHost();

  /** The peer's port; 0 when it has none. */
  int remotePort();

  /** Whether both ends are in this process. */
  boolean inProcess();
}
