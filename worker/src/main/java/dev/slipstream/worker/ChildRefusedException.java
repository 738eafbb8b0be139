// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

/**
 * A supervisor does not do what it was asked to do with a child; nothing has changed. The message
 * says why, {@link #why} says it to a program.
 */
public final class ChildRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String id;
  private final Why why;

  /** Why a supervisor refuses. */
  public enum Why {
    /** It has a child of this id, which runs or is stopped. */
    PRESENT,
    /** It has no child of this id. */
    UNKNOWN,
    /** The child runs; it has to be stopped first. */
    RUNNING,
    /** It has as many children as it may have. */
    TOO_MANY,
    /** It stops or has stopped itself. */
    SUPERVISOR_STOPPED,
    /** It waits for the child whose callback asks, so that neither would go on. */
    WAITS_FOR_CALLER
  }

  ChildRefusedException(String id, Why why, String message) {
    super(message);
    this.id = id;
    this.why = why;
  }

  /** The same with the trace of the calling thread, which is what helps. */
  ChildRefusedException here() {
    return new ChildRefusedException(id, why, String.valueOf(getMessage()));
  }

  /** The child. */
  public String id() {
    return id;
  }

  /** Why. */
  public Why why() {
    return why;
  }
}
