// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance.workers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.base.EventLoop;
import dev.slipstream.client.ClientOptions;
import dev.slipstream.client.JetStream;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.Outgoing;
import dev.slipstream.client.SimulatedClients;
import dev.slipstream.protocol.api.ApiReply;
import dev.slipstream.protocol.api.ConsumerInfo;
import dev.slipstream.server.SimulatedNode;
import dev.slipstream.testkit.Simulation;
import dev.slipstream.worker.SimulatedWorkers;
import dev.slipstream.worker.StopReason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A server, a network, and clients in virtual time, with a stream S and its consumer c.
 *
 * <p>One client, {@link #application}, publishes and asks; its line is as bad as all others.
 */
final class WorkerWorld {
  static final String STREAM = "S";
  static final String CONSUMER = "c";

  /** How often the application's client asks for a sign of life. */
  static final Duration PING = Duration.ofSeconds(5);

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
    this(seed, mostDelayNanos, age -> {});
  }

  /** With who hears of each sign of life that a client asks for, as {@link FaultyWire.Tap} does. */
  WorkerWorld(long seed, long mostDelayNanos, LongConsumer signsOfLife) {
    random = new SplittableRandom(seed);
    simulation = new Simulation(random.split());
    node =
        new SimulatedNode(simulation, random.split(), 2, "ping_interval: \"20s\"\nping_max: 2\n");
    trace = new Trace(simulation.clock());
    threads = new SimulatedThreads(simulation);
    clients = new SimulatedClients(simulation, random.split(), threads);
    ledger =
        new MessageLedger(simulation.clock(), ACK_WAIT.toNanos(), trace, this::fail, signsOfLife);
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
                .ping(PING, 2)
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

  /** Starts the server, unless it runs. */
  void startServer() {
    if (node.isRunning()) {
      return;
    }
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

  // --- how it ends

  /** Runs until every message in the stream is handled and its ack has come, and checks that. */
  void awaitAllHandled() {
    runUntil(Duration.ofMinutes(5), () -> isPublished() && isAllSettled(), "handling all");
    ledger.checkAllSettled(api("STREAM.INFO.S", "").streamInfo().state().lastSeq());
    check();
  }

  private boolean isAllSettled() {
    ConsumerInfo consumer = api("CONSUMER.INFO.S.c", "").consumerInfo();
    return consumer.numPending() == 0 && consumer.numAckPending() == 0;
  }

  /** Waits until the server knows which connections are no more, and checks what is subscribed. */
  void checkSubscriptions(int workers) {
    simulation.runFor(TimeUnit.MINUTES.toNanos(2));
    // each of the two clients hears answers, each worker its messages
    assertThat(node.connections()).as("connections").isEqualTo(2);
    assertThat(node.subscriptions()).as("subscriptions").isEqualTo(2 + workers);
  }

  /** Stops the tree and the application, and checks that nothing of them is left anywhere. */
  void stop(SimulatedWorkers workers) {
    workers.stop(workers.tree());
    runUntil(Duration.ofSeconds(30), () -> workers.stopReason().isPresent(), "stopping");
    assertThat(workers.stopReason()).contains(new StopReason.Shutdown());
    assertThat(workers.timers()).as("timers of the workers").isZero();
    assertThat(workers.commands()).as("commands of the workers").isZero();
    application().drain(Duration.ofSeconds(5));
    simulation.runFor(TimeUnit.MINUTES.toNanos(2)); // whom silence hides from the server
    assertThat(workers.workers().names()).isEmpty();
    assertThat(threads.busy()).as("threads that do something").isZero();
    assertThat(clients.alive()).as("loops of clients").isEmpty();
    assertThat(node.connections()).as("connections at the server").isZero();
    assertThat(node.subscriptions()).as("subscriptions at the server").isZero();
    check();
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
