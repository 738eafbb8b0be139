// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import org.jspecify.annotations.Nullable;

/**
 * Counts and times what happens to the messages of one {@link Origin}; see {@link ClientMetrics},
 * whose rules hold here too.
 *
 * <p>Of a subscription only {@link #delivered}, {@link #handled} and {@link #dropped} are told.
 */
public interface DeliveryMetrics {
  /** Counts nothing. */
  DeliveryMetrics NONE = new DeliveryMetrics() {};

  /**
   * A message has come and waits for its handler or to be taken. On the client's loop.
   *
   * @param bytes of subject, reply, headers and payload
   * @param deliveries how often it was delivered, this time included: a redelivery has more than 1
   */
  default void delivered(int bytes, long deliveries) {}

  /** A message was not taken because too many wait. On the client's loop. */
  default void dropped() {}

  /**
   * A handler or a subscriber of a flow has returned, or thrown {@code failure}. On its thread.
   * Messages that are taken have no handler.
   */
  default void handled(long nanos, @Nullable Throwable failure) {}

  /**
   * A message was settled: acked, naked or termed, by the application or by what the failure of a
   * handler means. By the thread that did it.
   */
  default void settled(AckState how) {}

  /**
   * A message was handed back without having been handled or taken, because who was to handle it
   * has stopped. By any thread.
   */
  default void handedBack() {}

  /** The server was told that a message is worked on. By the thread that did it, or the loop. */
  default void inProgress() {}

  /** A pull was sent, by a consumption or a fetch; 0 bytes for any number. On the client's loop. */
  default void pulled(int messages, long bytes) {}

  /**
   * The server has ended a pull by a status: 404 and 408 when its time is up or nothing is there,
   * 409 and others otherwise. On the client's loop.
   */
  default void pullEnded(int code, String description) {}

  /** Neither a message nor a heartbeat came to a consumption for too long. On the loop. */
  default void heartbeatsMissed(int inARow) {}

  /**
   * A consumption has begun, of a handler, of {@link Messages} or of a flow; of an ordered consumer
   * once for each consumer behind it. Its {@link Consumption#state} may be asked from now on, by
   * any thread but the client's loop. By the thread that begins it, or the loop.
   */
  default void began(Consumption consumption) {}

  /** All that a consumption brought was handled and no more comes. On a thread of the client. */
  default void ended(Consumption consumption, Closed why) {}
}
