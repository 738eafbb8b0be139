// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How much to fetch, and how long to wait for it. Immutable.
 *
 * @param messages the most messages
 * @param bytes the most bytes (subject, reply, headers, payload); 0 for any number
 * @param until what to wait for
 * @param within how long to wait; does not matter for {@link Until#NONE}
 * @param priority what the fetch says to a consumer with priority groups; null for nothing
 */
public record Fetch(
    int messages, long bytes, Until until, Duration within, @Nullable Priority priority) {
  /** How long a fetch waits unless said otherwise. */
  public static final Duration DEFAULT_WAIT = Duration.ofSeconds(5);

  /** Waits of this length and more are watched by heartbeats. */
  private static final Duration HEARTBEAT_FROM = Duration.ofSeconds(10);

  private static final Duration HEARTBEAT = Duration.ofSeconds(5);
  private static final int MESSAGES_BY_BYTES = 1_000_000;

  /** What a fetch waits for. */
  public enum Until {
    /** All messages that were asked for. */
    FILL,
    /** The first message; then it takes what is there. */
    FIRST,
    /** Nothing: it takes what is there. */
    NONE
  }

  /** Refuses what cannot be fetched. */
  public Fetch {
    if (messages < 1 || bytes < 0) {
      throw new IllegalArgumentException(
          "a fetch of " + messages + " messages and " + bytes + " bytes");
    }
    if (within.isNegative() || within.isZero()) {
      throw new IllegalArgumentException("a wait must be positive, is " + within);
    }
  }

  /** At most {@code messages}; waits 5 s for all of them. */
  public static Fetch of(int messages) {
    return new Fetch(messages, 0, Until.FILL, DEFAULT_WAIT, null);
  }

  /** At most {@code messages}, of what is there. */
  public static Fetch noWait(int messages) {
    return new Fetch(messages, 0, Until.NONE, DEFAULT_WAIT, null);
  }

  /** At most {@code messages}; waits 5 s for the first and then takes what is there. */
  public static Fetch first(int messages) {
    return new Fetch(messages, 0, Until.FIRST, DEFAULT_WAIT, null);
  }

  /** At most {@code bytes}; waits 5 s for all of them. */
  public static Fetch ofBytes(long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("a fetch of " + bytes + " bytes");
    }
    return new Fetch(MESSAGES_BY_BYTES, bytes, Until.FILL, DEFAULT_WAIT, null);
  }

  /** With another wait. */
  public Fetch within(Duration duration) {
    return new Fetch(messages, bytes, until, duration, priority);
  }

  /** With a bound of bytes too. */
  public Fetch maxBytes(long most) {
    return new Fetch(messages, most, until, within, priority);
  }

  /** As a member of a priority group. */
  public Fetch as(Priority member) {
    return new Fetch(messages, bytes, until, within, member);
  }

  long expiresNanos() {
    return until == Until.NONE ? 0 : TimeUnit.NANOSECONDS.convert(within);
  }

  long heartbeatNanos() {
    boolean watched = until != Until.NONE && within.compareTo(HEARTBEAT_FROM) >= 0;
    return watched ? TimeUnit.NANOSECONDS.convert(HEARTBEAT) : 0;
  }
}
