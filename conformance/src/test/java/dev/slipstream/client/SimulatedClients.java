// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.wire.Transport;
import dev.slipstream.testkit.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Real clients whose loops, handlers, clock and randomness are those of a simulation.
 *
 * <p>Owner: the thread of the test.
 */
public final class SimulatedClients {
  private final Simulation simulation;
  private final SplittableRandom random;
  private final Executor threads;
  private final List<SimulatedClientLoop> loops = new ArrayList<>();
  private int tokens;

  /** Clients whose handlers run on {@code threads}. */
  public SimulatedClients(Simulation simulation, SplittableRandom random, Executor threads) {
    this.simulation = simulation;
    this.random = random;
    this.threads = threads;
  }

  /** Options of a client that reaches its server by {@code transports}. */
  public ClientOptions.Builder options(String name, Supplier<Transport> transports) {
    return ClientOptions.builder()
        .name(name)
        .transport(transports)
        .executor(threads)
        .clock(simulation.clock())
        .random(random.split())
        .tokens(() -> "t" + ++tokens)
        .loops((label, clock) -> add(new SimulatedClientLoop(simulation, label)));
  }

  private SimulatedClientLoop add(SimulatedClientLoop loop) {
    loops.removeIf(SimulatedClientLoop::hasEnded);
    loops.add(loop);
    return loop;
  }

  /** The loops that have not ended, each of which is a client's thread. */
  public List<SimulatedClientLoop> alive() {
    loops.removeIf(SimulatedClientLoop::hasEnded);
    return List.copyOf(loops);
  }
}
