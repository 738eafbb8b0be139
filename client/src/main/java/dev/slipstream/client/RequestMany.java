// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * When a request with many replies has all of them: what comes first ends it. Immutable; begin with
 * {@link #within}.
 *
 * @param within how long it takes at most, counted from when the request is on its way
 * @param most how many replies at most
 * @param stall how long it waits for another reply behind one that came; null for as long as {@code
 *     within} lasts. The first reply may take longer
 * @param sentinel tells the reply that ends it and is no reply itself; null for none. Called on the
 *     client's loop: it looks at the message and does nothing else
 * @param maxPendingMessages replies that may wait to be taken before the request fails
 * @param maxPendingBytes bytes of these
 */
public record RequestMany(
    Duration within,
    long most,
    @Nullable Duration stall,
    @Nullable Predicate<? super Message> sentinel,
    long maxPendingMessages,
    long maxPendingBytes) {
  /** How many replies wait at most, unless said otherwise. */
  public static final long DEFAULT_MAX_PENDING_MESSAGES = 64 * 1024;

  /** How many bytes wait at most, unless said otherwise. */
  public static final long DEFAULT_MAX_PENDING_BYTES = 64L * 1024 * 1024;

  /** Refuses times and bounds that let nothing through. */
  public RequestMany {
    Objects.requireNonNull(within, "within");
    if (within.isNegative() || within.isZero() || stall != null && !isPositive(stall)) {
      throw new IllegalArgumentException("times to wait are positive");
    }
    if (most < 1 || maxPendingMessages < 1 || maxPendingBytes < 1) {
      throw new IllegalArgumentException("bounds of replies are positive");
    }
  }

  private static boolean isPositive(Duration duration) {
    return !duration.isNegative() && !duration.isZero();
  }

  /** All replies that come within so long. */
  public static RequestMany within(Duration duration) {
    return new RequestMany(
        duration,
        Long.MAX_VALUE,
        null,
        null,
        DEFAULT_MAX_PENDING_MESSAGES,
        DEFAULT_MAX_PENDING_BYTES);
  }

  /** At most so many replies. */
  public RequestMany most(long replies) {
    return new RequestMany(within, replies, stall, sentinel, maxPendingMessages, maxPendingBytes);
  }

  /** Until no reply follows the last one for so long. */
  public RequestMany stall(Duration duration) {
    return new RequestMany(within, most, duration, sentinel, maxPendingMessages, maxPendingBytes);
  }

  /** Until a reply for which {@code isLast} holds. */
  public RequestMany until(Predicate<? super Message> isLast) {
    return new RequestMany(within, most, stall, isLast, maxPendingMessages, maxPendingBytes);
  }

  /** Until a reply without payload. */
  public RequestMany untilEmpty() {
    return until(reply -> reply.payload().length == 0);
  }

  /** With other bounds of what waits to be taken. */
  public RequestMany maxPending(long messages, long bytes) {
    return new RequestMany(within, most, stall, sentinel, messages, bytes);
  }
}
