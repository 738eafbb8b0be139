// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The store cannot be opened, or nothing can be made durable any more; the text is for people. */
public sealed class StoreException extends IOException permits StoreLockedException {
  private static final long serialVersionUID = 1L;

  /** A failure with its text and what caused it. */
  public StoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** A failure with its text. */
  public StoreException(String message) {
    super(message);
  }
}
