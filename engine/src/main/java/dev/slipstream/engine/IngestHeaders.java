// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.HeaderBlock;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.store.MessageCodec;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
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
  static final byte[] MSG_ID = Subject.bytes("Nats-Msg-Id");
  static final byte[] EXPECTED_LAST_MSG_ID = Subject.bytes("Nats-Expected-Last-Msg-Id");
  static final byte[] TTL = Subject.bytes("Nats-TTL");
  static final byte[] EXPECTED_PREFIX = Subject.bytes("Nats-Expected-");
  static final byte[] BATCH_PREFIX = Subject.bytes("Nats-Batch-");
  static final String REQUIRED_API_LEVEL = "Nats-Required-Api-Level";
  static final byte[] REQUIRED_LEVEL = Subject.bytes(REQUIRED_API_LEVEL);
  static final byte[] ROLLUP = Subject.bytes("Nats-Rollup");

  /** Who published from another account, as the server told on the border. */
  private static final byte[] REQUEST_INFO = Subject.bytes("Nats-Request-Info");

  private static final List<byte[]> NOT_WITH_INCREMENT =
      List.of(
          ROLLUP,
          EXPECTED_STREAM,
          EXPECTED_LAST_MSG_ID,
          EXPECTED_SUBJECT_SEQ_SUBJECT,
          EXPECTED_LAST_SEQ,
          EXPECTED_SUBJECT_SEQ);

  private final Stream stream;
  private final Overlay overlay;

  IngestHeaders(Stream stream, Overlay overlay) {
    this.stream = stream;
    this.overlay = overlay;
  }

  /** The header block of a message as it is stored. */
  static byte[] stored(MessageFrame message) {
    if (message.headersLength() == 0) {
      return OutputBuffer.NO_BYTES;
    }
    byte[] headers =
        HeaderBlock.withoutStatus(message.body, message.headersStart, message.payloadStart);
    return has(headers, REQUEST_INFO)
        ? HeaderBlock.without(headers, 0, headers.length, REQUEST_INFO)
        : headers;
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
    ApiError byIncrement = refusalByIncrement(message, headers);
    if (byIncrement != null) {
      return byIncrement;
    }
    ApiError byStream = refusalByStream(headers);
    if (byStream != null) {
      return byStream;
    }
    boolean hasTtl = ttlSeconds != MessageCodec.NO_TTL && ttlSeconds != MessageTtl.INVALID;
    if (hasTtl && !stream.config().allowMsgTtl()) {
      return ApiErrors.MESSAGE_TTL_DISABLED.of();
    }
    ApiError refused = refusalBySubject(message, headers);
    if (refused == null) {
      refused = refusalByLastSeq(headers, overlay.lastSeq());
    }
    if (refused == null) {
      refused = refusalOfSchedule(message, headers, any -> null);
    }
    return refused == null ? refusalOfSource(headers) : refused;
  }

  /** What refuses a message that is meant for another stream, or null. */
  @Nullable ApiError refusalByStream(byte[] headers) {
    String expected = text(headers, EXPECTED_STREAM);
    return expected.isEmpty() || expected.equals(stream.name)
        ? null
        : ApiErrors.STREAM_NOT_MATCH.of();
  }

  /** What refuses a message that would not follow the sequence that it names, or null. */
  @Nullable ApiError refusalByLastSeq(byte[] headers, long lastSeq) {
    return !expectsLastSeq(headers) || seq(text(headers, EXPECTED_LAST_SEQ)) == lastSeq
        ? null
        : ApiErrors.STREAM_WRONG_LAST_SEQUENCE.of(lastSeq);
  }

  /** Whether a message names the sequence that it has to follow. */
  boolean expectsLastSeq(byte[] headers) {
    return has(headers, EXPECTED_LAST_SEQ);
  }

  /** What refuses a schedule or what ends one, or null; see {@link ScheduleRules#refusal}. */
  @Nullable ApiError refusalOfSchedule(
      MessageFrame message, byte[] headers, Function<String, @Nullable Boolean> before) {
    return stream.schedules.rules.refusal(message, headers, before);
  }

  /** What refuses a message that says which stream it comes from, which is not its publisher's. */
  @Nullable ApiError refusalOfSource(byte[] headers) {
    return has(headers, SourceHeader.KEY_BYTES)
        ? ApiErrors.MESSAGE_SOURCE_HEADER_NOT_ALLOWED.of()
        : null;
  }

  /** The roll-up that a message asks for; empty without one. */
  String rollup(byte[] headers) {
    return text(headers, ROLLUP);
  }

  /** Whose last sequence a message names; null when it names none. */
  @Nullable String expectedSubject(MessageFrame message, byte[] headers) {
    if (!has(headers, EXPECTED_SUBJECT_SEQ)) {
      return null;
    }
    String subject = text(headers, EXPECTED_SUBJECT_SEQ_SUBJECT);
    return subject.isEmpty() ? message.subject() : subject;
  }

  /** What refuses an increment, or null. */
  @Nullable ApiError refusalByIncrement(MessageFrame message, byte[] headers) {
    if (text(headers, Counters.INCR).isEmpty()) {
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
      if (!text(headers, other).isEmpty()) {
        return ApiErrors.MESSAGE_INCR_INVALID.of();
      }
    }
    return null;
  }

  /** What refuses a message that names another last sequence of a subject, or null. */
  @Nullable ApiError refusalBySubject(MessageFrame message, byte[] headers) {
    String subject = expectedSubject(message, headers);
    if (subject == null) {
      return text(headers, EXPECTED_SUBJECT_SEQ_SUBJECT).isEmpty()
          ? null
          : ApiErrors.STREAM_EXPECTED_LAST_SEQ_PER_SUBJECT_INVALID.of();
    }
    long last = overlay.lastOf(subject);
    return last == seq(text(headers, EXPECTED_SUBJECT_SEQ))
        ? null
        : ApiErrors.STREAM_WRONG_LAST_SEQUENCE.of(last);
  }

  /** What refuses a roll-up, or null. */
  @Nullable ApiError refusalOfRollup(StreamConfig config, byte[] headers) {
    String value = rollup(headers).toLowerCase(Locale.ROOT);
    if (value.isEmpty()) {
      return null;
    }
    if (!config.allowRollupHdrs() || config.denyPurge()) {
      return ApiErrors.STREAM_ROLLUP_FAILED.of("rollup not permitted");
    }
    return value.equals("sub") || value.equals("all")
        ? null
        : ApiErrors.STREAM_ROLLUP_FAILED.of("rollup value invalid: \"" + value + "\"");
  }

  /** See {@link MessageTtl#seconds}. */
  int ttlSeconds(byte[] headers) {
    return MessageTtl.seconds(headers, 0, headers.length);
  }

  /** Whether a message asks for an API level that is not built, or for nonsense. */
  static boolean requiresMoreThan(byte[] headers, int level) {
    String required = text(headers, REQUIRED_LEVEL);
    if (required.isEmpty()) {
      return false;
    }
    try {
      return Integer.parseInt(required) > level;
    } catch (NumberFormatException notALevel) {
      return true;
    }
  }

  /** A header block without the API level that it asks for. */
  static byte[] withoutRequiredLevel(byte[] headers) {
    return has(headers, REQUIRED_LEVEL)
        ? HeaderBlock.without(headers, 0, headers.length, REQUIRED_LEVEL)
        : headers;
  }

  /** An unsigned number in digits; null for anything else. */
  static @Nullable Long number(String text) {
    if (text.isEmpty() || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return null;
    }
    try {
      return Long.parseUnsignedLong(text);
    } catch (NumberFormatException tooLarge) {
      return null;
    }
  }

  private static boolean has(byte[] headers, byte[] key) {
    return HeaderBlock.has(headers, 0, headers.length, key);
  }

  private static String text(byte[] headers, byte[] key) {
    return HeaderBlock.text(headers, key);
  }

  private static long seq(String text) {
    try {
      return Long.parseUnsignedLong(text);
    } catch (NumberFormatException notASequence) {
      return -1;
    }
  }
}
