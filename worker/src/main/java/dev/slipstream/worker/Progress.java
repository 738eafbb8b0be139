// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.client.JsMessage;

/**
 * Up to where a worker knows that all is handled, for a consumer that has to be made again: moves
 * only while every message is acknowledged or termed in the order of the stream, and stays where it
 * is for good once one was not. Too little is delivered twice, never lost.
 *
 * <p>Written by the one handler; read by any thread.
 */
final class Progress {
  private volatile long through;
  private volatile boolean gap;

  /**
   * @param wanted whether it is to be known, which needs that one message is handled behind the
   *     other
   */
  Progress(boolean wanted) {
    gap = !wanted;
  }

  /** A message was handled. */
  void note(JsMessage message, Reply.Action action) {
    if (gap) {
      return;
    }
    if (action == Reply.Action.ACK || action == Reply.Action.TERM) {
      through = Math.max(through, message.info().streamSequence());
    } else {
      gap = true;
    }
  }

  /** A message was not settled. */
  void gap() {
    gap = true;
  }

  /** The sequence of the stream up to which all is handled; 0 when nothing is known. */
  long through() {
    return through;
  }
}
