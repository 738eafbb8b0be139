// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.wire;

import org.jspecify.annotations.Nullable;

/**
 * Input that breaks the protocol; the connection it came from is closed.
 *
 * <p>{@link #errText()} is what the peer is told in a {@code -ERR} line before, or null where the
 * protocol closes without a word (malformed argument lists).
 */
public final class ProtocolException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final @Nullable String errText;

  /** An error whose {@code -ERR} text is {@code errText}; {@code reason} is for the log. */
  public ProtocolException(@Nullable String errText, String reason) {
    super(reason, null, false, false);
    this.errText = errText;
  }

  /** The text between the quotes of {@code -ERR '…'}, or null. */
  public @Nullable String errText() {
    return errText;
  }

  static ProtocolException unknownOperation(String reason) {
    return new ProtocolException("Unknown Protocol Operation", reason);
  }
}
