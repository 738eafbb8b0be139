// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

/** The store cannot be opened because another server runs on it. */
public final class StoreLockedException extends StoreException {
  private static final long serialVersionUID = 1L;

  /** A failure with its text. */
  public StoreLockedException(String message) {
    super(message);
  }
}
