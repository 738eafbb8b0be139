// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

/**
 * Counts and times what a client does; set with {@link ClientOptions.Builder#metrics}.
 *
 * <p>A method that is not overridden does nothing, and without metrics nothing is measured. What
 * {@link ClientStats} counts is not told here once more: it is to be asked of the client that
 * {@link #opened} brings, and what a consumption holds of its {@link Consumption#state}. One object
 * may serve several clients.
 *
 * <p>Threads: each method says who calls it; several may do so at the same time. None may block,
 * since they are called in the way of messages. What they throw stays away from the client: the
 * first failure of a sink is told as {@link ClientEvent.ObserverFailed}, and it is called on.
 *
 * <p>Times are nanoseconds of the client's clock.
 */
public interface ClientMetrics {

  /** A client was made; called by the thread that makes it, before it connects. */
  default void opened(NatsClient client) {}

  /** A client was closed, or never connected; its counts do not change any more. On its loop. */
  default void closed(NatsClient client) {}

  /**
   * Something happened to the connection: it was made, made again or lost, an attempt failed, a
   * subscription is too slow. Every event comes here, on the client's loop or a handler's thread.
   */
  default void event(ClientEvent event) {}

  /**
   * A stream has acknowledged a message; called by the thread that waited for it, or where the
   * future is completed.
   *
   * @param nanos since the client was given the message, with the time that it waited for room
   */
  default void published(PublishAck ack, long nanos) {}

  /** A message for a stream was refused, not answered or not sent; as {@link #published}. */
  default void publishFailed(Throwable failure, long nanos) {}

  /**
   * A request of the application was answered; called by the thread that waited for it, or where
   * the future is completed. Requests with many replies are not told: their time is what their
   * rules say.
   */
  default void replied(long nanos) {}

  /** A request of the application was not answered or not sent; as {@link #replied}. */
  default void requestFailed(Throwable failure, long nanos) {}

  /**
   * Where to tell of messages from an origin. Asked once for each handle of a consumer and for each
   * subscription, by the thread that makes it; equal origins may get the same answer.
   */
  default DeliveryMetrics deliveries(Origin origin) {
    return DeliveryMetrics.NONE;
  }
}
