// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.base.EventLoop;
import dev.slipstream.server.config.ServerConfig;
import dev.slipstream.server.config.ServerConfigBuilder;
import dev.slipstream.testkit.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** A server without sockets on simulated loops. */
final class SimulatedServer {
  private final Simulation simulation;
  private final List<ServerLoop> loops;
  private final Accounts accounts;
  private final ServerContext context;

  SimulatedServer(long seed, int loopCount, String configuration) {
    ServerConfigBuilder builder = ServerConfig.builder();
    builder.readText(configuration);
    ServerConfig config = builder.build();
    RandomGenerator random = new SplittableRandom(seed);
    simulation = new Simulation(random);
    List<EventLoop> eventLoops = new ArrayList<>();
    List<RandomGenerator> randoms = new ArrayList<>();
    for (int i = 0; i < loopCount; i++) {
      eventLoops.add(simulation.loop("loop " + i));
      randoms.add(random);
    }
    loops = ServerLoop.of(eventLoops, randoms);
    accounts = new Accounts(config, loops);
    context =
        new ServerContext(
            ServerIdentity.of(config, false, random),
            config,
            new Authenticator(config.authorization(), accounts, config.noAuthUser()),
            Runnable::run);
    on(0, () -> accounts.open(loops.get(0), () -> {}));
    simulation.runReady();
  }

  Simulation simulation() {
    return simulation;
  }

  /** The subject space of clients that belong to no account. */
  Router router() {
    return accounts.global().router();
  }

  ServerContext context() {
    return context;
  }

  ServerLoop loop(int index) {
    return loops.get(index);
  }

  /** Runs something on a loop, when its turn comes. */
  void on(int loop, Runnable task) {
    loops.get(loop).loop().execute(task);
  }

  /** A client of a loop, greeted already. */
  SimulatedClient client(int loop) {
    SimulatedClient client = new SimulatedClient(this, loops.get(loop));
    simulation.runReady();
    return client;
  }
}
