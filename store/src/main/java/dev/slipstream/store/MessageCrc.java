// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import java.util.zip.CRC32C;

/**
 * Computes the CRCs of messages: of i64 sequence, i64 time, i32 length of the subject, i32 length
 * of the headers, i32 seconds to live; subject, headers, payload. So it says nothing of where a
 * message stands, and goes with it. Owner: whoever made it. Source: docs/data-format.md,
 * "messages".
 */
final class MessageCrc {
  private final CRC32C crc = new CRC32C();
  private final byte[] fixed = new byte[28];

  /** The CRC that a message must have. */
  int of(StoredMessage message) {
    int subjectBytes = message.subjectTo - message.subjectFrom;
    RecordHeader.setLong(fixed, 0, message.seq);
    RecordHeader.setLong(fixed, 8, message.epochNanos);
    RecordHeader.setInt(fixed, 16, subjectBytes);
    RecordHeader.setInt(fixed, 20, message.payloadFrom - message.headersFrom);
    RecordHeader.setInt(fixed, 24, message.ttlSeconds);
    crc.reset();
    crc.update(fixed, 0, fixed.length);
    crc.update(message.bytes, message.subjectFrom, subjectBytes);
    crc.update(message.bytes, message.headersFrom, message.payloadTo - message.headersFrom);
    return (int) crc.getValue();
  }

  /** Whether a message is what was written. */
  boolean fits(StoredMessage message) {
    return message.crc == of(message);
  }
}
