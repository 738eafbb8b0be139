// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import org.jspecify.annotations.Nullable;

/**
 * The server refuses these credentials, or wants some and was given none, or there are none to send
 * because a file, a key or a callback failed.
 */
public class AuthException extends NatsException {
  private static final long serialVersionUID = 1L;

  /** A refusal with the server's words. */
  public AuthException(String serverText) {
    super(serverText);
  }

  /** Credentials that cannot be sent, and why. */
  public AuthException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
