// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

/** A message is larger than the server takes; nothing was sent. */
public class PayloadTooLargeException extends NatsException {
  private static final long serialVersionUID = 1L;

  /** A message of {@code bytes} where {@code limitBytes} is the most. */
  public PayloadTooLargeException(long bytes, long limitBytes) {
    super("headers and payload have " + bytes + " bytes, the server takes " + limitBytes);
  }
}
