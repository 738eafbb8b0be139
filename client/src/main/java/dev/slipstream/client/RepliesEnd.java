// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

/** Why a request with many replies gave no more of them. */
public sealed interface RepliesEnd {

  /** As many replies as were asked for. */
  record Filled() implements RepliesEnd {}

  /** The time for all replies was up. */
  record Expired() implements RepliesEnd {}

  /** The time between two replies was up. */
  record Stalled() implements RepliesEnd {}

  /** The reply that says it was the last one has come; it is not among the replies. */
  record Sentinel() implements RepliesEnd {}

  /** It was closed before. */
  record Cancelled() implements RepliesEnd {}

  /**
   * It could not go on: nobody listens ({@link NoRespondersException}), more replies waited than
   * the rules allow ({@link TooManyRepliesException}), or the client was closed ({@link
   * ConnectionClosedException}).
   */
  record Failed(NatsException cause) implements RepliesEnd {}
}
