// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import java.util.zip.CRC32C;

/** Computes the CRCs of messages, see {@link MessageCodec}. Owner: whoever made it. */
final class MessageCrc {
  private final CRC32C crc = new CRC32C();
  private final byte[] seed = new byte[2 * Long.BYTES + 1];

  /** The CRC that a message must have. */
  int of(StoredMessage message) {
    RecordHeader.setLong(seed, 0, message.seq);
    RecordHeader.setLong(seed, Long.BYTES, message.epochNanos);
    seed[2 * Long.BYTES] = (byte) message.flags;
    crc.reset();
    crc.update(seed, 0, seed.length);
    crc.update(message.bytes, message.bodyFrom, message.payloadTo - message.bodyFrom);
    return (int) crc.getValue();
  }

  /** Whether a message is what was written. */
  boolean fits(StoredMessage message) {
    return message.crc == of(message);
  }
}
