// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The subscribers and publishers of one account, as the engine sees them; the server's router
 * implements it.
 *
 * <p>May be called on any loop; never blocks, never throws. What is sent in one turn goes out at
 * the end of that turn.
 */
public interface MessageBus {

  /** What became of a message that was sent. */
  enum Delivery {
    /** Nobody listens on the subject; nothing was sent. */
    NO_INTEREST,
    /** It is on its way. */
    SENT,
    /**
     * It is on its way, and the receiver has more waiting than it should: stop sending until told.
     */
    CONGESTED
  }

  /**
   * Sends a message to the subscribers of {@code to}, which need not be the message's subject: a
   * delivery shows the stored subject and is routed by the inbox.
   *
   * @param whenDrained called once on the calling loop when the answer was {@link
   *     Delivery#CONGESTED} and the receiver has caught up or is gone; null when the sender does
   *     not care
   */
  Delivery send(byte[] to, MessageFrame message, @Nullable Runnable whenDrained);

  /** Whether anybody listens on a literal subject. */
  boolean hasInterest(byte[] subject, int from, int to);

  /**
   * Whether somebody, a client or a {@link Listener}, listens on exactly a literal subject: in a
   * queue group, or in none when {@code group} is empty.
   */
  boolean isSubscribed(byte[] subject, byte[] group);

  /**
   * Has {@code changed} run on the calling loop whenever a subscription to exactly a literal
   * subject has begun or ended.
   */
  Registration watch(byte[] subject, Runnable changed);

  /**
   * Has {@code listener} hear what is published under {@code filter}.
   *
   * @param inPlace called on the calling loop once every publish that begins from then on is heard
   */
  Registration listen(byte[] filter, Listener listener, Runnable inPlace);

  /**
   * Where requests arrive that are sent to another account's service.
   *
   * @param account the account that has the service
   * @param subject the subject there
   */
  record Service(String account, String subject) {}

  /** The service of another account that answers requests to a literal subject; null for none. */
  default @Nullable Service serviceBehind(String subject) {
    return null;
  }

  /** Whether what another account publishes under a literal subject is heard here by an import. */
  default boolean imports(String account, String subject) {
    return false;
  }

  /**
   * Who published what is being heard on this loop at this moment, as a JSON object that advisories
   * show; empty when it is no client, or is not known. Never to be changed.
   */
  default byte[] publisher() {
    return OutputBuffer.NO_BYTES;
  }

  /** Hears publishes, on the loop of the publisher's connection. */
  interface Listener {
    /**
     * A message was published; the frame is valid during the call only.
     *
     * @return whether anything came of it: false counts as "nobody listens", so that the publisher
     *     is told that there are no responders
     */
    boolean onMessage(MessageFrame message);
  }

  /** The end of a {@link #listen} or a {@link #watch}. */
  interface Registration {
    /** Stops it; messages that are being routed may still be heard. */
    void cancel();
  }
}
