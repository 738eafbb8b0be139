// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.base.EventLoop;
import dev.slipstream.engine.Engine;
import dev.slipstream.engine.EngineOptions;
import dev.slipstream.protocol.api.AccountLimits;
import dev.slipstream.protocol.wire.Transport;
import dev.slipstream.server.config.ServerConfig;
import dev.slipstream.server.config.ServerConfigBuilder;
import dev.slipstream.store.Store;
import dev.slipstream.store.StoreException;
import dev.slipstream.store.StoreOptions;
import dev.slipstream.testkit.FaultyDisk;
import dev.slipstream.testkit.Simulation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A whole server with JetStream in virtual time: its connections and router, the engine and the
 * store, on loops of a simulation and a disk that forgets what was not synced.
 *
 * <p>It can be killed at any moment and started again on what the disk has. Clients reach it by
 * transports without sockets. Owner: the thread of the test.
 */
public final class SimulatedNode {
  private static final Path DIRECTORY = Path.of("/data");

  /** How often the store's workers look for work that nobody told them of. */
  private static final long TICK_NANOS = 1_000_000_000;

  private final Simulation simulation;
  private final SplittableRandom random;
  private final ServerConfig config;
  private final FaultyDisk files = new FaultyDisk();
  private final int loopCount;
  private List<EventLoop> loops = List.of();
  private @Nullable EventLoop storageLoop;
  private List<ServerLoop> serverLoops = List.of();
  private @Nullable ServerContext context;
  private @Nullable Accounts accounts;
  private boolean running;
  private boolean up;
  private int starts;

  /** A server that was never started. */
  public SimulatedNode(Simulation simulation, SplittableRandom random, int loopCount, String text) {
    this.simulation = simulation;
    this.random = random;
    ServerConfigBuilder builder = ServerConfig.builder();
    builder.readText(text);
    config = builder.build();
    this.loopCount = loopCount;
  }

  /** Starts the server on what the disk has; it takes clients once its engine is ready. */
  public void start() {
    List<EventLoop> fresh = new ArrayList<>();
    List<RandomGenerator> randoms = new ArrayList<>();
    for (int i = 0; i < loopCount; i++) {
      fresh.add(simulation.loop("server " + i));
      randoms.add(random.split());
    }
    loops = fresh;
    EventLoop disk = simulation.loop("disk");
    storageLoop = disk;
    List<ServerLoop> shards = ServerLoop.of(fresh, randoms);
    Accounts made = new Accounts(config, shards);
    serverLoops = shards;
    accounts = made;
    context =
        new ServerContext(
            ServerIdentity.of(config, true, random),
            config,
            new Authenticator(config.authorization(), made, config.noAuthUser()),
            Runnable::run);
    int start = ++starts;
    running = true;
    fresh.get(0).execute(() -> made.open(shards.get(0), () -> {}));
    try {
      Store store = openStore(disk);
      Engine engine =
          Engine.open(EngineOptions.of("sim", "2.15.2"), store, fresh, List.copyOf(randoms));
      engine.attach("$G", made.global().router(), AccountLimits.UNLIMITED);
      CompletableFuture<Void> ready = new CompletableFuture<>();
      ready.thenRun(() -> up = start == starts);
      engine.start(ready);
    } catch (StoreException unusable) {
      throw new AssertionError(unusable);
    }
  }

  private Store openStore(EventLoop worker) throws StoreException {
    Store[] opened = new Store[1];
    Runnable work =
        () -> {
          while (opened[0].runCommit() | opened[0].runStorage()) {
            // until there is nothing to do
          }
        };
    StoreOptions options = StoreOptions.builder().onWork(() -> worker.execute(work)).build();
    opened[0] = Store.open(options, files, DIRECTORY, simulation.clock());
    tick(worker, work);
    return opened[0];
  }

  private void tick(EventLoop worker, Runnable work) {
    work.run();
    worker.schedule(TICK_NANOS, () -> tick(worker, work));
  }

  /** Kills the process with all its connections, which hear nothing, and loses power. */
  public void kill() {
    running = false;
    up = false;
    starts++;
    loops.forEach(simulation::remove);
    simulation.remove(Objects.requireNonNull(storageLoop));
    files.crash(random);
  }

  /** Whether it was started and not killed since. */
  public boolean isRunning() {
    return running;
  }

  /** Whether clients are taken. */
  public boolean isUp() {
    return up;
  }

  /**
   * Connects a client; its receiver is called on {@code readers}.
   *
   * @throws IllegalStateException when the server does not run
   */
  public Transport connect(EventLoop readers) {
    if (!up) {
      throw new IllegalStateException("connection refused");
    }
    ServerContext serving = Objects.requireNonNull(context);
    ServerLoop loop = serverLoops.get(random.nextInt(serverLoops.size()));
    InProcessLink link = new InProcessLink(loop.loop(), readers::execute);
    loop.loop()
        .execute(
            () -> {
              ClientConnection connection = new ClientConnection(serving, loop, link);
              link.attach(connection);
              connection.start();
            });
    return link.client();
  }

  /** How many clients the server takes for connected. */
  public int connections() {
    return Objects.requireNonNull(context).connections();
  }

  /** How many subscriptions all clients have; the simulation has to be quiet. */
  public int subscriptions() {
    return serverLoops.stream()
        .flatMap(loop -> loop.connections().values().stream())
        .mapToInt(connection -> connection.figures(true, null).subscriptions().size())
        .sum();
  }

  /** Timers of the server that lie ahead, without those of its store. */
  public long timers() {
    return loops.stream().mapToLong(simulation::timers).sum();
  }
}
