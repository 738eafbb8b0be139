// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

/** An archive cannot be written or restored; the message is what the asker is told. */
final class ArchiveException extends Exception {
  private static final long serialVersionUID = 1L;

  ArchiveException(String message) {
    super(message);
  }

  /** What the asker is told. */
  String text() {
    return String.valueOf(getMessage());
  }
}
