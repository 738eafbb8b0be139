// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.PubAck;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.store.StoredMessage;

/**
 * Tells publishers that their messages are stored, and under which sequence. Owner: the stream's
 * loop. Source: ADR-22, and ADR-49 for counters.
 */
final class PubAcks {
  private static final int MORE_BYTES = 40;

  private final Stream stream;
  private final byte[] prefix;

  PubAcks(Stream stream) {
    this.stream = stream;
    prefix = PubAck.successPrefix(stream.name, stream.account.domain());
  }

  /** A message is applied; one of a stream that counts has its counter's value in its payload. */
  void applied(byte[] reply, StoredMessage message) {
    if (!stream.config().allowMsgCounter()) {
      stored(reply, message.seq);
      return;
    }
    String value = Counters.value(message.copyPayload());
    OutputBuffer ack = new OutputBuffer(prefix.length + MORE_BYTES + value.length());
    PubAck.writeCounted(ack, prefix, message.seq, value);
    send(reply, ack);
  }

  /** A message has its sequence. */
  void stored(byte[] reply, long seq) {
    send(reply, seq, false);
  }

  /** A message was there already, under that sequence. */
  void duplicate(byte[] reply, long seq) {
    send(reply, seq, true);
  }

  private void send(byte[] reply, long seq, boolean duplicate) {
    OutputBuffer ack = new OutputBuffer(prefix.length + MORE_BYTES);
    PubAck.writeSuccess(ack, prefix, seq, duplicate);
    send(reply, ack);
  }

  private void send(byte[] reply, OutputBuffer ack) {
    MessageFrame frame = new MessageFrame();
    frame.line = reply;
    frame.subjectEnd = reply.length;
    frame.body = ack.array();
    frame.payloadEnd = ack.length();
    stream.bus().send(reply, frame, null);
  }
}
