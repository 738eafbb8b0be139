// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

/** What waits for a connection has reached its bound of bytes; the message was not taken. */
public class QueueFullException extends NatsException {
  private static final long serialVersionUID = 1L;

  private final long limitBytes;

  /** The bound that was reached. */
  public QueueFullException(long limitBytes) {
    super("the buffer for times without a connection is full (" + limitBytes + " bytes)");
    this.limitBytes = limitBytes;
  }

  /** The bound in bytes. */
  public long limitBytes() {
    return limitBytes;
  }
}
