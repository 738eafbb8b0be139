// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.api.DiscardPolicy;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.store.MessageCodec;
import org.jspecify.annotations.Nullable;

/**
 * The checks of a message that nobody publishes: of another stream, which has checked what its
 * publisher expected, or of a schedule. It has no publisher who would be told; who brings it hears
 * the {@link Outcome}. Owner: the stream's loop.
 */
final class TakeOver {
  private final Stream stream;
  private final Ingest ingest;
  private final Overlay overlay;
  private final IngestHeaders headerRules;
  private final IngestLimits limits;

  TakeOver(
      Stream stream,
      Ingest ingest,
      Overlay overlay,
      IngestHeaders headerRules,
      IngestLimits limits) {
    this.stream = stream;
    this.ingest = ingest;
    this.overlay = overlay;
    this.headerRules = headerRules;
    this.limits = limits;
  }

  /**
   * What became of a message.
   *
   * @param stored false when it is a duplicate, or nobody is interested in it
   * @param refusal why it was not taken, or null
   * @param missingSeq a message of this stream that must be in memory first; 0 when none must
   */
  record Outcome(boolean stored, @Nullable ApiError refusal, long missingSeq) {
    private static final Outcome STORED = new Outcome(true, null, 0);
    static final Outcome PASSED_OVER = new Outcome(false, null, 0);
  }

  /**
   * Takes a message. One that is refused while something is under way may be taken behind that.
   *
   * @param seq the sequence that it keeps, and its time; 0 for the next sequence and the present
   */
  Outcome take(MessageFrame brought, long seq, long epochNanos) {
    MessageFrame message = stream.mappings.mapped(brought);
    byte[] headers = message.copyHeaders();
    ApiError refusal = refusal(message, headers);
    if (refusal != null) {
      return new Outcome(false, refusal, 0);
    }
    if (seq == 0 && ingest.knownAs(headers) != null) {
      return Outcome.PASSED_OVER;
    }
    Counters.Counter counter = null;
    if (stream.config().allowMsgCounter()) {
      Counters.Counted counted = ingest.counters().count(message, headers);
      MessageFrame sum = counted.message();
      if (sum == null) {
        return new Outcome(false, counted.refusal(), counted.missingSeq());
      }
      message = sum;
      headers = message.copyHeaders();
      counter = counted.counter();
    }
    long now = seq == 0 ? stream.shard.clock.epochNanos() : epochNanos;
    overlay.advance(seq - 1);
    int ttlSeconds = headers.length == 0 ? MessageCodec.NO_TTL : headerRules.ttlSeconds(headers);
    if (!ingest.intake().take(message, headers, ttlSeconds, now, null)) {
      return Outcome.PASSED_OVER;
    }
    if (counter != null) {
      ingest.counters().accepted(message, counter);
    }
    return Outcome.STORED;
  }

  private @Nullable ApiError refusal(MessageFrame message, byte[] headers) {
    StreamConfig config = stream.config();
    ApiError refusal = limits.refusalBySize(config, message, headers);
    if (refusal == null && stream.markers.isOn() && !overlay.tryNoteSubjects()) {
      refusal = ApiErrors.STREAM_TOO_MANY_REQUESTS.of();
    }
    if (refusal == null) {
      refusal = limits.refusalByUsage(message, headers, MessageCodec.NO_TTL);
    }
    if (refusal == null && config.discard() == DiscardPolicy.NEW) {
      refusal = limits.refusalByLimits(config, message, headers);
    }
    return refusal;
  }
}
