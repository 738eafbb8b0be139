// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.store.StoredMessage;

/**
 * A copy of a message on its way from one stream into another.
 *
 * @param seq its sequence in the stream that it comes from
 * @param epochNanos its time there
 * @param numPending how many follow it there that are to be taken, too
 * @param subject its subject there
 * @param headers its header block; empty without one
 * @param payload its payload
 */
record SourcedMessage(
    long seq, long epochNanos, long numPending, byte[] subject, byte[] headers, byte[] payload) {

  static SourcedMessage of(StoredMessage message, long numPending) {
    return new SourcedMessage(
        message.seq,
        message.epochNanos,
        numPending,
        message.copySubject(),
        message.copyHeaders(),
        message.copyPayload());
  }

  int bytes() {
    return subject.length + headers.length + payload.length;
  }

  /** The message as if it had been published with other headers and under another subject. */
  MessageFrame frame(byte[] asSubject, byte[] withHeaders) {
    return new MessageFrame().set(asSubject, withHeaders, payload);
  }
}
