// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.base;

/** Checks that stay on in production: a failed one is a bug in this code, never bad input. */
public final class Invariant {

  private Invariant() {}

  /** Throws {@link Violation} with {@code message} unless {@code condition} holds. */
  public static void check(boolean condition, String message) {
    if (!condition) {
      throw new Violation(message);
    }
  }

  /** A broken invariant. The loop that meets it stops what it was doing and reports it. */
  public static final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Violation(String message) {
      super(message);
    }
  }
}
