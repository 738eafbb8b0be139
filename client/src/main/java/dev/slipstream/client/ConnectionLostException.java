// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import org.jspecify.annotations.Nullable;

/** The present connection to a server ended; the client connects again by itself. */
public class ConnectionLostException extends NatsException {
  private static final long serialVersionUID = 1L;

  /** A loss with its cause. */
  public ConnectionLostException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
