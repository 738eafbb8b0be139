// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import org.jspecify.annotations.Nullable;

/**
 * The root of what the client throws: something went wrong between this process and the server, or
 * the server refused.
 *
 * <p>All of them are unchecked. Misuse of the API itself (a bad subject, a null) throws {@link
 * IllegalArgumentException} or {@link NullPointerException} instead.
 */
public class NatsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** An exception without a cause. */
  public NatsException(String message) {
    super(message);
  }

  /** An exception with a cause. */
  public NatsException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
