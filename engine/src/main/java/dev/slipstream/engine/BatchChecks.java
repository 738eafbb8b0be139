// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.api.DiscardPolicy;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.wire.HeaderBlock;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.store.MessageCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The checks of messages that are stored together or not at all: each is checked against the stream
 * and against those before it, in the order that the public server has for batches, which is
 * another one than that of single messages. Nothing changes before they have all passed.
 *
 * <p>Owner: the stream's loop, for one turn. Source: ADR-50.
 */
final class BatchChecks {
  /** Why the checks cannot be made yet: a message must be loaded, or records must be applied. */
  record Wait(long missingSeq, boolean forWhatIsUnderWay) {
    static final Wait NONE = new Wait(0, false);
    static final Wait FOR_WHAT_IS_UNDER_WAY = new Wait(0, true);
  }

  /** A message that may be stored, as it would be. */
  record Passed(
      MessageFrame message, byte[] headers, int ttlSeconds, Counters.@Nullable Counter counter) {}

  private final Stream stream;
  private final Ingest ingest;
  private final Overlay overlay;
  private final IngestHeaders headerRules;
  private final IngestLimits limits;
  private final Counters counters;
  private final List<Passed> passed = new ArrayList<>();
  private final Set<String> ids = new HashSet<>();
  private final Map<String, Integer> messagesBySubject = new HashMap<>();
  private final Map<String, Counters.Counter> counted = new HashMap<>();

  /** Whether the last message under a subject is a schedule. */
  private final Map<String, Boolean> schedules = new HashMap<>();

  private long bytes;
  private Wait wait = Wait.NONE;
  private @Nullable ApiError refusal;
  private long duplicateOf;
  private boolean duplicate;

  BatchChecks(
      Stream stream,
      Ingest ingest,
      Overlay overlay,
      IngestHeaders headerRules,
      IngestLimits limits,
      Counters counters) {
    this.stream = stream;
    this.ingest = ingest;
    this.overlay = overlay;
    this.headerRules = headerRules;
    this.limits = limits;
    this.counters = counters;
  }

  List<Passed> passed() {
    return passed;
  }

  /** Why the last message that was added cannot be checked yet. */
  Wait mustWait() {
    return wait;
  }

  /** Why the last message that was added is refused, or null. */
  @Nullable ApiError refusal() {
    return refusal;
  }

  /** Whether it is refused because a message with its id is there, or came before it. */
  boolean isDuplicate() {
    return duplicate;
  }

  /** The sequence of the message with the same id; 0 when it is of the same batch. */
  long duplicateOf() {
    return duplicateOf;
  }

  /** Checks one more message; false when it is refused, or cannot be checked yet. */
  boolean add(MessageFrame published, byte[] headers) {
    StreamConfig config = stream.config();
    MessageFrame message = stream.mappings.mapped(published);
    if (!ingest.canBeChecked(config, headers)) {
      wait = Wait.FOR_WHAT_IS_UNDER_WAY;
      return false;
    }
    int ttlSeconds = headers.length == 0 ? MessageCodec.NO_TTL : headerRules.ttlSeconds(headers);
    refusal = limits.refusalBySize(config, message, headers);
    if (refusal == null && headers.length > 0) {
      refusal = refusalByHeaders(config, message, headers, ttlSeconds);
    }
    Passed checked = new Passed(message, headers, ttlSeconds, null);
    if (refusal == null && config.allowMsgCounter()) {
      Counters.Counted sum = counters.count(message, headers, counted.get(message.subject()));
      wait = new Wait(sum.missingSeq(), false);
      refusal = sum.refusal();
      MessageFrame stored = sum.message();
      if (stored == null) {
        return false;
      }
      checked = new Passed(stored, stored.copyHeaders(), ttlSeconds, sum.counter());
      refusal = limits.refusalBySize(config, stored, checked.headers);
    }
    if (refusal == null && headers.length > 0) {
      refusal = refusalByPlace(message, headers);
    }
    MessageFrame kept = refusal == null ? stream.schedules.rules.stored(message, headers) : message;
    if (kept != message) {
      checked = new Passed(kept, kept.copyHeaders(), ttlSeconds, null);
    }
    if (refusal == null && headers.length > 0) {
      refusal = refusalOfRollup(config, kept, checked.headers);
    }
    if (refusal == null) {
      note(checked);
      refusal = refusalByRoom(config, checked);
      if (refusal != null && !overlay.isEmpty()) {
        wait = Wait.FOR_WHAT_IS_UNDER_WAY;
      }
    }
    return refusal == null;
  }

