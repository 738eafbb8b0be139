// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

/** Something could not be started; the reason says why. */
public final class StartFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String id;
  private final transient StopReason reason;

  /** A start of {@code id} that failed for {@code reason}. */
  public StartFailedException(String id, StopReason reason) {
    super(id + " did not start: " + reason, reason.cause());
    this.id = id;
    this.reason = reason;
  }

  /** What did not start. */
  public String id() {
    return id;
  }

  /** Why. */
  public StopReason reason() {
    return reason;
  }
}
