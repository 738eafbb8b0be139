// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.RetentionPolicy;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.HeaderBlock;
import org.jspecify.annotations.Nullable;

/**
 * What is special about consumers that other servers make here to mirror or source a stream, told
 * by {@code direct} and {@code sourcing}: which stream they mean is checked, and where messages
 * leave with their last consumer they become durable and acknowledge. Source: the public server.
 */
final class SourcingConsumers {

  /** The header that tells a stream from others that had its name. */
  static final String IDENTITY = "Nats-Stream-Identity";

  static final byte[] IDENTITY_BYTES = Subject.bytes(IDENTITY);

  private SourcingConsumers() {}

  /** Whether a consumer serves another stream. */
  static boolean serves(ConsumerConfig config) {
    return config.direct() || config.sourcing();
  }

  /** Refuses a request that means another stream of that name; null when it does not. */
  static @Nullable ApiError refusal(ConsumerConfig config, Stream stream, byte[] headers) {
    String meant = serves(config) ? HeaderBlock.text(headers, IDENTITY_BYTES) : "";
    return meant.isEmpty() || meant.equals(stream.identity())
        ? null
        : ApiErrors.CONSUMER_STREAM_IDENTITY_MISMATCH.of(stream.identity());
  }

  /** The configuration that is made of one that was asked for. */
  static ConsumerConfig adapted(ConsumerConfig asked, Stream stream) {
    if (!asked.direct() || !asked.sourcing() || asked.name().isEmpty()) {
      return asked;
    }
    if (stream.config().retention() == RetentionPolicy.LIMITS) {
      // the other server uses one name again and again
      String name = asked.name() + "-" + Names.consumer(stream.random());
      return asked.toBuilder().name(name).build();
    }
    ConsumerConfig durable =
        asked.toBuilder()
            .direct(false)
            .durableName(asked.name())
            .ackPolicy(AckPolicy.FLOW_CONTROL)
            .ackWaitNanos(0)
            .maxDeliver(0)
            .inactiveThresholdNanos(0)
            .build();
    Consumer present = stream.consumers.find(asked.name());
    if (present == null) {
      return durable;
    }
    ConsumerConfig before = present.config();
    return durable.toBuilder()
        .deliverPolicy(before.deliverPolicy())
        .optStartSeq(before.optStartSeq())
        .optStartTime(before.optStartTime())
        .build();
  }
}
