// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance.workers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.testkit.Seeds;
import dev.slipstream.worker.ChildSpec;
import dev.slipstream.worker.Restart;
import dev.slipstream.worker.SimulatedWorkers;
import dev.slipstream.worker.Supervisor;
import dev.slipstream.worker.SupervisorSpec;
import dev.slipstream.worker.WorkerOptions;
import dev.slipstream.worker.WorkerStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A tree of real workers with the real client and the real server, under crashes of all of them, in
 * virtual time.
 */
@ExtendWith(QuietLogs.class)
class WorkerSimulationTest {
  /** What has to happen in some run, or the test would show nothing. */
  private static final List<String> WHAT =
      List.of("messages handled", "messages sent again", "crashes", "restarts", "giving up");

  @Test
  void whateverCrashesEveryMessageIsHandledAndNothingIsLeft() {
    run(2_000);
  }

  @Test
  @Tag("nightly")
  void whateverCrashesEveryMessageIsHandledAndNothingIsLeftForManySeeds() {
    run(100_000);
  }

  private static void run(int seeds) {
    List<long[]> counts = new ArrayList<>();
    Seeds.forEach(seeds, (seed, random) -> counts.add(new Run(seed).run()));
    if (counts.size() >= 100) { // otherwise somebody repeats one of them
      for (int i = 0; i < WHAT.size(); i++) {
        int counted = i;
        assertThat(counts).as(WHAT.get(i)).anyMatch(of -> of[counted] > 0);
      }
    }
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

    private WorkerOptions options() {
      WorkerOptions.Builder options =
          WorkerOptions.builder().connection("gnat").stream(WorkerWorld.STREAM)
              .consumer(WorkerWorld.CONSUMER)
              .connectionRetryTimeout(Duration.ofMillis(100 + random.nextInt(2_000)))
              // without a retry it would be restarted without end and without time passing
              .connectionRetries(1 + random.nextInt(8));
      switch (random.nextInt(6)) {
        case 0 -> options.batchSize(2 + random.nextInt(8));
        case 1 -> options.parallelism(2 + random.nextInt(3));
        case 2 ->
            options
                .parallelism(2 + random.nextInt(3))
                .orderedBy(message -> message.payload()[message.payload().length - 1]);
        case 3 -> options.bareNext(true);
        default -> options.batchSize(1);
      }
      if (random.nextInt(4) == 0) {
        options.keepAlive(Duration.ofMillis(1 + random.nextInt(20_000)));
      }
      if (random.nextInt(4) == 0) {
        options.requestExpires(Duration.ofMillis(1_000 + random.nextInt(30_000)));
      }
      return options.build();
    }

    private SupervisorSpec children(SupervisorSpec spec) {
      SupervisorSpec all = spec;
      int count = 1 + random.nextInt(3);
      for (int i = 0; i < count; i++) {
        TroubledWorker worker = new TroubledWorker(world, options(), random.nextInt(8));
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

    long[] run() {
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
      world.stop(workers);
      return new long[] {
        world.ledger.handled(),
        world.ledger.sentAgain(),
        troubled.stream().mapToLong(TroubledWorker::crashes).sum(),
        restarts.restarted(),
        restarts.givenUp()
      };
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
            world.after(random.nextLong(8_000_000_000L), world::startServer);
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

    /** Nothing fails any more: all there is gets handled. */
    private void heal() {
      troubled.forEach(worker -> worker.calm(true));
      world.wire.refuse(false);
      world.startServer();
      world.publish(1);
      world.awaitAllHandled();
      world.checkSubscriptions(troubled.size());
      assertThat(workers.stopReason()).isEmpty();
    }

    private long now() {
      return world.simulation.clock().nanos();
    }
  }
}
