// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

/**
 * The end of a consumer's pause, which is told to whoever listens when it comes by itself. Owner:
 * the stream's loop.
 */
final class PauseEnd {
  private final Consumer consumer;
  private boolean awaited;

  PauseEnd(Consumer consumer) {
    this.consumer = consumer;
  }

  /** The consumer begins to live, or its pause is another one. */
  void begin() {
    awaited = consumer.isPaused();
  }

  /** Tells if the pause has ended. */
  void look() {
    if (awaited && !consumer.isPaused()) {
      awaited = false;
      consumer.stream.advisories().paused(consumer);
    }
  }
}
