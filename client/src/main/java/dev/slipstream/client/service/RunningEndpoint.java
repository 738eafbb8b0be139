// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.service;

import dev.slipstream.base.Clock;
import dev.slipstream.client.Message;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.Subscription;
import dev.slipstream.protocol.json.JsonWriter;
import dev.slipstream.protocol.wire.Headers;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint that is subscribed, and its counts: one record that any thread may replace.
 *
 * <p>Its handler runs on the subscription's thread, one request at a time.
 */
final class RunningEndpoint {
  private static final System.Logger LOG = System.getLogger(RunningEndpoint.class.getName());

  private final NatsClient client;
  private final Clock clock;
  private final Endpoint endpoint;
  private final AtomicReference<EndpointStats> stats;
  private final Subscription subscription;

  RunningEndpoint(NatsClient client, Endpoint endpoint, String queueGroupOfService) {
    this.client = client;
    this.endpoint = endpoint;
    clock = client.clock();
    String queueGroup = endpoint.queueGroupOr(queueGroupOfService);
    stats =
        new AtomicReference<>(EndpointStats.zero(endpoint.name(), endpoint.subject(), queueGroup));
    subscription =
        client.subscribe(endpoint.subscribeOptions(queueGroupOfService), this::onMessage);
  }

  String name() {
    return endpoint.name();
  }

  String subject() {
    return endpoint.subject();
  }

  EndpointInfo info() {
    return new EndpointInfo(
        endpoint.name(), endpoint.subject(), subscription.queue(), endpoint.metadata());
  }

  EndpointStats stats() {
    EndpointStats counted = Objects.requireNonNull(stats.get());
    Consumer<? super JsonWriter> data = endpoint.data();
    return data == null ? counted : counted.data(json(data));
  }

  private String json(Consumer<? super JsonWriter> data) {
    try {
      JsonWriter out = new JsonWriter();
      data.accept(out);
      return out.toString();
    } catch (RuntimeException failure) {
      LOG.log(System.Logger.Level.WARNING, "the figures of endpoint " + name(), failure);
      return "";
    }
  }

  void reset() {
    stats.updateAndGet(EndpointStats::reset);
  }

  CompletableFuture<Void> drain(Duration limit) {
    return subscription.drain(limit);
  }

  private void onMessage(Message message) throws Exception {
    ServiceRequest request = new ServiceRequest(client, message, this::countError);
    long beganNanos = clock.nanos();
    try {
      endpoint.handler().onRequest(request);
    } catch (ServiceException refusal) {
      answer(request, refusal.error());
    } catch (Exception | Error failure) {
      answer(request, new ServiceError(ServiceError.INTERNAL, text(failure)));
      throw failure;
    } finally {
      long nanos = clock.nanos() - beganNanos;
      stats.updateAndGet(counted -> counted.handled(nanos));
    }
  }

  private void countError(ServiceError error) {
    stats.updateAndGet(counted -> counted.failed(error.toString()));
  }

  private void answer(ServiceRequest request, ServiceError error) {
    if (request.awaitsAnswer()) {
      request.respondError(error, Headers.empty(), OutputBuffer.NO_BYTES);
    } else {
      request.countError(error);
    }
  }

  private static String text(Throwable failure) {
    @Nullable String message = failure.getMessage();
    return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
  }
}
