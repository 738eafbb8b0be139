// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

/** Nobody listens on the subject of a request: the server said so (status 503). */
public class NoRespondersException extends NatsException {
  private static final long serialVersionUID = 1L;

  private final String subject;

  /** Nobody listens on {@code subject}. */
  public NoRespondersException(String subject) {
    super("nobody listens on " + subject);
    this.subject = subject;
  }

  /** Whom was asked. */
  public String subject() {
    return subject;
  }
}
