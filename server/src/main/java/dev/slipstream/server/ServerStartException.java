// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import org.jspecify.annotations.Nullable;

/**
 * Why a server did not start: the message is one line for its user (port in use, bad directory).
 */
public final class ServerStartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A failure with a line for the user and what caused it. */
  public ServerStartException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
