// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.client.JsMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a worker's life is like where there is no server at all. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WorkersTest {
  private final Workers workers = Workers.create();

  @AfterEach
  void close() {
    workers.close();
  }

  /** Looks for a connection that nobody has, for as long as the argument says. */
  private static class Seeker implements PullWorker<Integer, String> {
    final CompletableFuture<StopReason> terminated = new CompletableFuture<>();

    @Override
    public Init<String> init(Integer retries) throws Exception {
      return Init.ok(
          "state",
          WorkerOptions.builder().connection("nobody").stream("S")
              .consumer("C")
              .connectionRetryTimeout(Duration.ofMillis(1))
              .connectionRetries(retries)
              .build());
    }

    @Override
    public Reply<String> handleMessage(JsMessage message, String state) {
      throw new AssertionError("there is nothing to handle");
    }

    @Override
    public void terminate(StopReason reason, String state) throws Exception {
      terminated.complete(reason);
    }
  }

  private static final class Saying extends Seeker {
    private final Init<String> said;

    Saying(Init<String> said) {
      this.said = said;
    }

    @Override
    public Init<String> init(Integer retries) {
      return said;
    }
  }

  @Test
  void startReturnsWhenInitHas() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    Seeker slow =
        new Seeker() {
          @Override
          public Init<String> init(Integer retries) throws Exception {
            entered.countDown();
            released.await();
            return super.init(retries);
          }
        };
    CompletableFuture<WorkerRef> start =
        CompletableFuture.supplyAsync(() -> workers.start(slow, 1_000_000));
    entered.await();
    assertThat(start).isNotDone();
    released.countDown();
    assertThat(start.get().status()).isEqualTo(WorkerStatus.CONNECTING);
    assertThat(start.get().stopReason()).isEmpty();
  }

  @Test
  void initThatIgnoresHasStoppedWithoutAFailure() {
    WorkerRef ref = workers.start(new Saying(Init.ignore()), 0);
    assertThat(ref.status()).isEqualTo(WorkerStatus.STOPPED);
    assertThat(ref.stopReason()).contains(new StopReason.Ignored());
  }

  @Test
  void initThatStopsFailsTheStartWithItsReason() {
    assertThatThrownBy(() -> workers.start(new Saying(Init.stop("no licence")), 0))
        .isInstanceOfSatisfying(
            StartFailedException.class,
            failure ->
                assertThat(failure.reason()).isEqualTo(new StopReason.Refused("no licence")));
  }

  @Test
  void initThatThrowsFailsTheStartWithWhatItThrew() {
    Seeker broken =
        new Seeker() {
          @Override
          public Init<String> init(Integer retries) throws Exception {
            throw new java.io.IOException("no file");
          }
        };
    assertThatThrownBy(() -> workers.start(broken, 0))
        .isInstanceOf(StartFailedException.class)
        .hasRootCauseMessage("no file");
    assertThat(broken.terminated).isNotDone();
  }

  @Test
  void missingOptionsAreNamedAllAtOnce() {
    Seeker careless =
        new Seeker() {
          @Override
          public Init<String> init(Integer retries) {
            return Init.ok(
                "", WorkerOptions.builder().connectionRetries(-1).inboxPrefix("_ME").build());
          }
        };
    assertThatThrownBy(() -> workers.start(careless, 0))
        .hasRootCauseInstanceOf(IllegalArgumentException.class)
        .hasRootCauseMessage(
            "connection is missing, stream is missing, consumer is missing, connectionRetries is"
                + " negative: -1, inboxPrefix does not end with a dot: '_ME'");
  }

  @Test
  void defaultsAreThoseOfTheDocumentation() {
    WorkerOptions options =
        WorkerOptions.builder().connection("gnat").stream("S").consumer("C").build();
    assertThat(options.connectionRetryTimeout()).isEqualTo(Duration.ofMillis(1000));
    assertThat(options.connectionRetries()).isEqualTo(10);
    assertThat(options.domain()).isEmpty();

    ChildSpec spec = ChildSpec.of(new Seeker(), 1);
    assertThat(spec.id()).isEqualTo(Seeker.class.getName());
    assertThat(spec.restart()).isEqualTo(Restart.PERMANENT);
    assertThat(spec.shutdown()).isEqualTo(Duration.ofSeconds(5));
    SupervisorSpec supervisor = Supervisor.oneForOne();
    assertThat(supervisor.maxRestarts()).isEqualTo(3);
    assertThat(supervisor.restartPeriod()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void aWorkerSaysHowSupervisorsTreatIt() {
    Seeker modest =
        new Seeker() {
          @Override
          public ChildSpec childSpec(ChildSpec usual) {
            return usual.restart(Restart.TRANSIENT).shutdown(Duration.ofSeconds(10)).id("modest");
          }
        };
    ChildSpec spec = ChildSpec.of(modest, 1);
    assertThat(spec.id()).isEqualTo("modest");
    assertThat(spec.restart()).isEqualTo(Restart.TRANSIENT);
    assertThat(spec.shutdown()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void withoutAConnectionItStopsForTimeoutAfterTheLastRetry() throws Exception {
    Seeker seeker = new Seeker();
    WorkerRef ref = workers.start(seeker, 3);
    StopReason reason = ref.stopped().get();
    assertThat(reason)
        .isInstanceOfSatisfying(
            StopReason.Timeout.class,
            timeout -> {
              assertThat(timeout.attempts()).isEqualTo(4);
              assertThat(timeout.last()).hasMessageContaining("'nobody'");
            });
    assertThat(seeker.terminated).isCompletedWithValue(reason);
    assertThat(ref.status()).isEqualTo(WorkerStatus.STOPPED);
  }

  @Test
  void closeReturnsWhenItHasStopped() {
    Seeker seeker = new Seeker();
    WorkerRef ref = workers.start(seeker, 1_000_000);
    ref.close();
    assertThat(seeker.terminated).isCompletedWithValue(new StopReason.Shutdown());
    assertThat(ref.stopReason()).contains(new StopReason.Shutdown());
    ref.close();
  }

  @Test
  void aCallbackThatDoesNotReturnInTimeIsInterruptedAndLetGo() {
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    Seeker stubborn =
        new Seeker() {
          @Override
          public void terminate(StopReason reason, String state) {
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              interrupted.complete(true);
            }
          }
        };
    WorkerRef ref =
        workers.start(ChildSpec.of(stubborn, 1_000_000).shutdown(Duration.ofMillis(500)));
    ref.close();
    assertThat(ref.stopReason()).contains(new StopReason.Killed());
    assertThat(interrupted.join()).isTrue();
  }

  @Test
  void aNameFindsItsOwnerUntilThatHasStopped() {
    WorkerRef ref = workers.start(ChildSpec.of(new Seeker(), 1_000_000).name("orders"));
    assertThat(workers.find("orders").map(WorkerRef::id)).contains(Seeker.class.getName());
    assertThat(workers.names()).containsExactly("orders");
    assertThatThrownBy(() -> workers.start(ChildSpec.of(new Seeker(), 1).id("b").name("orders")))
        .hasRootCauseInstanceOf(NameTakenException.class)
        .hasMessageContaining("taken by " + Seeker.class.getName());
    ref.close();
    assertThat(workers.find("orders")).isEmpty();
    workers.start(ChildSpec.of(new Seeker(), 1_000_000).id("b").name("orders")).close();
  }

  @Test
  void aThousandWorkersShareTwoThreads() throws Exception {
    ForkJoinPool two = (ForkJoinPool) WorkerThreads.platform(2);
    try (Workers few = Workers.builder().executor(two).build()) {
      List<WorkerRef> refs = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        refs.add(few.start(new Seeker(), 1_000_000));
      }
      assertThat(refs).allMatch(ref -> ref.status() == WorkerStatus.CONNECTING);
      assertThat(two.getPoolSize()).isLessThanOrEqualTo(2);
    } finally {
      two.shutdown();
      assertThat(two.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aSupervisorRestartsAWorkerThatStoppedForTimeout() throws Exception {
    CountDownLatch lives = new CountDownLatch(3);
    Seeker seeker =
        new Seeker() {
          @Override
          public Init<String> init(Integer retries) throws Exception {
            lives.countDown();
            return super.init(retries);
          }
        };
    Supervisor tree =
        Supervisor.oneForOne().maxRestarts(2, Duration.ofHours(1)).child(seeker, 1).start(workers);
    lives.await();
    StopReason reason = tree.stopped().get();
    assertThat(reason).isInstanceOf(StopReason.RestartsExceeded.class);
    assertThat(reason.cause()).hasMessageContaining("'nobody'");
    assertThat(tree.children().get(0).starts()).isEqualTo(3);
  }

  @Test
  void aCustomChildIsSupervisedAsWorkersAre() throws Exception {
    AtomicInteger starts = new AtomicInteger();
    CompletableFuture<CompletableFuture<StopReason>> firstLife = new CompletableFuture<>();
    CountDownLatch twoLives = new CountDownLatch(2);
    ChildSpec spec =
        ChildSpec.of(
            "custom",
            (where, id) -> {
              OwnChild child = new OwnChild();
              if (starts.incrementAndGet() == 1) {
                firstLife.complete(child.stopped);
              }
              twoLives.countDown();
              return child;
            });
    Supervisor tree = Supervisor.oneForOne().child(spec).start(workers);
    WorkerRef first = tree.child("custom").orElseThrow();
    firstLife.get().complete(new StopReason.Normal());
    twoLives.await();
    assertThat(first.stopReason()).contains(new StopReason.Normal());
    tree.close();
    assertThat(tree.child("custom")).isEmpty();
    assertThat(tree.stopReason()).contains(new StopReason.Shutdown());
  }

  @Test
  void closingStopsWhatRunsTheNewestFirstAndEndsTheThreads() throws Exception {
    CompletableFuture<Thread> control = new CompletableFuture<>();
    List<String> order = new ArrayList<>();
    Workers own = Workers.create();
    own.start(
        ChildSpec.of(
            "probe",
            (where, id) -> {
              control.complete(Thread.currentThread());
              return new OwnChild();
            }));
    for (String id : List.of("a", "b")) {
      Seeker seeker =
          new Seeker() {
            @Override
            public void terminate(StopReason reason, String state) {
              order.add(id);
            }
          };
      own.start(ChildSpec.of(seeker, 1_000_000).id(id));
    }
    own.close();
    assertThat(order).containsExactly("b", "a");
    control.get().join(TimeUnit.SECONDS.toMillis(10));
    assertThat(control.get().isAlive()).isFalse();
    assertThatThrownBy(() -> own.start(new Seeker(), 1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void continuationsOfTheApplicationDoNotRunOnTheControlThread() throws Exception {
    WorkerRef ref = workers.start(new Seeker(), 1_000_000);
    WorkerRef other = workers.start(ChildSpec.of(new Seeker(), 1_000_000).id("other"));
    CompletableFuture<Void> closedOther = ref.stopped().thenAccept(reason -> other.close());
    ref.close();
    closedOther.get();
    assertThat(other.stopReason()).contains(new StopReason.Shutdown());
  }
}
