// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.PubAck;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.store.StoredMessage;
import org.jspecify.annotations.Nullable;

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

  /** Tells whom a message is waited for by, if anybody, that it is applied. */
  void applied(@Nullable Object waiting, StoredMessage message) {
    if (waiting instanceof byte[] reply && stream.config().allowMsgCounter()) {
      String value = Counters.value(message.copyPayload());
      OutputBuffer ack = new OutputBuffer(prefix.length + MORE_BYTES + value.length());
      PubAck.writeCounted(ack, prefix, message.seq, value);
      send(reply, ack);
    } else {
      stored(waiting, message.seq);
    }
  }

  /** Tells whom a message is waited for by, if anybody, its sequence. */
  void stored(@Nullable Object waiting, long seq) {
    if (waiting instanceof byte[] reply) {
      send(reply, seq, false);
    } else if (waiting instanceof Logged.Stored batch) {
      batch.stored().accept(seq);
    }
  }

  /** The last message of a batch of {@code count} messages is applied. */
  void batch(byte[] reply, long seq, String id, long count) {
    send(reply, seq, false, id, count);
  }

  /** The only message of a batch was there already. */
  void duplicateBatch(byte[] reply, long seq, String id, long count) {
    send(reply, seq, true, id, count);
  }

  private void send(byte[] reply, long seq, boolean duplicate, String id, long count) {
    OutputBuffer ack = new OutputBuffer(prefix.length + 2 * MORE_BYTES + id.length());
    PubAck.writeBatch(ack, prefix, seq, duplicate, id, count);
    send(reply, ack);
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
