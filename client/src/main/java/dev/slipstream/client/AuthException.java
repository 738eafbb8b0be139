// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

/** The server refuses these credentials, or wants some and was given none. */
public class AuthException extends NatsException {
  private static final long serialVersionUID = 1L;

  /** A refusal with the server's words. */
  public AuthException(String serverText) {
    super(serverText);
  }
}
