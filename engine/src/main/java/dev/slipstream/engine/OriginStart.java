// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.base.Clock;
import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.DeliverPolicy;
import dev.slipstream.protocol.api.RetentionPolicy;
import dev.slipstream.protocol.api.StreamSource;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where an {@link Origin} begins: makes the configuration of the hidden consumer that feeds it, by
 * what was taken already and by what its stream's configuration says. Owner: the loop of the stream
 * that takes. Source: the public server.
 */
final class OriginStart {
  private static final long ACK_WAIT_NANOS = Duration.ofDays(36_500).toNanos();

  private final Stream stream;
  private final StreamSource source;
  private final boolean mirrored;

  OriginStart(Stream stream, StreamSource source, boolean mirrored) {
    this.stream = stream;
    this.source = source;
    this.mirrored = mirrored;
  }

  /**
   * The consumer of the other stream.
   *
   * @param lastSeq the last sequence that was taken of it; 0 for none
   * @param anew whether it is another stream of its name, of which nothing was taken
   */
  ConsumerConfig consumer(Stream other, long lastSeq, boolean anew) {
    // where messages leave with their last consumer, they stay until they are durable here
    boolean kept = other.config().retention() == RetentionPolicy.LIMITS;
    ConsumerConfig.Builder config =
        ConsumerConfig.builder()
            .ackPolicy(kept ? AckPolicy.NONE : AckPolicy.ALL)
            .ackWaitNanos(ACK_WAIT_NANOS)
            .memStorage(true);
    if (source.subjectTransforms().isEmpty()) {
      config.filterSubject(source.filterSubject());
    } else {
      config.filterSubjects(
          source.subjectTransforms().stream()
              .map(each -> SourceHeader.orAll(each.source()))
              .toList());
    }
    long first = lastSeq > 0 ? lastSeq + 1 : source.optStartSeq();
    if (first > 0) {
      return config.deliverPolicy(DeliverPolicy.BY_START_SEQUENCE).optStartSeq(first).build();
    }
    Instant time = startTime(anew);
    return time == null
        ? config.deliverPolicy(DeliverPolicy.ALL).build()
        : config.deliverPolicy(DeliverPolicy.BY_START_TIME).optStartTime(time).build();
  }

  /** A source of a stream that has messages already begins at the last one's time at the latest. */
  private @Nullable Instant startTime(boolean anew) {
    Instant asked = source.optStartTime();
    long last = stream.store.lastEpochNanos();
    if (mirrored || last == 0) {
      return asked;
    }
    if (asked != null) {
      return Clock.epochNanos(asked) < last ? Clock.instant(last) : asked;
    }
    return stream.store.firstSeq() > 1 && !anew ? Clock.instant(last) : null;
  }
}
