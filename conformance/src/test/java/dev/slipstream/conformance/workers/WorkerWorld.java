// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance.workers;

import dev.slipstream.base.EventLoop;
import dev.slipstream.client.ClientMetrics;
import dev.slipstream.client.ClientOptions;
import dev.slipstream.client.JetStream;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.Outgoing;
import dev.slipstream.client.SimulatedClients;
import dev.slipstream.protocol.api.ApiReply;
import dev.slipstream.server.SimulatedNode;
import dev.slipstream.testkit.Simulation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A server, a network, and clients in virtual time, with a stream S and its consumer c.
 *
 * <p>One client, {@link #application}, publishes and asks; its line is as bad as all others.
 */
final class WorkerWorld {
  static final String STREAM = "S";
  static final String CONSUMER = "c";
  static final Duration ACK_WAIT = Duration.ofSeconds(5);

  final Simulation simulation;
  final SplittableRandom random;
  final SimulatedNode node;
  final SimulatedThreads threads;
  final SimulatedClients clients;
  final MessageLedger ledger;
  final FaultyWire wire;
  final Trace trace;
  private final EventLoop chaos;
  private @Nullable NatsClient application;
  private @Nullable JetStream jetStream;
  private int published;
  private @Nullable AssertionError failure;

  WorkerWorld(long seed, long mostDelayNanos) {
    random = new SplittableRandom(seed);
    simulation = new Simulation(random.split());
    node =
        new SimulatedNode(simulation, random.split(), 2, "ping_interval: \"20s\"\nping_max: 2\n");
    trace = new Trace(simulation.clock());
    threads = new SimulatedThreads(simulation);
    clients = new SimulatedClients(simulation, random.split(), threads);
    ledger = new MessageLedger(simulation.clock(), ACK_WAIT.toNanos(), trace, this::fail);
    wire = new FaultyWire(simulation, random.split(), node, mostDelayNanos, ledger, trace);
    chaos = simulation.loop("chaos");
  }

  /** Starts the server and makes the stream and the consumer. */
  void begin() {
    startServer();
    CompletableFuture<NatsClient> connecting =
        NatsClient.connectAsync(
            clients
                .options("application", wire::connect)
                .ping(Duration.ofSeconds(5), 2)
                .retryInitialConnect(true)
                .build());
    runUntil(Duration.ofSeconds(10), connecting::isDone, "connecting");
    application = connecting.join();
    jetStream = application().jetStream();
    api("STREAM.CREATE.S", "{\"name\":\"S\",\"subjects\":[\"s\"]}");
    api(
        "CONSUMER.CREATE.S.c",
        "{\"stream_name\":\"S\",\"config\":{\"durable_name\":\"c\",\"ack_policy\":\"explicit\","
            + "\"ack_wait\":"
            + ACK_WAIT.toNanos()
            + "}}");
  }

  /** Options of the connection of workers. */
  ClientOptions.Builder connection() {
    return clients.options("workers", wire::connect);
  }

  /** Options of the connection of workers that are watched. */
  ClientOptions.Builder connection(ClientMetrics metrics) {
    return connection().metrics(metrics);
  }

  NatsClient application() {
    return Objects.requireNonNull(application);
  }

  /** Whether every message that was published is stored or lost. */
  boolean isPublished() {
    return jetStream().publishesInFlight() == 0;
  }

  private JetStream jetStream() {
    return Objects.requireNonNull(jetStream);
  }

  /** Publishes messages; those that are lost on the way are not published again. */
  void publish(int count) {
    for (int i = 0; i < count; i++) {
      byte[] body = ("m" + ++published).getBytes(StandardCharsets.UTF_8);
      // whether it is stored shows in the stream
      jetStream().publishAsync("s", body).exceptionally(lost -> null);
    }
  }

  // --- the server

  void startServer() {
    trace.note("server started");
    ledger.serverStarted();
    node.start();
  }

  void killServer(boolean silently) {
    trace.note("server killed", silently ? "silently" : "");
    node.kill();
    ledger.serverKilled();
    wire.serverDied(silently);
  }

  /** Asks the JetStream API, as often as it takes. */
  ApiReply api(String subject, String body) {
    for (int tries = 0; tries < 20; tries++) {
      CompletableFuture<ApiReply> reply =
          application()
              .requestAsync(
                  Outgoing.to("$JS.API." + subject).payload(body.getBytes(StandardCharsets.UTF_8)),
                  Duration.ofSeconds(5))
              .thenApply(message -> ApiReply.parse(message.payload()));
      runUntil(Duration.ofSeconds(6), reply::isDone, "the API");
      if (!reply.isCompletedExceptionally()) {
        return reply.join();
      }
      simulation.runFor(TimeUnit.SECONDS.toNanos(1));
    }
    throw new AssertionError("the API does not answer on " + subject);
  }

  // --- what is found

  /** Notes a failure: where it is thrown it may be taken for a crash of a worker. */
  void fail(AssertionError found) {
    trace.note(found);
    if (failure == null) {
      failure = found;
    }
  }

  /** Throws the first failure that was noted. */
  void check() {
    if (failure != null) {
      throw failure;
    }
  }

  // --- time

  /** Does something on a thread of its own at a later time. */
  void after(long nanos, Runnable task) {
    chaos.schedule(nanos, task);
  }

  /** Runs until a condition holds, looking ten times a second. */
  void runUntil(Duration most, BooleanSupplier condition, String what) {
    long end = simulation.clock().nanos() + most.toNanos();
    simulation.runReady();
    check();
    while (!condition.getAsBoolean()) {
      if (simulation.clock().nanos() > end) {
        throw new AssertionError(what + ": not within " + most);
      }
      simulation.runFor(TimeUnit.MILLISECONDS.toNanos(100));
      check();
    }
  }
}
