// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.micrometer;

import dev.slipstream.client.ClientEvent;
import dev.slipstream.client.ClientMetrics;
import dev.slipstream.client.ClientStats;
import dev.slipstream.client.DeliveryMetrics;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.Origin;
import dev.slipstream.client.PublishAck;
import dev.slipstream.client.micrometer.bounded.BoundedMeters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Metrics of clients in a registry of Micrometer: {@code ClientOptions.builder().metrics(new
 * MicrometerMetrics(registry))}. The package lists the meters.
 *
 * <p>One object may serve several clients, whose counts are added up; clients that are to be told
 * apart have one each, with tags of their own. How many streams, consumers and queue groups have
 * meters of their own is bounded; those behind that share meters with the tag {@code other}.
 *
 * <p>Thread-safe. Keeps the clients that are open, and nothing that would have to be closed.
 */
public final class MicrometerMetrics implements ClientMetrics {
  /** Streams, consumers and queue groups that have meters of their own, of each. */
  public static final int MOST_TAGGED = 200;

  private static final String PREFIX = "nats.client.";
  private static final String NONE = "none";
  private static final String EPHEMERAL = "ephemeral";
  private static final String OTHER = "other";

  private final MeterRegistry registry;
  private final Tags tags;
  private final ClientTotals totals = new ClientTotals();
  private final Counter lost;
  private final Counter failures;
  private final Outcomes requests;
  private final BoundedMeters<String, Outcomes> publishes;
  private final BoundedMeters<ConsumerName, ConsumerMeters> consumers;
  private final BoundedMeters<String, SubscriptionMeters> subscriptions;

  private record ConsumerName(String stream, String consumer) {}

  /** Meters without further tags. */
  public MicrometerMetrics(MeterRegistry registry) {
    this(registry, List.of());
  }

  /** Meters that all have {@code tags}. */
  public MicrometerMetrics(MeterRegistry registry, Iterable<Tag> tags) {
    this(registry, tags, MOST_TAGGED);
  }

  /**
   * Meters that all have {@code tags}.
   *
   * @param mostTagged streams, consumers and queue groups that have meters of their own, of each
   */
  public MicrometerMetrics(MeterRegistry registry, Iterable<Tag> tags, int mostTagged) {
    this.registry = registry;
    this.tags = Tags.of(tags);
    lost = counter("connection.lost", "Connections that were lost");
    failures = counter("connection.failures", "Attempts to connect that failed");
    requests =
        new Outcomes(registry, PREFIX + "request", "Time until a request is answered", this.tags);
    publishes = new BoundedMeters<>(mostTagged, OTHER, this::publishes);
    consumers =
        new BoundedMeters<>(mostTagged, new ConsumerName(OTHER, OTHER), this::consumerMeters);
    subscriptions = new BoundedMeters<>(mostTagged, OTHER, this::subscriptionMeters);
    registerTotals();
  }

  private void registerTotals() {
    Gauge.builder(PREFIX + "connected", totals, ClientTotals::connected)
        .description("Clients that are connected")
        .tags(tags)
        .register(registry);
    Gauge.builder(PREFIX + "queued.bytes", totals, all -> all.sum(ClientStats::queuedBytes))
        .description("Bytes of messages that wait to be sent")
        .baseUnit("bytes")
        .tags(tags)
        .register(registry);
    total("received.messages", "Messages received", "messages", ClientStats::messagesIn);
    total("received.bytes", "Bytes received", "bytes", ClientStats::bytesIn);
    total("sent.messages", "Messages sent", "messages", ClientStats::messagesOut);
    total("sent.bytes", "Bytes of messages sent", "bytes", ClientStats::bytesOut);
    total("reconnects", "Connections made after the first", null, ClientStats::reconnects);
    total(
        "dropped.messages",
        "Messages that slow subscriptions did not take",
        "messages",
        ClientStats::dropped);
    total(
        "unsent.messages",
        "Messages that waited for a connection and were dropped for newer ones",
        "messages",
        ClientStats::droppedOut);
  }

  private void total(
      String name, String description, @Nullable String unit, ToLongFunction<ClientStats> count) {
    FunctionCounter.builder(PREFIX + name, totals, all -> all.sum(count))
        .description(description)
        .baseUnit(unit)
        .tags(tags)
        .register(registry);
  }

  private Counter counter(String name, String description) {
    return Counter.builder(PREFIX + name).description(description).tags(tags).register(registry);
  }

  private Outcomes publishes(String stream) {
    return new Outcomes(
        registry,
        PREFIX + "publish",
        "Time until a stream has acknowledged a message",
        tags.and("stream", stream));
  }

  private ConsumerMeters consumerMeters(ConsumerName of) {
    return new ConsumerMeters(registry, tags.and("stream", of.stream, "consumer", of.consumer));
  }

  private SubscriptionMeters subscriptionMeters(String queue) {
    return new SubscriptionMeters(registry, tags.and("queue", queue));
  }

  @Override
  public void opened(NatsClient client) {
    totals.add(client);
  }

  @Override
  public void closed(NatsClient client) {
    totals.close(client);
  }

  @Override
  public void event(ClientEvent event) {
    if (event instanceof ClientEvent.Disconnected) {
      lost.increment();
    } else if (event instanceof ClientEvent.AttemptFailed) {
      failures.increment();
    }
  }

  @Override
  public void published(PublishAck ack, long nanos) {
    publishes.of(ack.stream()).add(ack.duplicate() ? Outcomes.DUPLICATE : Outcomes.SUCCESS, nanos);
  }

  @Override
  public void publishFailed(Throwable failure, long nanos) {
    publishes.of(NONE).add(failure, nanos);
  }

  @Override
  public void replied(long nanos) {
    requests.add(Outcomes.SUCCESS, nanos);
  }

  @Override
  public void requestFailed(Throwable failure, long nanos) {
    requests.add(failure, nanos);
  }

  @Override
  public DeliveryMetrics deliveries(Origin origin) {
    String group = origin.group();
    return origin.isConsumer()
        ? consumers.of(new ConsumerName(origin.stream(), group.isEmpty() ? EPHEMERAL : group))
        : subscriptions.of(group.isEmpty() ? NONE : group);
  }
}
