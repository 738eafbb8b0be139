// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.base;

import java.io.IOException;

/** There is no room on the disk, or the quota is used up; the one failure that may pass by. */
public final class DiskFullException extends IOException {
  private static final long serialVersionUID = 1L;

  /** A failure with its text and what caused it. */
  public DiskFullException(String message, Throwable cause) {
    super(message, cause);
  }

  /** A failure with its text. */
  public DiskFullException(String message) {
    super(message);
  }
}
