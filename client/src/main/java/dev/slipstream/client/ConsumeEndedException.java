// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

/** There are no more messages, because a consumption has come to an end that was not asked for. */
public class ConsumeEndedException extends JetStreamException {
  private static final long serialVersionUID = 1L;

  private final transient Closed reason;

  /** An end with its reason. */
  public ConsumeEndedException(Closed reason) {
    super("the consumption has ended: " + reason);
    this.reason = reason;
  }

  /** Why it ended. */
  public Closed reason() {
    return reason;
  }
}
