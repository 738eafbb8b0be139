// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.micrometer;

import dev.slipstream.client.DeliveryMetrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import org.jspecify.annotations.Nullable;

/** The meters of all subscriptions of one queue group, or of those without one. Any thread. */
final class SubscriptionMeters implements DeliveryMetrics {
  private final Counter delivered;
  private final Counter dropped;
  private final Outcomes handling;

  SubscriptionMeters(MeterRegistry registry, Tags tags) {
    delivered =
        Counter.builder("nats.client.subscription.delivered.messages")
            .description("Messages that came for subscriptions")
            .baseUnit("messages")
            .tags(tags)
            .register(registry);
    dropped =
        Counter.builder("nats.client.subscription.dropped.messages")
            .description("Messages that were dropped because too many waited")
            .baseUnit("messages")
            .tags(tags)
            .register(registry);
    handling =
        new Outcomes(
            registry,
            "nats.client.subscription.handling",
            "Time in handlers of subscriptions",
            tags);
  }

  @Override
  public void delivered(int bytes, long deliveries) {
    delivered.increment();
  }

  @Override
  public void dropped() {
    dropped.increment();
  }

  @Override
  public void handled(long nanos, @Nullable Throwable failure) {
    handling.add(failure, nanos);
  }
}
