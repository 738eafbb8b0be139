// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.service;

import dev.slipstream.base.Clock;
import dev.slipstream.client.ClientEvent;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.NatsException;
import dev.slipstream.client.RequestInterruptedException;
import dev.slipstream.client.Subscription;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * One running instance of a service: its endpoints, and its answers to {@code $SRV.PING}, {@code
 * $SRV.INFO} and {@code $SRV.STATS}.
 *
 * <p>Thread-safe. It outlives lost connections and ends with {@link #stop} or with its client.
 * Source: ADR-32.
 */
public final class Service implements AutoCloseable {
  /** How long {@link #close} lets handlers finish. */
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

  private final NatsClient client;
  private final ServiceConfig config;
  private final ServiceIdentity identity;
  private final List<RunningEndpoint> endpoints = new CopyOnWriteArrayList<>();
  private final List<Subscription> verbs = new ArrayList<>();
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final CompletableFuture<Void> stopped = new CompletableFuture<>();
  private final ClientEvent.Registration events;
  private volatile Instant started;

  private Service(NatsClient client, ServiceConfig config) {
    this.client = client;
    this.config = config;
    identity =
        new ServiceIdentity(config.name(), newId(client), config.version(), config.metadata());
    started = now();
    events =
        client.onEvent(
            event -> {
              if (event instanceof ClientEvent.Closed) {
                ended();
              }
            });
  }

  /**
   * Starts an instance. What the client sends after this returns reaches it.
   *
   * @throws InvalidServiceException when the names are not valid; then nothing was sent
   */
  public static Service start(NatsClient client, ServiceConfig config) {
    new ServiceNames().service(config).endpoints(config.endpoints(), config.queueGroup()).orThrow();
    Service service = new Service(client, config);
    try {
      service.subscribe(config.endpoints());
      service.answer(ServiceVerb.PING, service.identity::toBytes);
      service.answer(ServiceVerb.INFO, () -> service.info().toBytes());
      service.answer(ServiceVerb.STATS, () -> service.stats().toBytes());
    } catch (RuntimeException | Error failure) {
      service.stop(Duration.ZERO);
      throw failure;
    }
    return service;
  }

  /**
   * Adds endpoints to a running service.
   *
   * @throws InvalidServiceException when names are not valid; then none was added
   * @throws IllegalStateException when it was stopped
   */
  public void add(Endpoint... more) {
    if (stopping.get()) {
      throw new IllegalStateException("the service was stopped");
    }
    ServiceNames names = new ServiceNames();
    endpoints.forEach(each -> names.present(each.name(), each.subject()));
    names.endpoints(List.of(more), config.queueGroup()).orThrow();
    List<RunningEndpoint> fresh = subscribe(List.of(more));
    if (stopping.get()) {
      // a stop that came in between may not have seen them
      fresh.forEach(each -> each.drain(Duration.ZERO));
    }
  }

  private List<RunningEndpoint> subscribe(List<Endpoint> more) {
    List<RunningEndpoint> fresh = new ArrayList<>();
    for (Endpoint each : more) {
      RunningEndpoint running = new RunningEndpoint(client, each, config.queueGroup());
      endpoints.add(running);
      fresh.add(running);
    }
    return fresh;
  }

  private void answer(ServiceVerb verb, Supplier<byte[]> answer) {
    for (String subject : verb.subjects(identity.name(), identity.id())) {
      verbs.add(
          client.subscribe(
              subject,
              request -> {
                if (request.reply() != null) {
                  client.respond(request, answer.get());
                }
              }));
    }
  }

  /** The name of this instance, which no other has. */
  public String id() {
    return identity.id();
  }

  /** What it answers to {@code PING}. */
  public ServiceIdentity identity() {
    return identity;
  }

  /** What it answers to {@code INFO}. */
  public ServiceInfo info() {
    return new ServiceInfo(
        identity, config.description(), endpoints.stream().map(RunningEndpoint::info).toList());
  }

  /** What it answers to {@code STATS}. */
  public ServiceStats stats() {
    return new ServiceStats(
        identity, started, endpoints.stream().map(RunningEndpoint::stats).toList());
  }

  /** Begins all counts anew. */
  public void reset() {
    endpoints.forEach(RunningEndpoint::reset);
    started = now();
  }

  /**
   * Takes no new requests and lets handlers finish those that have come, until the limit.
   *
   * @return done when it has ended
   */
  public CompletableFuture<Void> stop(Duration limit) {
    if (stopping.compareAndSet(false, true)) {
      CompletableFuture<?>[] ends =
          Stream.concat(
                  endpoints.stream().map(each -> each.drain(limit)),
                  verbs.stream().map(each -> each.drain(limit)))
              .toArray(CompletableFuture<?>[]::new);
      CompletableFuture.allOf(ends)
          .whenComplete(
              (done, failure) -> {
                events.close();
                ended();
              });
    }
    return stopped.copy();
  }

  /** Done when it was stopped, or its client was closed. */
  public CompletableFuture<Void> stopped() {
    return stopped.copy();
  }

  /** As {@link #stop}, and waits at most 10 s; not to be called by one of its handlers. */
  @Override
  public void close() {
    try {
      stop(CLOSE_LIMIT).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RequestInterruptedException("stopping a service");
    } catch (ExecutionException e) {
      throw new NatsException("a service did not stop", e.getCause());
    }
  }

  private void ended() {
    stopping.set(true);
    stopped.complete(null);
  }

  private Instant now() {
    return Clock.instant(client.clock().epochNanos());
  }

  /** The last token of an inbox, which is random and nobody else's. */
  private static String newId(NatsClient client) {
    String inbox = client.newInbox();
    return inbox.substring(inbox.lastIndexOf('.') + 1);
  }
}
