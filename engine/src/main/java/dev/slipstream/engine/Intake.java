// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.wire.HeaderBlock;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.store.MessageCodec;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Gives the messages that have passed the checks their sequences, and makes their records. What
 * waits for a message goes along as the record's attachment: the reply of its publisher, or a
 * {@link Logged.Stored}. Owner: the stream's loop.
 */
final class Intake {
  private final Stream stream;
  private final Overlay overlay;

  Intake(Stream stream, Overlay overlay) {
    this.stream = stream;
    this.overlay = overlay;
  }

  /**
   * Takes a message; false when nobody is interested in it, so that it has a sequence and is not
   * stored.
   *
   * @param ttlSeconds its own limit, see {@link MessageTtl#seconds}
   * @param nowEpochNanos its time, unless a later one was given to a message before it
   */
  boolean take(
      MessageFrame published,
      byte[] publishedHeaders,
      int ttlSeconds,
      long nowEpochNanos,
      @Nullable Object waiting) {
    if (!stream.interest.wants(published)) {
      skip(publishedHeaders, nowEpochNanos, waiting);
      return false;
    }
    MessageFrame message = published;
    byte[] headers = publishedHeaders;
    int raised = stream.markers.raised(ttlSeconds);
    if (raised != ttlSeconds) {
      message = SubjectDeleteMarkers.withTtl(message, headers, raised);
      headers = message.copyHeaders();
    }
    int size = message.subjectEnd - message.subjectStart + headers.length;
    size += message.payloadLength();
    long epochNanos = overlay.nextEpochNanos(nowEpochNanos);
    byte[] id = messageId(headers, 0, headers.length);
    long seq = overlay.add(overlay.notesSubjects() ? message.subject() : "", id, size);
    remember(id, seq, epochNanos);
    stream.usage.accepted(message, headers);
    int seconds = raised == MessageTtl.INVALID ? MessageCodec.NO_TTL : raised;
    stream.log.recordMessage(seq, epochNanos, seconds, message, headers, waiting);
    return true;
  }

  /** Gives a message that nobody is interested in its sequence, and keeps nothing else of it. */
  private void skip(byte[] headers, long nowEpochNanos, @Nullable Object waiting) {
    long epochNanos = overlay.nextEpochNanos(nowEpochNanos);
    byte[] id = messageId(headers, 0, headers.length);
    long seq = overlay.skip(id);
    remember(id, seq, epochNanos);
    stream.log.record(
        Records.MESSAGE_SKIPPED,
        out -> {
          out.putLong(seq).putLong(epochNanos);
          RecordReader.putBytes(out, id);
        },
        waiting);
    stream.schedules.passedOver(headers);
  }

  /**
   * Gives a message that nobody is interested in its sequence, without a record: the next message
   * of its batch says how far the stream is.
   */
  void passOver(byte[] headers, long nowEpochNanos) {
    byte[] id = messageId(headers, 0, headers.length);
    long seq = overlay.lastSeq() + 1;
    overlay.advance(seq);
    remember(id, seq, overlay.nextEpochNanos(nowEpochNanos));
  }

  private void remember(byte[] id, long seq, long epochNanos) {
    if (id.length > 0 && stream.config().duplicateWindowNanos() > 0) {
      stream.dedup.add(id, 0, id.length, seq, epochNanos);
    }
  }

  /** The id of the message with the header block {@code bytes[from..to]}; empty without one. */
  static byte[] messageId(byte[] bytes, int from, int to) {
    long range = from == to ? -1 : HeaderBlock.find(bytes, from, to, IngestHeaders.MSG_ID);
    return range < 0
        ? OutputBuffer.NO_BYTES
        : Arrays.copyOfRange(bytes, (int) (range >>> 32), (int) range);
  }
}
