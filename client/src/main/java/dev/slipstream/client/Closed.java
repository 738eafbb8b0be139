// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

/** Why a consumption has come to its end. */
public sealed interface Closed {

  /** Whether it was asked for: a stop, a drain, a number of messages. */
  default boolean isOrderly() {
    return this instanceof Stopped || this instanceof Drained || this instanceof LimitReached;
  }

  /** It was stopped; what was buffered was handed back. */
  record Stopped() implements Closed {}

  /** It was drained: everything delivered was handled. */
  record Drained() implements Closed {}

  /** The number of messages it was made for was handled. */
  record LimitReached() implements Closed {}

  /** The consumer is gone. */
  record ConsumerDeleted() implements Closed {}

  /** The stream is gone. */
  record StreamDeleted() implements Closed {}

  /** The server does not take this client's pulls, whatever it does. */
  record Refused(int code, String description) implements Closed {}

  /** A handler failed, and the options say that this ends it. */
  record HandlerFailed(Throwable failure) implements Closed {}

  /** The client was closed. */
  record ConnectionClosed() implements Closed {}
}
