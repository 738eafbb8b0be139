// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import org.jspecify.annotations.Nullable;

/**
 * A WebSocket cannot be used: the server refused the upgrade or does not know of it, the headers
 * for it could not be had, or what came thereafter was no WebSocket. The message says what to do.
 */
public class WebSocketException extends NatsException {
  private static final long serialVersionUID = 1L;

  /** A failure, and what caused it if that was not the server. */
  public WebSocketException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
