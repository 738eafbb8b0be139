// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.client.JsMessage;
import dev.slipstream.client.MessageInfo;
import dev.slipstream.client.OrderedConsumer;

/**
 * What waited for an ordered consumer when it was made, and when all of it has come.
 *
 * <p>Where others write without pause there is always one more that waits, so the count decides. A
 * consumer that takes the place of another one counts anew. Owner: who handles the messages.
 */
final class Backlog {
  /** Which delivery of the present consumer ends it. */
  private long length;

  private boolean begun;
  private boolean over;

  Backlog(OrderedConsumer ordered) {
    length = ordered.createdInfo().numPending();
    over = length == 0;
  }

  /** Whether nothing of it is to come. */
  boolean isOver() {
    return over;
  }

  /** Counts a message; whether it is the last one, which one message is. */
  boolean endsWith(JsMessage message) {
    if (over) {
      return false;
    }
    MessageInfo info = message.info();
    if (begun && info.consumerSequence() == 1) {
      length = 1 + info.pending();
    }
    begun = true;
    over = info.pending() == 0 || info.consumerSequence() >= length;
    return over;
  }
}
