// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance.workers;

import dev.slipstream.base.Clock;

/**
 * Tells on the error stream what happens when, while a single seed is repeated with {@code
 * -Dslipstream.seed}; otherwise it says nothing and costs nothing.
 */
final class Trace {
  private static final boolean ON = Long.getLong("slipstream.seed") != null;

  private final Clock clock;

  Trace(Clock clock) {
    this.clock = clock;
  }

  void note(Object... words) {
    if (ON) {
      StringBuilder line = new StringBuilder().append(clock.nanos() / 1_000_000).append(" ms:");
      for (Object word : words) {
        line.append(' ').append(word);
      }
      System.err.println(line);
    }
  }
}
