// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.client.ClientOptions;
import dev.slipstream.client.PullConsumer;
import dev.slipstream.testkit.ManualClock;
import dev.slipstream.testkit.ServerProcess;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What metrics are told of workers, connections and supervisors. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WorkerMetricsTest extends WorkerFixture {
  private static final long HANDLING_NANOS = 1_234;

  private final ManualClock clock = new ManualClock();
  private final NotedMetrics metrics = new NotedMetrics();
  private final Workers watched = Workers.builder().metrics(metrics).clock(clock).build();

  @AfterEach
  void closeWatched() {
    watched.close();
  }

  /** Answers a message by its text, and takes a known time for it. */
  private Reply<Integer> answer(String text, Integer state) {
    clock.advance(HANDLING_NANOS);
    return switch (text) {
      case "1" -> Reply.ack(state);
      case "2" -> Reply.nack(state, Duration.ofMinutes(1));
      case "3" -> Reply.term(state, "on purpose");
      case "4" -> Reply.none(state);
      default -> throw new IllegalStateException("on purpose");
    };
  }

  private Recorder answering() {
    return new Recorder(options().build(), (message, state) -> answer(message.text(), state));
  }

  @Test
  void everyWayInWhichAMessageIsHandledIsToldWithItsTime() {
    consumer(ACK_WAIT_NANOS);
    publish(5);
    watched.start(ChildSpec.of(answering(), 0).id("w"));
    metrics.await("w ACK", "w NACK", "w TERM", "w NONE", "w threw IllegalStateException");
    assertThat(metrics.times).hasSize(5).containsOnly(HANDLING_NANOS);
    metrics.await("stopped w Failed");
    assertThat(metrics.notes.subList(0, 2)).containsExactly("began w", "started w");
  }

  @Test
  void aMessageWhoseWorkerWasKilledIsNotTold() throws Exception {
    PullConsumer consumer = consumer(TimeUnit.MILLISECONDS.toNanos(300));
    publish(1);
    CountDownLatch entered = new CountDownLatch(1);
    CompletableFuture<Boolean> left = new CompletableFuture<>();
    Recorder stubborn =
        new Recorder(
            options().build(),
            (message, state) -> {
              entered.countDown();
              try {
                new CountDownLatch(1).await();
                return Reply.ack(state);
              } finally {
                left.complete(true);
              }
            });
    WorkerRef ref = watched.start(ChildSpec.of(stubborn, 0).id("w").shutdown(ChildSpec.BRUTAL));
    entered.await();
    ref.close();
    assertThat(left.join()).isTrue();
    consumer.next(Duration.ofSeconds(10)).orElseThrow();
    metrics.await("stopped w Killed");
    assertThat(metrics.times).isEmpty();
  }

  @Test
  void livesAreToldFromTheirBeginToTheirEndAndMayBeAsked() {
    consumer(ACK_WAIT_NANOS);
    Recorder idle = new Recorder(options().build(), (message, state) -> Reply.ack(state));
    Supervisor tree = Supervisor.oneForOne().child(ChildSpec.of(idle, 0).id("w")).start(watched);
    WorkerRef life = metrics.lives.get("w");
    Recorder.awaitStatus(life, WorkerStatus.RUNNING);
    assertThat(metrics.lives.get(tree.id())).isInstanceOf(Supervisor.class);
    tree.close();
    assertThat(life.status()).isEqualTo(WorkerStatus.STOPPED);
    metrics.await(
        "began " + tree.id(),
        "began w",
        "started w",
        "started " + tree.id(),
        "stopped w Shutdown",
        "stopped " + tree.id() + " Shutdown");
    assertThat(metrics.notes).hasSize(6);
  }

  @Test
  void aStartThatFailsOrIsNotWantedHasStoppedWithoutHavingStarted() {
    ChildSpec broken =
        ChildSpec.of(
            "broken",
            (where, id) -> {
              throw new IllegalStateException("on purpose");
            });
    assertThatThrownBy(() -> watched.start(broken)).isInstanceOf(StartFailedException.class);
    metrics.await("began broken", "stopped broken Failed");
    watched.start(ChildSpec.of("unwilling", (where, id) -> new Unwilling(id)));
    metrics.await("began unwilling", "stopped unwilling Ignored");
    assertThat(metrics.notes).hasSize(4);
  }

  private static final class Unwilling extends ChildProcess {
    Unwilling(String id) {
      super(id);
      declined();
    }

    @Override
    public void stop() {}

    @Override
    public void kill() {}
  }

  @Test
  void restartsAreToldAndTheLastOneIsASupervisorThatGaveUp() {
    consumer(ACK_WAIT_NANOS);
    publish(9);
    Recorder broken =
        new Recorder(
            options().build(),
            (message, state) -> {
              throw new IllegalStateException("on purpose");
            });
    Supervisor tree =
        Supervisor.oneForOne()
            .maxRestarts(2, Duration.ofHours(1))
            .child(ChildSpec.of(broken, 0).id("w"))
            .start(watched);
    assertThat(tree.stopped().join()).isInstanceOf(StopReason.RestartsExceeded.class);
    String top = tree.id();
    metrics.await(
        top + " restarts w Failed",
        top + " restarts w Failed",
        top + " gave up for w Failed",
        "stopped " + top + " RestartsExceeded");
    assertThat(metrics.notes).filteredOn(note -> note.equals("started w")).hasSize(3);
    assertThat(metrics.notes).filteredOn(note -> note.contains(" restarts ")).hasSize(2);
  }

  @Test
  void attemptsThatFailAreToldOfWorkersAndConnections() {
    ClientOptions nowhere = ClientOptions.of("nats://127.0.0.1:" + ServerProcess.freePort());
    watched.start(ChildSpec.connection("gnat", nowhere));
    metrics.await("attempt of gnat ConnectFailedException");
    Recorder seeker =
        new Recorder(
            options().connection("gnat").connectionRetries(1).build(),
            (message, state) -> Reply.ack(state));
    watched.start(ChildSpec.of(seeker, 0).id("w"));
    metrics.await(
        "attempt of w ConnectionLostException",
        "attempt of w ConnectionLostException",
        "stopped w Timeout");
  }

  @Test
  void metricsThatThrowHarmNobody() {
    PullConsumer consumer = consumer(ACK_WAIT_NANOS);
    publish(2);
    NotedMetrics broken =
        new NotedMetrics() {
          @Override
          public void began(WorkerRef life) {
            super.began(life);
            throw new IllegalStateException("on purpose");
          }

          @Override
          public HandlingMetrics handling(String child) {
            return new HandlingMetrics() {
              @Override
              public void handled(Reply.Action said, long nanos) {
                notes.add(child + " " + said);
                throw new AssertionError("on purpose");
              }
            };
          }
        };
    try (Workers suffering = Workers.builder().metrics(broken).build()) {
      Recorder recorder = new Recorder(options().build(), (message, state) -> Reply.ack(state));
      suffering.start(ChildSpec.of(recorder, 0).id("w"));
      awaitInfo(consumer, info -> info.ackFloor().streamSeq() == 2);
      broken.await("w ACK", "w ACK", "began w", "started w");
    }
    assertThat(broken.notes).filteredOn("w ACK"::equals).hasSize(2);
  }

  @Test
  void withoutMetricsNobodyAsksForTheTime() {
    clock.advance(HANDLING_NANOS);
    WorkerWatch lives = new WorkerWatch(new WorkerMetrics() {}, clock);
    assertThat(lives.handling("w").begins()).isZero();
    assertThat(WorkerWatch.NONE.handling("w").begins()).isZero();
    assertThat(new WorkerWatch(metrics, clock).handling("w").begins()).isEqualTo(clock.nanos());
  }
}
