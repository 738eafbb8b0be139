// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.json;

/**
 * A document that could not be read.
 *
 * <p>The message is the text that the public server puts behind {@code invalid JSON: }; it is meant
 * for the peer that sent the document. No stack trace is filled in: the place in this code says
 * nothing about the fault, and a peer can cause one with every request.
 */
public final class JsonException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with the text for the sender of the document. */
  public JsonException(String message) {
    super(message, null, false, false);
  }

  /** The text for the sender of the document. */
  public String text() {
    String message = getMessage();
    return message == null ? "" : message;
  }
}
