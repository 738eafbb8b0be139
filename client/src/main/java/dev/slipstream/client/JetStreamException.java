// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import org.jspecify.annotations.Nullable;

/** Something of JetStream went wrong: the server refused, or a consumption came to its end. */
public class JetStreamException extends NatsException {
  private static final long serialVersionUID = 1L;

  /** An exception without a cause. */
  public JetStreamException(String message) {
    super(message);
  }

  /** An exception with a cause. */
  public JetStreamException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
