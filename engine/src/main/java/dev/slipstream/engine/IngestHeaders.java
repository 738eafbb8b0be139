// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.HeaderBlock;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.store.MessageCodec;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The checks of a publish that its headers ask for. Features that are not there answer as they do
 * where they are switched off.
 *
 * <p>Owner: the stream's loop. Source: ADR-8 and, for what is switched off, ADR-43, 49, 50 and 51.
 */
final class IngestHeaders {
  private static final byte[] EXPECTED_STREAM = Subject.bytes("Nats-Expected-Stream");
  private static final byte[] EXPECTED_LAST_SEQ = Subject.bytes("Nats-Expected-Last-Sequence");
  private static final byte[] EXPECTED_SUBJECT_SEQ =
      Subject.bytes("Nats-Expected-Last-Subject-Sequence");
  private static final byte[] EXPECTED_SUBJECT_SEQ_SUBJECT =
      Subject.bytes("Nats-Expected-Last-Subject-Sequence-Subject");
  static final byte[] TTL = Subject.bytes("Nats-TTL");
  private static final byte[] SCHEDULE = Subject.bytes("Nats-Schedule");
  private static final byte[] BATCH_ID = Subject.bytes("Nats-Batch-Id");
  static final byte[] EXPECTED_PREFIX = Subject.bytes("Nats-Expected-");
  static final byte[] BATCH_PREFIX = Subject.bytes("Nats-Batch-");
  static final byte[] ROLLUP = Subject.bytes("Nats-Rollup");

  private static final List<byte[]> NOT_WITH_INCREMENT =
      List.of(
          ROLLUP,
          EXPECTED_STREAM,
          Ingest.EXPECTED_LAST_MSG_ID,
          EXPECTED_SUBJECT_SEQ_SUBJECT,
          EXPECTED_LAST_SEQ,
          EXPECTED_SUBJECT_SEQ);

  private final Stream stream;
  private final Overlay overlay;

  IngestHeaders(Stream stream, Overlay overlay) {
    this.stream = stream;
    this.overlay = overlay;
  }

  /** Whether the checks must know the last sequence of a subject. */
  boolean needsSubjects(byte[] headers) {
    return has(headers, EXPECTED_SUBJECT_SEQ);
  }

  /**
   * What refuses the message before it is looked up among the duplicates, or null.
   *
   * @param ttlSeconds its own limit, see {@link #ttlSeconds}
   */
  @Nullable ApiError refusal(MessageFrame message, byte[] headers, int ttlSeconds) {
    if (has(headers, BATCH_ID)) {
      return ApiErrors.ATOMIC_PUBLISH_DISABLED.of();
    }
    ApiError byIncrement = refusalByIncrement(message, headers);
    if (byIncrement != null) {
      return byIncrement;
    }
    String expected = get(headers, EXPECTED_STREAM);
    if (expected != null && !expected.isEmpty() && !expected.equals(stream.name)) {
      return ApiErrors.STREAM_NOT_MATCH.of();
    }
    boolean hasTtl = ttlSeconds != MessageCodec.NO_TTL && ttlSeconds != MessageTtl.INVALID;
    if (hasTtl && !stream.config().allowMsgTtl()) {
      return ApiErrors.MESSAGE_TTL_DISABLED.of();
    }
    ApiError bySubject = refusalBySubject(message, headers);
    if (bySubject != null) {
      return bySubject;
    }
    String expectedLast = get(headers, EXPECTED_LAST_SEQ);
    if (expectedLast != null && seq(expectedLast) != overlay.lastSeq()) {
      return ApiErrors.STREAM_WRONG_LAST_SEQUENCE.of(overlay.lastSeq());
    }
    if (has(headers, SCHEDULE)) {
      return ApiErrors.MESSAGE_SCHEDULES_DISABLED.of();
    }
    return has(headers, SourceHeader.KEY_BYTES)
        ? ApiErrors.MESSAGE_SOURCE_HEADER_NOT_ALLOWED.of()
        : null;
  }

  private @Nullable ApiError refusalByIncrement(MessageFrame message, byte[] headers) {
    String increment = get(headers, Counters.INCR);
    if (increment == null || increment.isEmpty()) {
      return null;
    }
    if (Counters.increment(headers) == null) {
      return ApiErrors.MESSAGE_INCR_INVALID.of();
    }
    if (!stream.config().allowMsgCounter()) {
      return ApiErrors.MESSAGE_INCR_DISABLED.of();
    }
    if (message.payloadLength() > 0) {
      return ApiErrors.MESSAGE_INCR_PAYLOAD.of();
    }
    for (byte[] other : NOT_WITH_INCREMENT) {
      String value = get(headers, other);
      if (value != null && !value.isEmpty()) {
        return ApiErrors.MESSAGE_INCR_INVALID.of();
      }
    }
    return null;
  }

  private @Nullable ApiError refusalBySubject(MessageFrame message, byte[] headers) {
    String expected = get(headers, EXPECTED_SUBJECT_SEQ);
    String subject = get(headers, EXPECTED_SUBJECT_SEQ_SUBJECT);
    boolean named = subject != null && !subject.isEmpty();
    if (expected == null) {
      return named ? ApiErrors.STREAM_EXPECTED_LAST_SEQ_PER_SUBJECT_INVALID.of() : null;
    }
    long last = overlay.lastOf(subject != null && named ? subject : message.subject());
    return last == seq(expected) ? null : ApiErrors.STREAM_WRONG_LAST_SEQUENCE.of(last);
  }

  /** What refuses a roll-up, or null. */
  @Nullable ApiError refusalOfRollup(StreamConfig config, byte[] headers) {
    String rollup = get(headers, ROLLUP);
    if (rollup == null || rollup.isEmpty()) {
      return null;
    }
    if (!config.allowRollupHdrs() || config.denyPurge()) {
      return ApiErrors.STREAM_ROLLUP_FAILED.of("rollup not permitted");
    }
    String value = rollup.toLowerCase(Locale.ROOT);
    return value.equals("sub") || value.equals("all")
        ? null
        : ApiErrors.STREAM_ROLLUP_FAILED.of("rollup value invalid: \"" + value + "\"");
  }

  /** See {@link MessageTtl#seconds}. */
  int ttlSeconds(byte[] headers) {
    String ttl = get(headers, TTL);
    return ttl == null || ttl.isEmpty() ? MessageCodec.NO_TTL : MessageTtl.seconds(ttl);
  }

  private static boolean has(byte[] headers, byte[] key) {
    return HeaderBlock.has(headers, 0, headers.length, key);
  }

  private static @Nullable String get(byte[] headers, byte[] key) {
    return HeaderBlock.get(headers, 0, headers.length, key);
  }

  private static long seq(String text) {
    try {
      return Long.parseUnsignedLong(text);
    } catch (NumberFormatException notASequence) {
      return -1;
    }
  }
}
