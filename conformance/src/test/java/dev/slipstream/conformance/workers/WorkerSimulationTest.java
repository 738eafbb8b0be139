// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance.workers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.client.SimulatedClientLoop;
import dev.slipstream.protocol.api.ConsumerInfo;
import dev.slipstream.testkit.Seeds;
import dev.slipstream.worker.ChildSpec;
import dev.slipstream.worker.Restart;
import dev.slipstream.worker.SimulatedWorkers;
import dev.slipstream.worker.StopReason;
import dev.slipstream.worker.Supervisor;
import dev.slipstream.worker.SupervisorSpec;
import dev.slipstream.worker.WorkerOptions;
import dev.slipstream.worker.WorkerStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A tree of real workers with the real client and the real server, under crashes of all of them, in
 * virtual time.
 */
class WorkerSimulationTest {

  @Test
  void whateverCrashesEveryMessageIsHandledAndNothingIsLeft() {
    Seeds.forEach(2_000, WorkerSimulationTest::run);
  }

  @Test
  @Tag("nightly")
  void whateverCrashesEveryMessageIsHandledAndNothingIsLeftForManySeeds() {
    Seeds.forEach(100_000, WorkerSimulationTest::run);
  }

  private static void run(long seed, RandomGenerator ignored) {
    new Run(seed).run();
  }

  /** One seed. */
  private static final class Run {
    private final WorkerWorld world;
    private final SplittableRandom random;
    private final List<TroubledWorker> troubled = new ArrayList<>();
    private final RestartLedger restarts;
    private final SimulatedWorkers workers;
    private final SupervisorSpec inner;
    private final boolean reconnects;
    private long chaosEndNanos;

    Run(long seed) {
      world = new WorkerWorld(seed, TimeUnit.MILLISECONDS.toNanos(5));
      random = world.random.split();
      int most = random.nextInt(6);
      Duration period = Duration.ofMillis(500 + random.nextInt(30_000));
      restarts = new RestartLedger(world, "inner", most, period.toNanos());
      workers = new SimulatedWorkers(world.simulation, random.split(), world.threads, restarts);
      reconnects = random.nextInt(4) > 0;
      inner = children(strategy().maxRestarts(most, period));
    }

    private SupervisorSpec strategy() {
      return switch (random.nextInt(4)) {
        case 0 -> Supervisor.oneForAll();
        case 1 -> Supervisor.restForOne();
        default -> Supervisor.oneForOne();
      };
    }

    private SupervisorSpec children(SupervisorSpec spec) {
      SupervisorSpec all = spec;
      int count = 1 + random.nextInt(3);
      for (int i = 0; i < count; i++) {
        WorkerOptions options =
            WorkerOptions.builder().connection("gnat").stream(WorkerWorld.STREAM)
                .consumer(WorkerWorld.CONSUMER)
                .connectionRetryTimeout(Duration.ofMillis(100 + random.nextInt(2_000)))
                .connectionRetries(1 + random.nextInt(8))
                .build();
        TroubledWorker worker = new TroubledWorker(world, options, random.nextInt(8));
        troubled.add(worker);
        ChildSpec child = ChildSpec.of(worker).id("worker " + i);
        // what is found by name is closed now and then, and has to begin again
        child =
            random.nextInt(3) == 0 ? child.restart(Restart.TRANSIENT) : child.name("worker " + i);
        if (random.nextInt(4) == 0) {
          child = child.shutdown(Duration.ofMillis(random.nextInt(2_000)));
        }
        all = all.child(child);
      }
      return all;
    }

    void run() {
      world.begin();
      workers.start(
          Supervisor.oneForOne()
              .maxRestarts(SupervisorSpec.MOST_RESTARTS, Duration.ofNanos(1))
              .child(
                  ChildSpec.connection(
                      "gnat",
                      world
                          .connection()
                          .reconnect(reconnects)
                          .onEvent(event -> world.trace.note("connection:", event))
                          .ping(Duration.ofMillis(500 + random.nextInt(10_000)), 2)
                          .build()))
              .child("inner", inner));
      world.runUntil(
          Duration.ofSeconds(10),
          () -> workers.tree().status() == WorkerStatus.RUNNING,
          "starting");
      troubled.forEach(worker -> worker.calm(false));
      chaosEndNanos = now() + TimeUnit.SECONDS.toNanos(20 + random.nextInt(60));
      disturb();
      world.simulation.runFor(chaosEndNanos - now());
      heal();
      stop();
    }

    private void disturb() {
      if (now() >= chaosEndNanos) {
        return;
      }
      world.check();
      switch (random.nextInt(12)) {
        case 0, 1 -> disturbLines();
        case 2 -> {
          if (world.node.isUp()) {
            world.killServer(random.nextBoolean());
            world.after(random.nextLong(8_000_000_000L), this::startServer);
          }
        }
        case 3 -> {
          world.wire.refuse(true);
          world.after(random.nextLong(10_000_000_000L), () -> world.wire.refuse(false));
        }
        case 4 -> workers.workers().find("worker " + random.nextInt(3)).ifPresent(workers::stop);
        case 5 -> workers.dropClient("gnat", random.nextBoolean());
        default -> world.publish(random.nextInt(4));
      }
      world.after(random.nextLong(3_000_000_000L), this::disturb);
    }

    private void disturbLines() {
      FaultyWire.Fault[] faults = FaultyWire.Fault.values();
      world.wire.disturb(faults[random.nextInt(faults.length)], 2);
    }

    private void startServer() {
      if (!world.node.isRunning()) {
        world.startServer();
      }
    }

    /** Nothing fails any more: all there is gets handled. */
    private void heal() {
      troubled.forEach(worker -> worker.calm(true));
      world.wire.refuse(false);
      startServer();
      world.publish(1);
      world.runUntil(Duration.ofMinutes(5), this::isAllSettled, "settling");
      assertThat(workers.stopReason()).isEmpty();
      long last = world.api("STREAM.INFO.S", "").streamInfo().state().lastSeq();
      world.ledger.checkAllSettled(last);
      ConsumerInfo consumer = world.api("CONSUMER.INFO.S.c", "").consumerInfo();
      assertThat(consumer.numPending()).isZero();
      assertThat(consumer.numAckPending()).isZero();
    }

    private boolean isAllSettled() {
      if (!world.isPublished()) {
        return false;
      }
      ConsumerInfo consumer = world.api("CONSUMER.INFO.S.c", "").consumerInfo();
      return consumer.numPending() == 0 && consumer.numAckPending() == 0;
    }

    private void stop() {
      workers.stop(workers.tree());
      world.runUntil(Duration.ofSeconds(30), () -> workers.stopReason().isPresent(), "stopping");
      assertThat(workers.stopReason()).contains(new StopReason.Shutdown());
      world.application().drain(Duration.ofSeconds(5));
      world.simulation.runFor(TimeUnit.MINUTES.toNanos(2)); // whom silence hides from the server
      assertThat(workers.workers().names()).isEmpty();
      assertThat(workers.commands()).isZero();
      assertThat(workers.timers()).as("timers of the workers").isZero();
      assertThat(world.threads.busy()).isZero();
      assertThat(world.clients.alive()).extracting(SimulatedClientLoop::toString).isEmpty();
      assertThat(world.node.connections()).isZero();
      assertThat(world.node.subscriptions()).isZero();
    }

    private long now() {
      return world.simulation.clock().nanos();
    }
  }
}
