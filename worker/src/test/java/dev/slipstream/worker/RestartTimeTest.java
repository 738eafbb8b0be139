// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.client.JsMessage;
import dev.slipstream.protocol.api.ConsumerInfo;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long it takes from a crash until the next life works. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RestartTimeTest extends WorkerFixture {
  private static final int WARM_UP = 50;
  private static final int CRASHES = 200;
  private static final Duration LIMIT = Duration.ofMillis(10);

  /** Hundreds of crashes would hide what else a build says, and take the time of a console. */
  private static final List<Logger> QUIET =
      Stream.of(SupervisorProcess.class, PullWork.class)
          .map(type -> Logger.getLogger(type.getName()))
          .toList();

  @BeforeAll
  static void quiet() {
    QUIET.forEach(logger -> logger.setLevel(Level.OFF));
  }

  @AfterAll
  static void loud() {
    QUIET.forEach(logger -> logger.setLevel(null));
  }

  /** Crashes with every message, and notes when each life has found its consumer. */
  private static final class Fragile implements PullWorker<Void, Integer> {
    final LinkedBlockingQueue<Long> crashed = new LinkedBlockingQueue<>();
    final LinkedBlockingQueue<Long> connected = new LinkedBlockingQueue<>();
    private final WorkerOptions options;

    Fragile(WorkerOptions options) {
      this.options = options;
    }

    @Override
    public Init<Integer> init(Void nothing) {
      return Init.ok(0, options);
    }

    @Override
    public Integer handleConnected(ConsumerInfo consumer, Integer state) {
      connected.add(System.nanoTime());
      return state;
    }

    @Override
    public Reply<Integer> handleMessage(JsMessage message, Integer state) {
      message.ack(); // so that it does not come again
      crashed.add(System.nanoTime());
      throw new IllegalStateException("crash");
    }
  }

  /** How long each of many restarts takes, in order of length. */
  private static long[] sortedNanos(Restarting restart) throws InterruptedException {
    long[] nanos = new long[CRASHES];
    for (int i = 0; i < WARM_UP + CRASHES; i++) {
      long took = restart.nanos();
      if (i >= WARM_UP) {
        nanos[i - WARM_UP] = took;
      }
    }
    Arrays.sort(nanos);
    return nanos;
  }

  /** Crashes once and says how long it took until the next life worked. */
  private interface Restarting {
    long nanos() throws InterruptedException;
  }

  private static void assertQuick(String what, long[] sortedNanos) {
    long median = sortedNanos[CRASHES / 2];
    System.out.printf(
        "%s runs again after %d us in the median, %d us in 99 of 100 cases%n",
        what,
        TimeUnit.NANOSECONDS.toMicros(median),
        TimeUnit.NANOSECONDS.toMicros(sortedNanos[CRASHES * 99 / 100]));
    assertThat(Duration.ofNanos(median)).isLessThan(LIMIT);
  }

  @Test
  void aWorkerThatCrashedHasItsConsumerAgainWithinTenMilliseconds() throws Exception {
    consumer(ACK_WAIT_NANOS);
    Fragile worker = new Fragile(options().build());
    Supervisor.oneForOne()
        .maxRestarts(SupervisorSpec.MOST_RESTARTS, Duration.ofMinutes(1))
        .child(worker)
        .start(workers);
    worker.connected.take();
    assertQuick(
        "a worker",
        sortedNanos(
            () -> {
              publish(1);
              long crashed = worker.crashed.take();
              return worker.connected.take() - crashed;
            }));
  }

  @Test
  void aChildThatCrashedIsStartedAgainAtOnce() throws Exception {
    LinkedBlockingQueue<CompletableFuture<StopReason>> lives = new LinkedBlockingQueue<>();
    LinkedBlockingQueue<Long> begun = new LinkedBlockingQueue<>();
    Supervisor.oneForOne()
        .maxRestarts(SupervisorSpec.MOST_RESTARTS, Duration.ofMinutes(1))
        .child(
            ChildSpec.of(
                "child",
                (where, id) -> {
                  begun.add(System.nanoTime());
                  OwnChild child = new OwnChild();
                  lives.add(child.stopped);
                  return child;
                }))
        .start(workers);
    begun.take();
    StopReason crash = new StopReason.Failed(new IllegalStateException("crash"));
    assertQuick(
        "a child",
        sortedNanos(
            () -> {
              CompletableFuture<StopReason> life = lives.take();
              long crashed = System.nanoTime();
              life.complete(crash);
              return begun.take() - crashed;
            }));
  }
}
