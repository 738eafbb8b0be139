// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.base.Clock;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.ConsumerInfo;
import dev.slipstream.protocol.api.PriorityGroupState;
import dev.slipstream.protocol.api.SequenceInfo;
import dev.slipstream.protocol.json.JsonWriter;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a consumer is shown in answers. Called on the stream's loop. */
final class ConsumerView {

  private ConsumerView() {}

  /** The consumer as it is now; requests that nobody listens to any more are dropped first. */
  static ConsumerInfo info(Consumer consumer, boolean dynamicMetadata) {
    consumer.target().look(false);
    ConsumerState state = consumer.state;
    EngineOptions options = consumer.stream.account.options();
    ConsumerConfig config = consumer.config();
    long now = consumer.clock().epochNanos();
    Instant pausedUntil = config.pauseUntil();
    boolean paused = consumer.isPaused();
    return new ConsumerInfo(
        consumer.stream.name,
        consumer.name,
        Clock.instant(consumer.createdEpochNanos),
        dynamicMetadata ? StampedMetadata.shown(config, options) : config,
        new SequenceInfo(
            state.nextConsumerSeq() - 1,
            deliveredStreamSeq(consumer),
            time(consumer.lastDeliveredEpochNanos)),
        new SequenceInfo(
            state.floorConsumerSeq(), state.floorStreamSeq(), time(consumer.lastAckedEpochNanos)),
        state.pending.size(),
        config.maxDeliver() == 1 ? 0 : state.unsettled.redeliveredCount(),
        consumer.target().waiting(),
        consumer.numPending(),
        null,
        consumer.target().isBound(),
        paused,
        paused && pausedUntil != null ? Clock.epochNanos(pausedUntil) - now : 0,
        Clock.instant(now),
        groups(consumer));
  }

  /** Of a consumer in memory that has delivered nothing yet, how far it has looked. */
  private static long deliveredStreamSeq(Consumer consumer) {
    ConsumerState state = consumer.state;
    boolean inMemory = consumer.stream.isMemory() || consumer.config().memStorage();
    boolean nothing = state.nextConsumerSeq() == 1 && state.deliveredStreamSeq() == 0;
    return inMemory && nothing
        ? Math.max(0, state.nextStreamSeq() - 1)
        : state.deliveredStreamSeq();
  }

  /** Only the first group is told, as there is one pinned client for all. */
  private static List<PriorityGroupState> groups(Consumer consumer) {
    List<String> groups = consumer.config().priorityGroups();
    return !groups.isEmpty() && consumer.target() instanceof PullRequests requests
        ? List.of(requests.pinned().state(groups.get(0)))
        : List.of();
  }

  /** Writes the fields of a ConsumerInfo into the open object. */
  static void writeInfo(JsonWriter json, Consumer consumer) {
    info(consumer, true).writeFields(json);
  }

  private static @Nullable Instant time(long epochNanos) {
    return epochNanos == 0 ? null : Clock.instant(epochNanos);
  }
}
