// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.protocol.wire.OutputBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The last record of a batch while it takes further messages of its stream. Owner: the loop.
 * Source: docs/data-format.md, "messages".
 */
final class MessageRecord {
  /** What a record of several messages may have: a damaged header costs as much as a page. */
  static final int MOST_BYTES = 4096;

  private final CRC32C crc;
  private final MessageCrc messageCrc = new MessageCrc();
  private final byte[] prefix = new byte[MessageCodec.MOST_PREFIX_BYTES];
  private final StoredMessage added = new StoredMessage();

  private int begunAt = -1;
  private boolean together;
  private long assetId;
  private long baseSeq;
  private long baseNanos;
  private int subjectFrom;
  private int subjectTo;

  /** None yet; {@code crc} is scratch. */
  MessageRecord(CRC32C crc) {
    this.crc = crc;
  }

  /**
   * Appends a message: to the record at the end of {@code out} if that takes it, or to a new one.
   */
  void add(OutputBuffer out, long asset, long seq, long epochNanos, NewMessage message) {
    int most =
        MessageCodec.MOST_PREFIX_BYTES + message.bodyBytes(message.flags() | MessageCodec.SUBJECT);
    boolean full = !together && out.length() - begunAt + most > MOST_BYTES;
    if (begunAt < 0 || asset != assetId || full) {
      end(out);
      begunAt = out.length();
      assetId = asset;
      RecordHeader.begin(out, RecordType.MESSAGE, asset);
      putBase(out, seq, epochNanos, message);
    }
    putFrame(out, seq, epochNanos, message);
  }

  private void putBase(OutputBuffer out, long seq, long epochNanos, NewMessage first) {
    baseSeq = seq;
    baseNanos = epochNanos;
    out.putLong(seq).putLong(epochNanos).putShort(first.subjectTo - first.subjectFrom);
    subjectFrom = out.length();
    out.put(first.subject, first.subjectFrom, first.subjectTo);
    subjectTo = out.length();
  }

  private void putFrame(OutputBuffer out, long seq, long epochNanos, NewMessage message) {
    added.seq = seq;
    added.epochNanos = epochNanos;
    added.subjectFrom = subjectFrom;
    added.subjectTo = subjectTo;
    boolean shared =
        Arrays.equals(
            out.array(),
            subjectFrom,
            subjectTo,
            message.subject,
            message.subjectFrom,
            message.subjectTo);
    int flags = message.flags() | (shared ? 0 : MessageCodec.SUBJECT);
    int at = out.length();
    int length =
        MessageCodec.putPrefix(
            prefix, flags, message.bodyBytes(flags), seq - baseSeq, epochNanos - baseNanos);
    out.put(prefix, 0, length);
    int body = out.length();
    MessageCodec.putBody(out, message, flags);
    MessageCodec.showBody(out.array(), body, out.length(), flags, added);
    out.setInt(at, messageCrc.of(added));
  }

  /** Whether the messages from now on share a record of their own, of any size. */
  void together(OutputBuffer out, boolean begin) {
    end(out);
    together = begin;
  }

  /** Completes the record at the end of {@code out}, if there is one. */
  void end(OutputBuffer out) {
    if (begunAt >= 0) {
      RecordHeader.end(out, begunAt, crc);
      begunAt = -1;
    }
  }
}
