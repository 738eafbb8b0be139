// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.ConsumerCreateRequest;
import dev.slipstream.protocol.api.DeliverPolicy;
import dev.slipstream.protocol.api.ReplayPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Which messages an {@link OrderedConsumer} brings, and where it begins. Immutable. */
public final class OrderedOptions {
  private static final OrderedOptions DEFAULTS = builder().build();

  private final ConsumerConfig config;

  private OrderedOptions(ConsumerConfig config) {
    this.config = config;
  }

  /** All messages, from the first on. */
  public static OrderedOptions defaults() {
    return DEFAULTS;
  }

  /** A builder with all defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Asks for the consumer that goes on behind a sequence.
   *
   * @param behindSequence the last sequence that was handled; 0 to begin as the options say
   */
  ConsumerCreateRequest create(String stream, String name, long behindSequence) {
    ConsumerConfig.Builder next = config.toBuilder().name(name);
    if (behindSequence > 0) {
      next.deliverPolicy(DeliverPolicy.BY_START_SEQUENCE)
          .optStartSeq(behindSequence + 1)
          .optStartTime(null);
    }
    return new ConsumerCreateRequest(
        stream, next.build(), ConsumerCreateRequest.Action.CREATE, false);
  }

  /** Collects the values of {@link OrderedOptions}. Not thread-safe. */
  public static final class Builder {
    private final ConsumerConfig.Builder config =
        ConsumerConfig.builder()
            .ackPolicy(AckPolicy.NONE)
            .maxDeliver(1)
            .memStorage(true)
            .numReplicas(1)
            .inactiveThresholdNanos(TimeUnit.MINUTES.toNanos(5));
    private List<String> filters = List.of();
    private DeliverPolicy deliverPolicy = DeliverPolicy.ALL;

    private Builder() {}

    /** Only messages of these subjects, which may hold wildcards; all by default. */
    public Builder filters(String... subjects) {
      for (String subject : subjects) {
        Subjects.checkFilter(subject);
      }
      filters = List.of(subjects);
      return this;
    }

    /** Begins with the first message, as is the default. */
    public Builder all() {
      return begin(DeliverPolicy.ALL, 0, null);
    }

    /** Begins with what is published from now on. */
    public Builder onlyNew() {
      return begin(DeliverPolicy.NEW, 0, null);
    }

    /** Begins with the last message. */
    public Builder last() {
      return begin(DeliverPolicy.LAST, 0, null);
    }

    /** Begins with the last message of each subject. */
    public Builder lastPerSubject() {
      return begin(DeliverPolicy.LAST_PER_SUBJECT, 0, null);
    }

    /** Begins with a sequence of the stream, from 1 on. */
    public Builder fromSequence(long sequence) {
      if (sequence < 1) {
        throw new IllegalArgumentException("not a sequence: " + sequence);
      }
      return begin(DeliverPolicy.BY_START_SEQUENCE, sequence, null);
    }

    /** Begins with the first message stored at that time or later. */
    public Builder fromTime(Instant time) {
      return begin(DeliverPolicy.BY_START_TIME, 0, time);
    }

    private Builder begin(DeliverPolicy policy, long sequence, @Nullable Instant time) {
      deliverPolicy = policy;
      config.optStartSeq(sequence).optStartTime(time);
      return this;
    }

    /** Messages come without their payloads. */
    public Builder headersOnly(boolean on) {
      config.headersOnly(on);
      return this;
    }

    /** Messages come at the speed at which they were stored. */
    public Builder originalSpeed(boolean on) {
      config.replayPolicy(on ? ReplayPolicy.ORIGINAL : ReplayPolicy.INSTANT);
      return this;
    }

    /** After how long without a pull the server deletes the consumer; 5 min by default. */
    public Builder inactiveThreshold(Duration duration) {
      if (duration.isNegative() || duration.isZero()) {
        throw new IllegalArgumentException("not a time without pulls: " + duration);
      }
      config.inactiveThresholdNanos(TimeUnit.NANOSECONDS.convert(duration));
      return this;
    }

    /** What the consumers carry along. */
    public Builder metadata(Map<String, String> values) {
      config.metadata(values);
      return this;
    }

    /** The options. */
    public OrderedOptions build() {
      boolean ofAll = filters.isEmpty() && deliverPolicy == DeliverPolicy.LAST_PER_SUBJECT;
      // the server wants to be told of which subjects, and of a single one in another field
      String one = filters.size() == 1 ? filters.get(0) : ofAll ? ">" : "";
      config.filterSubject(one).filterSubjects(filters.size() > 1 ? filters : List.of());
      return new OrderedOptions(config.deliverPolicy(deliverPolicy).build());
    }
  }
}
