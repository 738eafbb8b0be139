// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.protocol.wire.MessageFrame;
import org.jspecify.annotations.Nullable;

/**
 * What stands in a subscription table: a client's subscription, a listener of the server, or the
 * way into another account.
 */
sealed interface Subscriber permits Subscription, Subscriber.Listening, Subscriber.Crossing {

  /** The subject, with wildcards or without, under which this one hears messages. */
  byte[] filter();

  /** A part of the server that hears publishes, on the loop of the publisher's connection. */
  final class Listening implements Subscriber {
    private final byte[] filter;
    private final Listener listener;

    Listening(byte[] filter, Listener listener) {
      this.filter = filter;
      this.listener = listener;
    }

    @Override
    public byte[] filter() {
      return filter;
    }

    Listener listener() {
      return listener;
    }
  }

  /** Hears publishes together with who published. */
  @FunctionalInterface
  interface Listener {
    /**
     * A message was published; the frame is valid during the call only.
     *
     * @param from the publishing connection, or null when the server itself published
     * @return whether anything came of it; false counts as "nobody listens"
     */
    boolean onMessage(@Nullable ClientConnection from, MessageFrame message);
  }

  /** Takes messages into another account, where they are routed before the call returns. */
  non-sealed interface Crossing extends Subscriber {
    /**
     * A message was published; the frame is valid during the call only.
     *
     * @param at the loop that routes it
     * @param from the publishing connection, or null when the server itself published
     * @return whether anybody received it over there
     */
    boolean carry(
        ServerLoop at, @Nullable ClientConnection from, MessageFrame message, Passage passage);
  }
}
