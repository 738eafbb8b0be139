// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

/** Replies came faster than they were taken, until more waited than the rules allow. */
public class TooManyRepliesException extends NatsException {
  private static final long serialVersionUID = 1L;

  private final String subject;

  /** Of a request to {@code subject}. */
  public TooManyRepliesException(String subject, long maxPendingMessages, long maxPendingBytes) {
    super(
        "more replies from "
            + subject
            + " waited than "
            + maxPendingMessages
            + " or "
            + maxPendingBytes
            + " bytes");
    this.subject = subject;
  }

  /** Whom was asked. */
  public String subject() {
    return subject;
  }
}
