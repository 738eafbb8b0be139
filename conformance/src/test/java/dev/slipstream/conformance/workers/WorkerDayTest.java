// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance.workers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.client.ClientEvent;
import dev.slipstream.client.ClientMetrics;
import dev.slipstream.client.DeliveryMetrics;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.Origin;
import dev.slipstream.client.SimulatedClientLoop;
import dev.slipstream.testkit.Seeds;
import dev.slipstream.worker.ChildSpec;
import dev.slipstream.worker.SimulatedWorkers;
import dev.slipstream.worker.StopReason;
import dev.slipstream.worker.Supervisor;
import dev.slipstream.worker.WorkerMetrics;
import dev.slipstream.worker.WorkerOptions;
import dev.slipstream.worker.WorkerRef;
import dev.slipstream.worker.WorkerStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * One worker for a whole day of virtual time, with connections and servers that are lost: nothing
 * piles up, no schedule drifts, and no alarm is without a cause.
 */
@ExtendWith(QuietLogs.class)
class WorkerDayTest {

  @Test
  void aDayWithLossesLeavesNothingBehindAndRaisesNoAlarmWithoutACause() {
    Seeds.forEach(2, WorkerDayTest::run);
  }

  @Test
  @Tag("nightly")
  void daysWithLossesLeaveNothingBehindAndRaiseNoAlarmWithoutACause() {
    Seeds.forEach(200, WorkerDayTest::run);
  }

  private static void run(long seed, RandomGenerator ignored) {
    new Day(seed).run();
  }

  /** What is counted every hour. */
  private record Sample(
      long objects, long clientTimers, long workerTimers, int subscriptions, int connections) {}

  /** One seed. */
  private static final class Day implements WorkerMetrics, ClientMetrics {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** After so long the server has given up every connection that is no more. */
    private static final long CALM_NANOS = 90 * SECOND;

    private static final long HOUR = TimeUnit.HOURS.toNanos(1);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration PING = WorkerWorld.PING.multipliedBy(6);
    private static final long MOST_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /** Expires 5 s, heartbeats every 2.5 s, silence after two of them. */
    private static final long SILENCE_NANOS = 5 * SECOND;

    private final WorkerWorld world;
    private final SplittableRandom random;
    private final SimulatedWorkers workers;
    private final TroubledWorker worker;
    private final List<Sample> samples = new ArrayList<>();
    private long endNanos;
    private long lastRetryNanos = -1;
    private int losses;
    private int alarms;
    private int retries;
    private int signsOfLife;

    Day(long seed) {
      world = new WorkerWorld(seed, MOST_DELAY_NANOS, this::onSignOfLife);
      random = world.random.split();
      workers = new SimulatedWorkers(world.simulation, random.split(), world.threads, this);
      worker =
          new TroubledWorker(
              world,
              WorkerOptions.builder().connection("gnat").stream(WorkerWorld.STREAM)
                  .consumer(WorkerWorld.CONSUMER)
                  .connectionRetryTimeout(RETRY)
                  .build(),
              0);
    }

    void run() {
      world.begin();
      workers.start(
          Supervisor.oneForOne()
              .maxRestarts(1, Duration.ofSeconds(5))
              .child(
                  ChildSpec.connection(
                      "gnat", world.connection().ping(PING, 2).metrics(this).build()))
              .child(ChildSpec.of(worker)));
      world.runUntil(
          Duration.ofSeconds(10),
          () -> workers.tree().status() == WorkerStatus.RUNNING,
          "starting");
      endNanos = now() + 24 * HOUR;
      publishLater();
      loseLater();
      while (now() < endNanos) {
        world.simulation.runFor(HOUR);
        settle();
        sample();
      }
      assertThat(losses).isGreaterThan(50);
      assertThat(retries).as("retries whose distance was checked").isGreaterThan(50);
      assertThat(signsOfLife).isGreaterThan(1_000);
      assertThat(alarms).as("alarms, all of them with a cause").isPositive();
      checkNothingGrows();
      world.awaitAllHandled();
      world.stop(workers);
    }

    private void publishLater() {
      world.after(
          random.nextLong(60 * SECOND),
          () -> {
            if (now() < endNanos) {
              world.publish(random.nextInt(5));
              publishLater();
            }
          });
    }

    private void loseLater() {
      world.after(
          random.nextLong(20 * 60 * SECOND),
          () -> {
            if (now() < endNanos) {
              lose();
              loseLater();
            }
          });
    }

