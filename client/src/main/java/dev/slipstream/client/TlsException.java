// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import org.jspecify.annotations.Nullable;

/**
 * A connection cannot be made secure: the server offers no TLS although it was asked for, or the
 * handshake failed. Nothing that says who the client is has been sent in the clear.
 */
public class TlsException extends NatsException {
  private static final long serialVersionUID = 1L;

  /** A failure and what caused it. */
  public TlsException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  static TlsException inTheClear() {
    return new TlsException("the TLS handshake failed: the server sent bytes in the clear", null);
  }
}
