// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.store.StoredMessage;
import org.jspecify.annotations.Nullable;

/**
 * Who takes a consumer's messages: those whose pull requests wait, those who subscribed to the
 * deliver subject of a push consumer, or another stream. Owner: the stream's loop.
 */
interface DeliveryTarget {

  /** Begins to live. */
  void start();

  /** Whether somebody may want a message now; {@link #next} looks closer. */
  boolean isOpen();

  /** A run of delivery begins, whose messages are taken to go out at one moment. */
  void beginRun(long nowNanos);

  /**
   * The subject that the next message is sent to, or null when nobody takes it now.
   *
   * @param bytes its size: subject, ack subject, headers, payload
   */
  byte @Nullable [] next(int bytes);

  /** The id of the pinned client that the next message is for; empty without one. */
  default String pinId() {
    return "";
  }

  /**
   * Sends the message for which {@link #next} was asked last.
   *
   * @param frame the message as a receiver is shown it
   * @param message the same as it is stored
   * @param numPending how many follow it
   * @param whenDrained to be called when more can be sent, after {@link
   *     MessageBus.Delivery#CONGESTED}
   */
  MessageBus.Delivery send(
      byte[] to, MessageFrame frame, StoredMessage message, long numPending, Runnable whenDrained);

  /** The message for which {@link #next} was asked last was sent, or found no receiver. */
  void sent(long seq, int bytes, MessageBus.Delivery outcome);

  /**
   * Nothing more can be sent now: ends what ends with that and what is over, sends the heartbeats
   * that are due.
   *
   * @param endOfStream whether there is nothing to send
   */
  void look(boolean endOfStream);

  /** Nanoseconds until {@link #look} has something to do; the maximum when never. */
  long dueInNanos(long nowNanos);

  /** Since when nobody has asked for anything, monotonic; {@code nowNanos} when somebody does. */
  long idleSinceNanos(long nowNanos);

  /** How many requests wait. */
  int waiting();

  /** Whether somebody is subscribed to the deliver subject. */
  boolean isBound();

  /** The consumer is gone: tells those who wait. */
  void close(byte[] farewell);

  /** The server goes away: tells those who wait. */
  void shutDown();
}