    private void lose() {
      losses++;
      switch (random.nextInt(6)) {
        case 0 -> {
          if (world.node.isRunning()) {
            world.killServer(random.nextBoolean());
          }
          world.after(random.nextLong(20 * SECOND), world::startServer);
        }
        case 1 -> {
          world.wire.disturb(FaultyWire.Fault.CUT, 1);
          world.wire.refuse(true);
          world.after(random.nextLong(10 * SECOND), () -> world.wire.refuse(false));
        }
        default -> {
          FaultyWire.Fault[] faults = FaultyWire.Fault.values();
          world.wire.disturb(faults[random.nextInt(faults.length)], 1);
        }
      }
    }

    // --- alarms and schedules

    @Override
    public DeliveryMetrics deliveries(Origin origin) {
      return new DeliveryMetrics() {
        @Override
        public void heartbeatsMissed(int inARow) {
          alarms++;
          long ago = now() - world.wire.lastHurtNanos();
          if (ago > SILENCE_NANOS) {
            world.fail(
                new AssertionError("an alarm, " + ago / 1_000_000 + " ms after all was well"));
          }
        }
      };
    }

    /** However long a line lasts, pings keep to the schedule that its first one began. */
    private void onSignOfLife(long sinceFirstNanos) {
      if (now() >= endNanos) {
        return; // a client that closes asks whether all has arrived
      }
      signsOfLife++;
      long interval = WorkerWorld.PING.toNanos(); // that of the workers is a multiple of it
      long off = sinceFirstNanos % interval;
      if (Math.min(off, interval - off) > MOST_DELAY_NANOS) {
        world.fail(new AssertionError("a ping " + off / 1_000_000 + " ms late"));
      }
    }

    /** While there is no connection, the worker looks for one exactly as often as it was told. */
    @Override
    public void attemptFailed(String child, Throwable why) {
      long now = now();
      boolean atOnce = String.valueOf(why.getMessage()).contains("the connection is");
      if (lastRetryNanos >= 0 && atOnce) {
        retries++;
        if (now - lastRetryNanos != RETRY.toNanos()) {
          world.fail(new AssertionError("attempts " + (now - lastRetryNanos) + " ns apart"));
        }
      }
      lastRetryNanos = atOnce ? now : -1;
    }

    @Override
    public void event(ClientEvent event) {
      if (!(event instanceof ClientEvent.AttemptFailed)) {
        lastRetryNanos = -1; // what comes or goes has the worker look at once
      }
    }

    @Override
    public void stopped(WorkerRef life, StopReason reason) {
      lastRetryNanos = -1;
    }

    // --- what is kept

    /** Waits until everybody is connected and nothing is under way. */
    private void settle() {
      world.runUntil(
          Duration.ofMinutes(10),
          () -> now() - world.wire.lastHurtNanos() > CALM_NANOS && workers.isRunning("gnat"),
          "an hour's calm");
    }

    private void sample() {
      NatsClient client = workers.client("gnat");
      samples.add(
          new Sample(
              ObjectCount.from(client, workers.workers()),
              world.clients.alive().stream().mapToLong(SimulatedClientLoop::timers).sum(),
              workers.timers(),
              world.node.subscriptions(),
              world.node.connections()));
      world.trace.note(samples.get(samples.size() - 1));
    }

    private void checkNothingGrows() {
      Sample bound = most(samples.subList(0, 4));
      Sample later = most(samples.subList(4, samples.size()));
      assertThat(later.objects).isLessThanOrEqualTo(bound.objects + bound.objects / 10);
      assertThat(later.clientTimers).isLessThanOrEqualTo(bound.clientTimers + 4);
      assertThat(later.workerTimers).isLessThanOrEqualTo(bound.workerTimers + 1);
      assertThat(later.subscriptions).isLessThanOrEqualTo(bound.subscriptions + 1);
      assertThat(later.connections).isLessThanOrEqualTo(bound.connections + 1);
    }

    private static Sample most(List<Sample> of) {
      return of.stream()
          .reduce(
              new Sample(0, 0, 0, 0, 0),
              (a, b) ->
                  new Sample(
                      Math.max(a.objects, b.objects),
                      Math.max(a.clientTimers, b.clientTimers),
                      Math.max(a.workerTimers, b.workerTimers),
                      Math.max(a.subscriptions, b.subscriptions),
                      Math.max(a.connections, b.connections)));
    }

    private long now() {
      return world.simulation.clock().nanos();
    }
  }
}
