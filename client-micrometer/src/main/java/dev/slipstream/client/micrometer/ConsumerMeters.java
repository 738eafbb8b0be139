// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.micrometer;

import dev.slipstream.client.AckState;
import dev.slipstream.client.Closed;
import dev.slipstream.client.Consumption;
import dev.slipstream.client.ConsumptionState;
import dev.slipstream.client.DeliveryMetrics;
import dev.slipstream.client.micrometer.bounded.BoundedMeters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one consumer, whoever pulls from it, and gauges over the consumptions that run. Any
 * thread.
 */
final class ConsumerMeters implements DeliveryMetrics {
  private static final String PREFIX = "nats.client.consumer.";
  private static final int MOST_CODES = 20;

  private final MeterRegistry registry;
  private final Tags tags;
  private final Set<Consumption> running = ConcurrentHashMap.newKeySet();
  private final Counter delivered;
  private final Counter deliveredBytes;
  private final Counter redelivered;
  private final Outcomes handling;
  private final Counter acked;
  private final Counter naked;
  private final Counter termed;
  private final Counter handedBack;
  private final Counter inProgress;
  private final Counter pulls;
  private final Counter missed;
  private final BoundedMeters<String, Counter> ended;

  ConsumerMeters(MeterRegistry registry, Tags tags) {
    this.registry = registry;
    this.tags = tags;
    delivered = messages("delivered", "Messages that came", tags);
    deliveredBytes = counter("delivered.bytes", "Bytes of messages that came", "bytes", tags);
    redelivered = messages("redelivered", "Messages that had been delivered before", tags);
    handling = new Outcomes(registry, PREFIX + "handling", "Time in handlers", tags);
    acked = settled("ack");
    naked = settled("nak");
    termed = settled("term");
    handedBack =
        messages("handed.back", "Messages that nobody handled, as its taker stopped", tags);
    inProgress = counter("in.progress", "Words that a message is worked on", null, tags);
    pulls = counter("pulls", "Pulls that were sent", null, tags);
    missed = counter("heartbeats.missed", "Times of silence that were too long", null, tags);
    ended =
        new BoundedMeters<>(
            MOST_CODES,
            "other",
            code ->
                counter(
                    "pulls.ended",
                    "Pulls that the server has ended by a status",
                    null,
                    tags.and("status", code)));
    registerGauges();
  }

  private void registerGauges() {
    Gauge.builder(PREFIX + "consumptions", running, Set::size)
        .description("Consumptions that run")
        .tags(tags)
        .register(registry);
    gauge(
        "buffered.messages",
        "Messages that wait or are handled",
        "messages",
        ConsumptionState::bufferedMessages);
    gauge(
        "buffered.bytes",
        "Bytes of messages that wait or are handled",
        "bytes",
        ConsumptionState::bufferedBytes);
    gauge(
        "asked.messages",
        "Messages that pulls wait for",
        "messages",
        ConsumptionState::askedMessages);
    TimeGauge.builder(PREFIX + "silence", this, TimeUnit.NANOSECONDS, ConsumerMeters::silence)
        .description("Time since anything came to the consumption that waits longest")
        .tags(tags)
        .register(registry);
  }

  private void gauge(
      String name, String description, String unit, ToLongFunction<ConsumptionState> value) {
    Gauge.builder(PREFIX + name, this, meters -> meters.sum(value))
        .description(description)
        .baseUnit(unit)
        .tags(tags)
        .register(registry);
  }

  private Counter settled(String how) {
    return messages("settled", "Messages that were settled", tags.and("ack", how));
  }

  private Counter messages(String name, String description, Tags of) {
    return counter(name + ".messages", description, "messages", of);
  }

  private Counter counter(String name, String description, @Nullable String unit, Tags of) {
    return Counter.builder(PREFIX + name)
        .description(description)
        .baseUnit(unit)
        .tags(of)
        .register(registry);
  }

  private double sum(ToLongFunction<ConsumptionState> value) {
    return running.stream().map(Consumption::state).mapToLong(value).sum();
  }

  private double silence() {
    return running.stream().mapToLong(each -> each.state().silentFor().toNanos()).max().orElse(0);
  }

  @Override
  public void delivered(int bytes, long deliveries) {
    delivered.increment();
    deliveredBytes.increment(bytes);
    if (deliveries > 1) {
      redelivered.increment();
    }
  }

  @Override
  public void handled(long nanos, @Nullable Throwable failure) {
    handling.add(failure, nanos);
  }

  @Override
  public void settled(AckState how) {
    switch (how) {
      case ACKED -> acked.increment();
      case NAKED -> naked.increment();
      case TERMED -> termed.increment();
      case PENDING -> {}
    }
  }

  @Override
  public void handedBack() {
    handedBack.increment();
  }

  @Override
  public void inProgress() {
    inProgress.increment();
  }

  @Override
  public void pulled(int messages, long bytes) {
    pulls.increment();
  }

  @Override
  public void pullEnded(int code, String description) {
    ended.of(Integer.toString(code)).increment();
  }

  @Override
  public void heartbeatsMissed(int inARow) {
    missed.increment();
  }

  @Override
  public void began(Consumption consumption) {
    running.add(consumption);
  }

  @Override
  public void ended(Consumption consumption, Closed why) {
    running.remove(consumption);
  }
}
