// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.base.EventLoop;
import dev.slipstream.protocol.api.AccountLimits;
import dev.slipstream.protocol.wire.Headers;
import dev.slipstream.store.Store;
import dev.slipstream.store.StoreOptions;
import dev.slipstream.testkit.FaultyDisk;
import dev.slipstream.testkit.Simulation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/** A whole engine on the test's thread: simulated loops, clock and disk, and a bus. */
final class EngineHarness {
  static final Path DIRECTORY = Path.of("/data");

  private static final EngineOptions OPTIONS = EngineOptions.of("sim", "2.15.2");

  final SplittableRandom random;
  private final EngineOptions options;
  private final AccountLimits limits;
  final Simulation simulation;
  final FaultyDisk disk;
  SimulatedBus bus = new SimulatedBus();
  SimulatedBus system = new SimulatedBus();
  private Store store;
  private Engine engine;
  private final int loops;
  private final boolean smallFiles;
  private EventLoop storageLoop;
  private int inboxes;

  EngineHarness(long seed) {
    this(seed, 1, false);
  }

  /** An engine in which so many messages leave in a turn. */
  EngineHarness(long seed, int sliceMessages) {
    this(seed, OPTIONS.sliceMessages(sliceMessages), AccountLimits.UNLIMITED);
  }

  /**
   * An engine with so many loops.
   *
   * @param smallFiles whether files are so small that a short run meets every kind of work behind
   *     the log
   */
  EngineHarness(long seed, int loops, boolean smallFiles) {
    this(seed, loops, smallFiles, OPTIONS, AccountLimits.UNLIMITED);
  }

  /** An engine with these options, whose account has these limits. */
  EngineHarness(long seed, EngineOptions options, AccountLimits limits) {
    this(seed, 1, false, options, limits);
  }

  private EngineHarness(
      long seed, int loops, boolean smallFiles, EngineOptions options, AccountLimits limits) {
    this.loops = loops;
    this.smallFiles = smallFiles;
    this.options = options;
    this.limits = limits;
    random = new SplittableRandom(seed);
    simulation = new Simulation(random);
    disk = new FaultyDisk();
    storageLoop = simulation.loop("disk");
    open();
  }

  private void open() {
    try {
      List<EventLoop> running = new ArrayList<>();
      for (int i = 0; i < loops; i++) {
        running.add(simulation.loop("loop" + i));
      }
      Store[] opened = new Store[1];
      StoreOptions storeOptions =
          (smallFiles ? SmallFiles.options(random) : StoreOptions.builder())
              .onWork(
                  () ->
                      storageLoop.execute(
                          () -> {
                            while (opened[0].runCommit() | opened[0].runStorage()) {
                              // until there is nothing to do
                            }
                          }))
              .build();
      store = Store.open(storeOptions, disk, DIRECTORY, simulation.clock());
      opened[0] = store;
      List<LoopRandom> randoms = LoopRandom.of(running, random);
      engine = Engine.open(options, store, running, List.copyOf(randoms));
      engine.attach("$G", bus, limits);
      engine.attachSystem(system);
      randoms.forEach(LoopRandom::started);
      CompletableFuture<Void> ready = new CompletableFuture<>();
      engine.start(ready);
      simulation.runReady();
      if (!ready.isDone()) {
        throw new AssertionError("the engine did not become ready");
      }
    } catch (dev.slipstream.store.StoreException e) {
      throw new AssertionError(e);
    }
  }

  /** Asks for a checkpoint, which is made in the steps that follow. */
  void askForCheckpoint() {
    store.checkpoint(new CompletableFuture<>());
  }

  /** Kills the process, loses what was not synced, and starts again on what is left. */
  void crash() {
    simulation.kill();
    disk.crash(random);
    bus = new SimulatedBus();
    system = new SimulatedBus();
    open();
  }

  /** Stops cleanly and starts again. */
  void restart() {
    CompletableFuture<Void> stopped = new CompletableFuture<>();
    engine.stop(stopped);
    simulation.runReady();
    if (!stopped.isDone()) {
      throw new AssertionError("the engine did not stop");
    }
    store.close();
    simulation.kill();
    bus = new SimulatedBus();
    system = new SimulatedBus();
    open();
  }

  SimulatedBus.Inbox inbox() {
    return bus.inbox("_INBOX." + ++inboxes);
  }

  /** Sends a message and waits for nothing. */
  void send(String subject, String reply, String payload) {
    bus.publish(subject, reply, new byte[0], SimulatedBus.bytes(payload));
  }

  /** Sends a request and runs until all is quiet; answers the one message that came back. */
  SimulatedBus.Got request(String subject, String payload, String... headers) {
    SimulatedBus.Inbox inbox = inbox();
    bus.publish(subject, inbox.subject, Headers.of(headers).toBytes(), SimulatedBus.bytes(payload));
    simulation.runReady();
    bus.drop(inbox);
    return inbox.only();
  }

  String api(String subject, String payload) {
    return request("$JS.API." + subject, payload).payload();
  }

  /** Creates a consumer of the stream S that has these fields in its configuration. */
  String createConsumer(String name, String fields) {
    return api("CONSUMER.CREATE.S." + name, "{\"stream_name\":\"S\",\"config\":{" + fields + "}}");
  }

  /** Whether an API request is heard and nothing comes back. */
  boolean unanswered(String subject) {
    SimulatedBus.Inbox inbox = inbox();
    int heard = bus.publish("$JS.API." + subject, inbox.subject, new byte[0], new byte[0]);
    simulation.runReady();
    bus.drop(inbox);
    return heard == 1 && inbox.messages.isEmpty();
  }

  /** Publishes and answers the publish acknowledgement. */
  String publish(String subject, String payload, String... headers) {
    return request(subject, payload, headers).payload();
  }

  /** Sends a pull request and runs until all is quiet; the inbox stays. */
  SimulatedBus.Inbox pull(String consumer, String request) {
    SimulatedBus.Inbox inbox = inbox();
    int heard =
        bus.publish(
            "$JS.API.CONSUMER.MSG.NEXT." + consumer,
            inbox.subject,
            SimulatedBus.bytes(""),
            SimulatedBus.bytes(request));
    if (heard != 1) {
      throw new AssertionError("the pull was heard by " + heard);
    }
    simulation.runReady();
    return inbox;
  }

  void ack(SimulatedBus.Got message, String body) {
    bus.publish(message.reply(), "", SimulatedBus.bytes(""), SimulatedBus.bytes(body));
    simulation.runReady();
  }

  void runMillis(long millis) {
    simulation.runFor(millis * 1_000_000L);
  }
}
