// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

/** The calling thread was interrupted while it waited; its interrupt flag is set again. */
public class RequestInterruptedException extends NatsException {
  private static final long serialVersionUID = 1L;

  /** An interrupt during {@code what}. */
  public RequestInterruptedException(String what) {
    super("interrupted during " + what);
  }
}
