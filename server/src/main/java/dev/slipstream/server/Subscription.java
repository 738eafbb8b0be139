// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.protocol.wire.OutputBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One SUB of one connection.
 *
 * <p>What a SUB says never changes and may be read on any loop; the counters belong to the loop of
 * the connection.
 */
final class Subscription implements Subscriber {
  private final ClientConnection connection;
  private final byte[] filter;
  private final byte[] queue;
  private final byte[] sid;
  private final @Nullable DenyFilter denied;

  private long delivered;
  private long max;
  private boolean closed;

  /**
   * A subscription of {@code connection}; an empty {@code queue} makes it a plain one.
   *
   * @param denied what must be held back although the filter matches it, or null
   */
  Subscription(
      ClientConnection connection,
      byte[] filter,
      byte[] queue,
      byte[] sid,
      @Nullable DenyFilter denied) {
    this.connection = connection;
    this.filter = filter;
    this.queue = queue;
    this.sid = sid;
    this.denied = denied;
  }

  ClientConnection connection() {
    return connection;
  }

  @Override
  public byte[] filter() {
    return filter;
  }

  /** The queue group's name; empty for a plain subscription. */
  byte[] queue() {
    return queue;
  }

  boolean isQueue() {
    return queue != OutputBuffer.NO_BYTES;
  }

  byte[] sid() {
    return sid;
  }

  /** Whether the permissions of the connection hold back a message on this subject. */
  boolean isDenied(byte[] bytes, int from, int to) {
    DenyFilter filterOrNull = denied;
    return filterOrNull != null && filterOrNull.denies(bytes, from, to, queue);
  }

  /** How many messages were delivered since the SUB. */
  long delivered() {
    return delivered;
  }

  SubscriptionFigures figures() {
    return new SubscriptionFigures(
        new String(filter, StandardCharsets.UTF_8),
        new String(queue, StandardCharsets.UTF_8),
        new String(sid, StandardCharsets.UTF_8),
        delivered,
        max);
  }

  /** Sets after how many messages it ends; 0 leaves that open. */
  void setMax(long newMax) {
    max = newMax;
  }

  boolean isClosed() {
    return closed;
  }

  void close() {
    closed = true;
  }

  /** Counts a delivery; answers whether it may take place. */
  boolean countDelivery() {
    delivered++;
    return max == 0 || delivered <= max;
  }

  /** Whether the last delivery that was counted reached the maximum. */
  boolean isSpent() {
    return max > 0 && delivered >= max;
  }
}
