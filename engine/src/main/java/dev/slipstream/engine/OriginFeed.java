// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

/**
 * The way in which the messages of another stream come to an {@link Origin}: {@link LoopFeed} for
 * most, {@link DurableFeed} when the origin names a durable consumer.
 *
 * <p>What is called here is called on the loop of the stream that takes.
 */
interface OriginFeed {
  /** Messages up to a sequence, of so many bytes, are durable in the stream that takes. */
  void done(long seq, long bytes);

  /** The stream takes no more. */
  void end();

  /** A stream of the name that messages come from came into being. */
  default void appeared() {}
}
