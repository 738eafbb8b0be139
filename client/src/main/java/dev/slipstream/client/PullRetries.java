// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.base.Backoff;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * What counts against a server since it last answered as it should, and when the next pull may be
 * sent because of that.
 *
 * <p>Owned by a {@link PullState}. Times are nanoseconds of its clock.
 */
final class PullRetries {
  /** For nothing to wait for. */
  static final long NEVER = Long.MAX_VALUE;

  private static final long FIRST_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LAST_RETRY_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long LEAST_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final Backoff backoff;
  private long atNanos = NEVER;
  private int emptyEndings;
  private int refusals;
  private int missedInARow;

  PullRetries(RandomGenerator random) {
    backoff = new Backoff(FIRST_RETRY_NANOS, LAST_RETRY_NANOS, random);
  }

  /** When the next pull may be sent, or {@link #NEVER} when nothing holds it up. */
  long atNanos() {
    return atNanos;
  }

  boolean isWaiting() {
    return atNanos != NEVER;
  }

  /** The next pull waits, longer each time. */
  void holdUp(long now) {
    atNanos = now + LEAST_RETRY_NANOS + backoff.nextDelayNanos();
  }

  /** Nothing holds up the next pull any more. */
  void cease() {
    atNanos = NEVER;
  }

  /** Time has passed. */
  void tick(long now) {
    if (isWaiting() && now - atNanos >= 0) {
      cease();
    }
  }

  /** The first pull that ended early without a message is repeated at once, the next ones wait. */
  void emptyEnding(long now) {
    emptyEndings++;
    if (emptyEndings > 1) {
      holdUp(now);
    }
  }

  /** How often nobody heard a pull before this one. */
  int refused() {
    return refusals++;
  }

  /** How often the server was silent in a row, this time included. */
  int missed() {
    return ++missedInARow;
  }

  /** The server answers as it should: what counted against it is forgotten. */
  void proven() {
    backoff.reset();
    emptyEndings = 0;
    refusals = 0;
    missedInARow = 0;
  }
}
