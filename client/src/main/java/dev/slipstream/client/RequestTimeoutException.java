// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.time.Duration;

/** No answer came within the time that was given. */
public class RequestTimeoutException extends NatsException {
  private static final long serialVersionUID = 1L;

  private final String subject;
  private final Duration waited;
  private final ClientState state;

  /** A time-out of a request to {@code subject}. */
  public RequestTimeoutException(String subject, Duration waited, ClientState state) {
    super("no answer from " + subject + " in " + waited + " (the client is " + state + ")");
    this.subject = subject;
    this.waited = waited;
    this.state = state;
  }

  /** Whom was asked. */
  public String subject() {
    return subject;
  }

  /** How long the client waited. */
  public Duration waited() {
    return waited;
  }

  /**
   * The client's state when it gave up: not connected means that the request may never have left.
   */
  public ClientState state() {
    return state;
  }
}
