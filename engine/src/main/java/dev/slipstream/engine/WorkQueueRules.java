// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.DeliverPolicy;
import dev.slipstream.protocol.subject.Subject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which consumers a stream with work-queue retention takes: those that acknowledge each message,
 * begin with the first, and share no message with another consumer. Source: the public server.
 */
final class WorkQueueRules {

  private WorkQueueRules() {}

  /** What forbids a new consumer, or null. */
  static @Nullable ApiError refusal(Stream stream, ConsumerConfig config) {
    List<ConsumerConfig> others =
        stream.consumers.sorted().stream()
            .map(Consumer::config)
            .filter(each -> !SourcingConsumers.serves(each))
            .toList();
    return refusal(config, others);
  }

  /** What forbids a new consumer beside others, or null. */
  static @Nullable ApiError refusal(ConsumerConfig config, List<ConsumerConfig> others) {
    if (config.ackPolicy() != AckPolicy.EXPLICIT && config.ackPolicy() != AckPolicy.FLOW_CONTROL) {
      return ApiErrors.CONSUMER_WORK_QUEUE_REQUIRES_EXPLICIT_ACK.of();
    }
    if (config.deliverPolicy() != DeliverPolicy.ALL) {
      return ApiErrors.CONSUMER_WORK_QUEUE_CONSUMER_NOT_DELIVER_ALL.of();
    }
    if (!others.isEmpty() && config.filters().isEmpty()) {
      return ApiErrors.CONSUMER_WORK_QUEUE_MULTIPLE_UNFILTERED.of();
    }
    return others.stream().anyMatch(other -> overlap(config.filters(), other.filters()))
        ? ApiErrors.CONSUMER_WORK_QUEUE_CONSUMER_NOT_UNIQUE.of()
        : null;
  }

  /** What forbids the filters of a consumer beside the others, or null. */
  static @Nullable ApiError shared(
      Stream stream, ConsumerConfig config, @Nullable Consumer itself) {
    for (Consumer other : stream.consumers.sorted()) {
      if (other != itself
          && !SourcingConsumers.serves(other.config())
          && overlap(config.filters(), other.config().filters())) {
        return ApiErrors.CONSUMER_WORK_QUEUE_CONSUMER_NOT_UNIQUE.of();
      }
    }
    return null;
  }

  private static boolean overlap(List<String> filters, List<String> others) {
    return !filters.isEmpty()
        && (others.isEmpty()
            || filters.stream()
                .anyMatch(each -> others.stream().anyMatch(o -> Subject.overlap(each, o))));
  }
}
