// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.protocol.wire.OutputBuffer;

/**
 * A view of one record of the log, or of one message where a record has several.
 *
 * <p>Reused by whoever hands it out: valid during the call only. Source: docs/data-format.md,
 * "records".
 */
public final class LogRecord {
  /** {@link RecordType#MESSAGE}, or one of the engine's types. */
  public byte type;

  /** The number of the stream that the record belongs to; 0 is the catalogue. */
  public long assetId;

  /** The array that holds the body in {@code from..to}. */
  public byte[] bytes = OutputBuffer.NO_BYTES;

  /** Where the body begins; of a message, where its frame begins. */
  public int from;

  /** Where it ends. */
  public int to;

  /** The message, when it is one. */
  public final StoredMessage message = new StoredMessage();

  /** The position in the log just behind it. */
  public long position;

  /** The position where it begins; the first message of a record begins with that. */
  long start;

  int generation;

  /** Of messages that are lost, the sequence of the last one; 0 when that is not known. */
  long lostThrough;

  private int end;
  private long endPosition;
  private long baseSeq;
  private long baseNanos;
  private int baseSubjectFrom;
  private int baseSubjectTo;

  /** A view of nothing. */
  public LogRecord() {}

  /** Turns to what stands before the first message of a record that is shown as a whole. */
  void beginMessages() {
    end = to;
    endPosition = position;
    position = start;
    int subjectAt = from + MessageCodec.BASE_BYTES;
    baseSeq = subjectAt <= end ? OutputBuffer.getLong(bytes, from) : 0;
    baseNanos = subjectAt <= end ? OutputBuffer.getLong(bytes, from + Long.BYTES) : 0;
    baseSubjectFrom = subjectAt + MessageCodec.SUBJECT_LENGTH_BYTES;
    baseSubjectTo = baseSubjectFrom;
    if (baseSubjectFrom <= end) {
      baseSubjectTo += OutputBuffer.getUnsignedShort(bytes, subjectAt);
    }
    to = Math.min(end, baseSubjectTo);
    message.seq = baseSeq;
  }

  /** The position of what stands behind the message that is shown, or behind the base. */
  long nextPosition() {
    return endPosition - (end - to);
  }

  /** Turns to the next message of an intact record; false where none follows. */
  boolean nextMessage() {
    if (!hasMessageAt(to)) {
      return false;
    }
    showMessage();
    return true;
  }

  private boolean hasMessageAt(int at) {
    message.subjectFrom = baseSubjectFrom;
    message.subjectTo = baseSubjectTo;
    return MessageCodec.showFrame(bytes, at, end, baseSeq, baseNanos, message);
  }

  /** Whether there is nothing behind the message that is shown. */
  boolean isLastMessage() {
    return to == end;
  }

  private void showMessage() {
    start = position;
    from = message.frameFrom;
    to = message.payloadTo;
    position = nextPosition();
  }

  /** Turns to the next message of a damaged record that is intact; false behind the last. */
  boolean nextIntactMessage(MessageCrc crc) {
    for (int at = to; at < end; at++) {
      if (hasMessageAt(at) && crc.fits(message)) {
        showMessage();
        return true;
      }
    }
    return false;
  }

  @Override
  public String toString() {
    return "record of type " + type + ", asset " + assetId + ", up to position " + position;
  }
}
