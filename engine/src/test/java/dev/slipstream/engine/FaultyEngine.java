// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.base.EventLoop;
import dev.slipstream.protocol.api.AccountLimits;
import dev.slipstream.protocol.wire.Headers;
import dev.slipstream.store.Store;
import dev.slipstream.store.StoreException;
import dev.slipstream.store.StoreOptions;
import dev.slipstream.testkit.FaultyDisk;
import dev.slipstream.testkit.Simulation;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A whole engine on the test's thread whose disk may fail: a request may stay without an answer,
 * and an opening may be refused. Its files are small, so that a short run meets every kind of work
 * behind the log.
 */
final class FaultyEngine {
  private static final Path DIRECTORY = Path.of("/data");
  private static final long TICK_NANOS = 20_000_000;
  private static final long PATIENCE_NANOS = 500_000_000;

  final SplittableRandom random;
  final Simulation simulation;
  final FaultyDisk disk = new FaultyDisk();
  private final int sliceMessages;
  private final EventLoop loop;
  private final EventLoop storageLoop;
  SimulatedBus bus = new SimulatedBus();
  private @Nullable Store store;
  private @Nullable Engine engine;
  private int inboxes;

  /** An engine that is not opened yet. */
  FaultyEngine(long seed) {
    this(seed, EngineOptions.DEFAULT_SLICE_MESSAGES);
  }

  /** The same, in which so many messages leave in a turn. */
  FaultyEngine(long seed, int sliceMessages) {
    this.sliceMessages = sliceMessages;
    random = new SplittableRandom(seed);
    simulation = new Simulation(random);
    loop = simulation.loop("loop");
    storageLoop = simulation.loop("disk");
  }

  /** Opens it on what the disk has. */
  void open() throws StoreException {
    simulation.kill();
    bus = new SimulatedBus();
    Store[] opened = new Store[1];
    Runnable work =
        () -> {
          while (opened[0].runCommit() | opened[0].runStorage()) {
            // until there is nothing to do
          }
        };
    StoreOptions options =
        SmallFiles.options(random)
            .cacheBytes(2 << 10)
            .onWork(() -> storageLoop.execute(work))
            .build();
    opened[0] = Store.open(options, disk, DIRECTORY, simulation.clock());
    store = opened[0];
    List<LoopRandom> randoms = LoopRandom.of(List.of(loop), random);
    Engine made =
        Engine.open(
            EngineOptions.of("sim", "2.15.2").sliceMessages(sliceMessages),
            store,
            List.of(loop),
            List.copyOf(randoms));
    engine = made;
    made.attach("$G", bus, AccountLimits.UNLIMITED);
    randoms.forEach(LoopRandom::started);
    CompletableFuture<Void> ready = new CompletableFuture<>();
    made.start(ready);
    tick(work);
    simulation.runReady();
    if (!ready.isDone()) {
      throw new AssertionError("the engine did not become ready");
    }
  }

  /** What the store's threads look at by themselves now and then. */
  private void tick(Runnable work) {
    work.run();
    storageLoop.schedule(TICK_NANOS, () -> tick(work));
  }

  private Store store() {
    return Objects.requireNonNull(store);
  }

  /** Whether nothing becomes durable any more. */
  boolean isLatched() {
    return store().stats().failure() != null;
  }

  /** Makes a checkpoint, if nothing fails. */
  void checkpoint() {
    store().checkpoint(new CompletableFuture<>());
    simulation.runReady();
  }

  /** Stops cleanly; {@link #open} is the caller's. */
  void stop() {
    CompletableFuture<Void> stopped = new CompletableFuture<>();
    Objects.requireNonNull(engine).stop(stopped);
    simulation.runFor(PATIENCE_NANOS);
    if (!stopped.isDone() && !isLatched()) {
      throw new AssertionError("the engine did not stop");
    }
    checkpoint();
    store().close();
    simulation.kill();
  }

  SimulatedBus.Inbox inbox() {
    return bus.inbox("_INBOX." + ++inboxes);
  }

  void send(String subject, String reply, String payload, String... headers) {
    byte[] block = headers.length == 0 ? new byte[0] : Headers.of(headers).toBytes();
    bus.publish(subject, reply, block, SimulatedBus.bytes(payload));
  }

  /** Sends a request; answers what came back, null when that is nothing. */
  SimulatedBus.@Nullable Got request(String subject, String payload, String... headers) {
    SimulatedBus.Inbox inbox = inbox();
    send(subject, inbox.subject, payload, headers);
    simulation.runReady();
    if (inbox.messages.isEmpty()) {
      simulation.runFor(PATIENCE_NANOS);
    }
    bus.drop(inbox);
    return inbox.messages.isEmpty() ? null : inbox.only();
  }

  /** Sends an API request; answers the answer's text, empty when none came. */
  String api(String subject, String payload) {
    SimulatedBus.Got got = request("$JS.API." + subject, payload);
    return got == null ? "" : got.payload();
  }

  /** Publishes; answers the acknowledgement's text, empty when none came. */
  String publish(String subject, String payload, String... headers) {
    SimulatedBus.Got got = request(subject, payload, headers);
    return got == null ? "" : got.payload();
  }

  /** Pulls what there is at once; the messages alone. */
  List<SimulatedBus.Got> pull(String consumer, int batch) {
    SimulatedBus.Inbox inbox = inbox();
    send(
        "$JS.API.CONSUMER.MSG.NEXT." + consumer,
        inbox.subject,
        "{\"batch\":" + batch + ",\"no_wait\":true}");
    simulation.runReady();
    simulation.runFor(PATIENCE_NANOS);
    bus.drop(inbox);
    return inbox.messages.stream().filter(got -> got.status() == 0).toList();
  }

  void runMillis(long millis) {
    simulation.runFor(millis * 1_000_000L);
  }
}
