// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.base.Clock;
import dev.slipstream.protocol.wire.Headers;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who watches a client: its metrics and its interceptors. A client without any has no such object,
 * so that what is watched costs one comparison then. Any thread.
 */
final class Observers {
  private final Clock clock;
  private final @Nullable Guarded<ClientMetrics> metrics;
  private final List<Guarded<Interceptor>> interceptors;
  private volatile @Nullable NatsClient client;

  private Observers(
      Clock clock,
      @Nullable Guarded<ClientMetrics> metrics,
      List<Guarded<Interceptor>> interceptors) {
    this.clock = clock;
    this.metrics = metrics;
    this.interceptors = interceptors;
  }

  /** Those of the options; null for none. Their failures go to {@code events}. */
  static @Nullable Observers of(ClientOptions options, Consumer<ClientEvent> events) {
    ClientMetrics sink = options.metrics();
    if (sink == null && options.interceptors().isEmpty()) {
      return null;
    }
    return new Observers(
        options.clock(),
        sink == null ? null : new Guarded<>(sink, new ObserverFailures(sink, events)),
        options.interceptors().stream()
            .map(each -> new Guarded<>(each, new ObserverFailures(each, events)))
            .toList());
  }

  /** The client is made and connects from now on. */
  void opened(NatsClient opened) {
    if (metrics != null) {
      client = opened;
      metrics.tell(sink -> sink.opened(opened));
    }
  }

  void event(ClientEvent event) {
    if (metrics == null) {
      return;
    }
    metrics.tell(sink -> sink.event(event));
    NatsClient known = client;
    if (event instanceof ClientEvent.Closed && known != null) {
      metrics.tell(sink -> sink.closed(known));
    }
  }

  /** A message is going to be sent. */
  SendWatch publishing(
      Publication.Kind kind,
      String subject,
      @Nullable String reply,
      Headers headers,
      byte[] payload) {
    return new SendWatch(
        new Publication(kind, subject, reply, headers, payload), metrics, interceptors, clock);
  }

  /** As {@link #publishing}, of a request with many replies, whose time means nothing. */
  SendWatch asking(Outgoing message) {
    Publication publication =
        new Publication(
            Publication.Kind.REQUEST,
            message.subject(),
            null,
            message.headers(),
            message.payload());
    return new SendWatch(publication, null, interceptors, clock);
  }

  /** Messages are going to come from there. */
  DeliveryWatch deliveries(Origin origin) {
    Guarded<DeliveryMetrics> own =
        metrics == null ? null : metrics.make(sink -> sink.deliveries(origin));
    boolean counts = own != null && own.target() != DeliveryMetrics.NONE;
    return new DeliveryWatch(origin, counts ? own : null, interceptors, clock);
  }
}
