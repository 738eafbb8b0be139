// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import org.jspecify.annotations.Nullable;

/**
 * Stands around what a client sends and around what handlers do, for instance to trace it; set with
 * {@link ClientOptions.Builder#interceptor}.
 *
 * <table>
 * <caption>What is seen</caption>
 * <tr><th>call</th><th>begins with</th><th>ends with</th></tr>
 * <tr><td>{@code publish}, {@code respond}, {@code AtomicBatch.add}</td>
 *     <td>{@link #publishing}</td><td>{@code sent}</td></tr>
 * <tr><td>{@code request}, {@code requestAsync}</td><td>{@link #publishing}</td>
 *     <td>{@code replied}</td></tr>
 * <tr><td>{@code requestMany}</td><td>{@link #publishing}</td>
 *     <td>{@code sent}, when no more replies come</td></tr>
 * <tr><td>{@code JetStream.publish}, {@code publishAsync}, {@code AtomicBatch.commit}, buckets</td>
 *     <td>{@link #publishing}</td><td>{@code stored}</td></tr>
 * <tr><td>{@code subscribe}, {@code consume} (also in parallel and ordered), {@code publisher},
 *     endpoints of services, watches, workers</td><td>{@link #handling}</td>
 *     <td>{@code handled}; {@code settled}</td></tr>
 * <tr><td>{@code subscribeSync}, {@code messages}, {@code fetch}, {@code next}</td>
 *     <td>{@link #taken}</td><td>{@code settled}</td></tr>
 * </table>
 *
 * <p>What the client itself asks of the API and what it pulls is not seen, nor are replies as
 * messages, nor a message whose key for {@link ConsumeOptions.Builder#orderedBy} throws.
 *
 * <p>Several begin in the order in which they were set, and hear the end in the opposite order.
 * What an interceptor throws stays away from the message: the first failure of each is told as
 * {@link ClientEvent.ObserverFailed}, and it is called on. Called by many threads at a time, never
 * by the client's loop.
 */
public interface Interceptor {

  /**
   * A message is going to be sent: headers may be set. By the thread that sends it.
   *
   * @return who is told what becomes of it, or null
   */
  default @Nullable Sending publishing(Publication publication) {
    return null;
  }

  /**
   * A handler, or a subscriber of a flow, is going to be called with a message, by this thread:
   * what is opened here is in place while it runs, and is to be closed in {@link Handling#handled}.
   *
   * @return who is told what becomes of it, or null
   */
  default @Nullable Handling handling(Message message, Origin origin) {
    return null;
  }

  /**
   * A message is going to be returned to the thread that takes it, which is this one. Nobody knows
   * when that has handled it: only its settlement is told.
   *
   * @return who is told what becomes of it, or null
   */
  default @Nullable Handling taken(Message message, Origin origin) {
    return null;
  }

  /**
   * Is told what became of a message that was sent; one of its methods is called, once. By the
   * thread that sent it and waits, or where its future is completed.
   */
  interface Sending {
    /** It is on its way; nothing more will be known. */
    default void sent() {}

    /** A stream has stored it. */
    default void stored(PublishAck ack) {
      sent();
    }

    /** It was answered. */
    default void replied(Message reply) {
      sent();
    }

    /** It was refused, not answered or not sent. */
    default void failed(Throwable failure) {}
  }

  /** Is told what becomes of a message that was delivered. */
  interface Handling {
    /**
     * The handler has returned, or thrown {@code failure}. On the handler's thread; once. Whether
     * the message is settled by then, {@link JsMessage#ackState} tells. What a failure means for
     * the message comes behind this.
     */
    default void handled(@Nullable Throwable failure) {}

    /**
     * The message was acked, naked or termed: in the handler, behind it, or never. By the thread
     * that did it; once.
     */
    default void settled(AckState how) {}
  }
}
