// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.wire.MessageFrame;

/** One SUB: a number on the wire, a subject, and who takes the messages. Loop-owned. */
final class Interest {
  final long sid;
  final String subject;
  final String queue;
  final Sink sink;

  /** Messages after which it ends by itself; 0 for never. */
  long limit;

  /** Messages that came. */
  long received;

  /** Takes the messages of an interest, on the loop. */
  interface Sink {
    /** A message; the frame is valid during the call only. */
    void onFrame(MessageFrame frame);

    /** Nothing comes any more: it reached its limit, was ended, or the client was closed. */
    default void onEnd() {}
  }

  Interest(long sid, String subject, String queue, Sink sink) {
    this.sid = sid;
    this.subject = subject;
    this.queue = queue;
    this.sink = sink;
  }
}