  private @Nullable ApiError refusalByHeaders(
      StreamConfig config, MessageFrame message, byte[] headers, int ttlSeconds) {
    ApiError refused = headerRules.refusalByIncrement(message, headers);
    if (refused == null) {
      refused = headerRules.refusalByStream(headers);
    }
    if (refused == null && ttlSeconds != MessageCodec.NO_TTL) {
      refused =
          !config.allowMsgTtl()
              ? ApiErrors.MESSAGE_TTL_DISABLED.of()
              : ttlSeconds == MessageTtl.INVALID ? ApiErrors.MESSAGE_TTL_INVALID.of() : null;
    }
    if (refused == null) {
      refused = refusalOfDuplicate(headers);
    }
    return refused == null ? headerRules.refusalOfSource(headers) : refused;
  }

  private @Nullable ApiError refusalOfDuplicate(byte[] headers) {
    String id = HeaderBlock.text(headers, IngestHeaders.MSG_ID);
    if (id.isEmpty()) {
      return null;
    }
    DedupWindow.Entry known = ingest.knownAs(headers);
    duplicateOf = known == null ? 0 : known.seq();
    duplicate = known != null || !ids.add(id);
    return duplicate ? ApiErrors.ATOMIC_PUBLISH_CONTAINS_DUPLICATE_MESSAGE.of() : null;
  }

  /** What refuses a message because of what comes before it, in the stream and in the batch. */
  private @Nullable ApiError refusalByPlace(MessageFrame message, byte[] headers) {
    ApiError refused = headerRules.refusalByLastSeq(headers, overlay.lastSeq() + passed.size());
    if (refused == null && !passed.isEmpty() && headerRules.expectsLastSeq(headers)) {
      refused = ApiErrors.STREAM_WRONG_LAST_SEQUENCE_CONSTANT.of();
    }
    String expected = headerRules.expectedSubject(message, headers);
    if (refused == null && expected != null && messagesBySubject.containsKey(expected)) {
      refused = ApiErrors.STREAM_WRONG_LAST_SEQUENCE_CONSTANT.of();
    }
    if (refused == null) {
      refused = headerRules.refusalBySubject(message, headers);
    }
    return refused == null
        ? headerRules.refusalOfSchedule(message, headers, schedules::get)
        : refused;
  }

  private @Nullable ApiError refusalOfRollup(
      StreamConfig config, MessageFrame message, byte[] headers) {
    ApiError refused = headerRules.refusalOfRollup(config, headers);
    if (refused != null) {
      return refused;
    }
    String rollup = headerRules.rollup(headers).toLowerCase(Locale.ROOT);
    if (rollup.equals("sub") && messagesBySubject.containsKey(message.subject())) {
      return ApiErrors.STREAM_ROLLUP_FAILED.of("batch rollup sub invalid");
    }
    return rollup.equals("all") && !passed.isEmpty()
        ? ApiErrors.STREAM_ROLLUP_FAILED.of("batch rollup all invalid")
        : null;
  }

  private void note(Passed checked) {
    MessageFrame message = checked.message;
    String subject = message.subject();
    passed.add(checked);
    messagesBySubject.merge(subject, 1, Integer::sum);
    schedules.put(subject, stream.schedules.rules.isSchedule(checked.headers));
    if (checked.counter != null) {
      counted.put(subject, checked.counter);
    }
    int length = message.subjectEnd - message.subjectStart;
    bytes += stream.usage.accounted(length, checked.headers.length, message.payloadLength());
  }

  private @Nullable ApiError refusalByRoom(StreamConfig config, Passed last) {
    ApiError full = limits.refusalByUsage(bytes);
    if (full != null) {
      return full;
    }
    return config.discard() == DiscardPolicy.NEW
        ? limits.refusalOfBatch(
            config,
            last.message,
            headerRules.rollup(last.headers).isEmpty()
                ? messagesBySubject.getOrDefault(last.message.subject(), 0)
                : 0,
            passed.size(),
            bytes)
        : null;
  }
}
