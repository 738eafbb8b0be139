// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.wire.MessageFrame;

/**
 * Gives messages of a consumption that nobody is going to handle back to the server, for others to
 * have them at once; or leaves them to their ack wait, if the options say so.
 */
final class HandBack {
  private final ConsumerLink link;
  private final boolean wanted;

  HandBack(ConsumerLink link, ConsumeOptions options) {
    this.link = link;
    wanted = options.releaseOnStop();
  }

  /** All that waits at a receiver; on the loop. */
  void all(PullSession.Receiver receiver) {
    for (JsMessage each = receiver.takeBack(); each != null; each = receiver.takeBack()) {
      if (each == JsMessage.END) {
        receiver.add(each); // nothing is behind it, and somebody waits for it
        return;
      }
      each.setHandled();
      nak(each.line(), each.replyFrom(), each.line().length);
    }
  }

  /** One that has just come; on the loop. */
  void arrived(MessageFrame frame) {
    nak(frame.line, frame.replyStart, frame.replyEnd);
  }

  /** One that was handed over already; any thread but the loop. */
  void taken(JsMessage message) {
    message.setHandled();
    if (wanted) {
      message.handBack();
    }
  }

  private void nak(byte[] line, int replyFrom, int replyTo) {
    if (!wanted) {
      return;
    }
    DeliveryWatch watch = link.watch();
    if (watch != null) {
      watch.handedBack();
    }
    Connection connection = link.connection();
    connection.outbound().write(Frame.nak(connection, line, replyFrom, replyTo));
  }
}
