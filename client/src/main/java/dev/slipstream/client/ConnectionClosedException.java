// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

/** The connection was closed, for good, before or while this was asked of it. */
public class ConnectionClosedException extends NatsException {
  private static final long serialVersionUID = 1L;

  /** The usual text. */
  public ConnectionClosedException() {
    super("the connection is closed");
  }

  /** A text of its own. */
  public ConnectionClosedException(String message) {
    super(message);
  }
}
