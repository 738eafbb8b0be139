// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.client.JsMessage;
import dev.slipstream.client.MessageInfo;
import dev.slipstream.client.NatsException;
import dev.slipstream.client.OrderedConsumer;
import dev.slipstream.protocol.api.ConsumerInfo;

/**
 * What waited for an ordered consumer when it was made, and when all of it has come.
 *
 * <p>Where others write without pause there is always one more that waits, so the count decides;
 * where what waited was removed, that no more waits. Of that the server is asked once more: the
 * public one takes what was removed off its count before it has added what was stored just before,
 * so that for a moment a message may say that none is behind it. A consumer that takes the place of
 * another one counts anew. Owner: who handles the messages, and may wait for an answer.
 */
final class Backlog {
  private final OrderedConsumer ordered;

  /** Which delivery of the present consumer ends it. */
  private long length;

  private boolean begun;
  private boolean over;

  Backlog(OrderedConsumer ordered) {
    this.ordered = ordered;
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
    over = info.consumerSequence() >= length || info.pending() == 0 && noMoreComes(message);
    return over;
  }

  private boolean noMoreComes(JsMessage message) {
    try {
      ConsumerInfo now = ordered.info(message);
      return now.numPending() == 0
          && now.delivered().consumerSeq() <= message.info().consumerSequence();
    } catch (NatsException noAnswer) {
      return true; // then what the message says is the best that is known
    }
  }
}
