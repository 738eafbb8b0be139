// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Children that are added to a supervisor that runs, on threads and with a server. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DynamicWorkersTest extends WorkerFixture {

  /** A worker that looks for a connection that nobody has. */
  private static ChildSpec seeker(String id) {
    return ChildSpec.of((InitOnly) argument -> InitOnly.seeking(), 0).id(id);
  }

  @Test
  void aThousandChildrenAreAddedInOrderWithinSeconds() {
    Supervisor pool = Supervisor.oneForOne().start(workers);
    List<String> ids = IntStream.range(0, 1000).mapToObj(i -> "worker-" + i).toList();
    long began = System.nanoTime();
    for (String id : ids) {
      assertThat(pool.startChild(seeker(id)).status()).isEqualTo(WorkerStatus.CONNECTING);
    }
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    assertThat(took).isLessThan(Duration.ofSeconds(5));
    assertThat(pool.children()).extracting(ChildState::id).isEqualTo(ids);
    pool.close();
    assertThat(pool.children()).extracting(ChildState::status).containsOnly(WorkerStatus.STOPPED);
  }

  @Test
  void aSpecificationOfTenThousandChildrenIsMadeAtOnce() {
    List<ChildSpec> children =
        IntStream.range(0, 10_000).mapToObj(i -> seeker("worker-" + i)).toList();
    assertThat(Supervisor.oneForOne().children(children).children()).isEqualTo(children);
    List<ChildSpec> twice = new ArrayList<>(children.subList(0, 9_999));
    twice.add(seeker("worker-0"));
    assertThatThrownBy(() -> Supervisor.oneForOne().children(twice))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'worker-0'");
  }

  @Test
  void aChildIsAddedStoppedStartedAgainAndDeleted() throws Exception {
    Supervisor pool = Supervisor.oneForOne().start(workers);
    WorkerRef first = pool.startChild(seeker("a").name("alpha"));
    assertThat(workers.find("alpha").map(WorkerRef::id)).contains("a");
    pool.stopChild("a");
    assertThat(first.stopReason()).contains(new StopReason.Shutdown());
    assertThat(workers.find("alpha")).isEmpty();
    WorkerRef second = pool.restartChild("a");
    assertThat(second.status()).isEqualTo(WorkerStatus.CONNECTING);
    ChildRefusedException refused =
        catchThrowableOfType(ChildRefusedException.class, () -> pool.deleteChild("a"));
    assertThat(refused.why()).isEqualTo(ChildRefusedException.Why.RUNNING);
    assertThat(refused).hasMessage("'a' is CONNECTING; stop it first");
    pool.stopChild("a");
    pool.deleteChild("a");
    assertThat(pool.children()).isEmpty();
    assertThat(second.stopped().get()).isEqualTo(new StopReason.Shutdown());
  }

  @Test
  void aStartThatFailsThrowsInTheCallerAndOneThatIgnoresHasStopped() {
    Supervisor pool = Supervisor.oneForOne().start(workers);
    ChildSpec broken =
        ChildSpec.of(
            "broken",
            (where, id) -> {
              throw new java.io.IOException("no file");
            });
    assertThatThrownBy(() -> pool.startChild(broken))
        .isInstanceOf(StartFailedException.class)
        .hasRootCauseMessage("no file");
    assertThat(pool.children()).isEmpty();

    WorkerRef ignoring = pool.startChild((InitOnly) argument -> Init.ignore(), 0);
    assertThat(ignoring.stopReason()).contains(new StopReason.Ignored());
  }

  @Test
  void anInterruptEndsTheWaitingAndTheChildThatWasBeingStarted() throws Exception {
    Supervisor pool = Supervisor.oneForOne().start(workers);
    CountDownLatch entered = new CountDownLatch(1);
    CompletableFuture<Boolean> interruptedInit = new CompletableFuture<>();
    InitOnly slow =
        argument -> {
          entered.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            interruptedInit.complete(true);
          }
          return Init.ignore();
        };
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                pool.startChild(ChildSpec.of(slow, 1).id("slow"));
                thrown.completeExceptionally(new AssertionError("it started"));
              } catch (IllegalStateException interrupted) {
                thrown.complete(interrupted);
              }
            });
    caller.start();
    entered.await();
    caller.interrupt();
    assertThat(thrown.get()).hasMessageContaining("interrupted");
    assertThat(interruptedInit.get()).isTrue();
    WorkerRef next = pool.startChild(seeker("next")); // commands go on
    assertThat(pool.children()).extracting(ChildState::id).containsExactly("next");
    next.close();
  }

  @Test
  void aHandlerAddsChildrenAndStopsItsOwnWorkerWithoutWaitingForItself() {
    consumer(ACK_WAIT_NANOS);
    publish(1);
    CompletableFuture<Supervisor> tree = new CompletableFuture<>();
    Recorder recorder =
        new Recorder(
            options().build(),
            (message, state) -> {
              Supervisor supervisor = tree.join();
              supervisor.startChild(seeker("added"));
              supervisor.stopChild("self");
              return Reply.ack(state);
            });
    Supervisor supervisor =
        Supervisor.oneForOne()
            .child(ChildSpec.of(recorder, 0).id("self").shutdown(ChildSpec.UNLIMITED))
            .start(workers);
    WorkerRef self = supervisor.child("self").orElseThrow();
    tree.complete(supervisor);
    assertThat(self.stopped().join()).isEqualTo(new StopReason.Shutdown());
    assertThat(supervisor.children()).extracting(ChildState::id).containsExactly("self", "added");
    supervisor.deleteChild("self"); // it was not restarted
  }

  @Test
  void initThatAsksTheSupervisorThatWaitsForItIsRefused() {
    Supervisor pool = Supervisor.oneForOne().start(workers);
    InitOnly impatient =
        argument -> {
          pool.startChild(seeker("other"));
          return Init.ignore();
        };
    StartFailedException failure =
        catchThrowableOfType(
            StartFailedException.class,
            () -> pool.startChild(ChildSpec.of(impatient, 1).id("impatient")));
    assertThat(failure.reason().cause())
        .isInstanceOfSatisfying(
            ChildRefusedException.class,
            refused ->
                assertThat(refused.why()).isEqualTo(ChildRefusedException.Why.WAITS_FOR_CALLER));
  }

  @Test
  void aHandlerThatClosesTheTreeAboveItDoesNotWaitForItself() {
    consumer(ACK_WAIT_NANOS);
    publish(1);
    CompletableFuture<Supervisor> tree = new CompletableFuture<>();
    Recorder recorder =
        new Recorder(
            options().build(),
            (message, state) -> {
              tree.join().close();
              return Reply.ack(state);
            });
    Supervisor supervisor =
        Supervisor.oneForOne()
            .child(
                "inner",
                Supervisor.oneForOne()
                    .child(ChildSpec.of(recorder, 0).shutdown(ChildSpec.UNLIMITED)))
            .start(workers);
    tree.complete(supervisor);
    assertThat(supervisor.stopped().join()).isEqualTo(new StopReason.Shutdown());
    assertThat(recorder.terminated).isCompletedWithValue(new StopReason.Shutdown());
  }

  @Test
  void theThreadOfTheSupervisorsIsNotWaitedOn() {
    Supervisor pool = Supervisor.oneForOne().start(workers);
    ChildSpec careless =
        ChildSpec.of(
            "careless",
            (where, id) -> {
              pool.startChild(seeker("other"));
              return new OwnChild();
            });
    assertThatThrownBy(() -> pool.startChild(careless))
        .hasRootCauseInstanceOf(IllegalStateException.class)
        .hasRootCauseMessage("the thread of the supervisors must not wait");
  }

  @Test
  void whatWasAddedToAnInnerSupervisorIsGoneWithItsLife() throws Exception {
    Supervisor tree =
        Supervisor.oneForOne()
            .child("pool", Supervisor.oneForOne().maxRestarts(0, Duration.ofSeconds(5)))
            .start(workers);
    Supervisor pool = tree.supervisor("pool").orElseThrow();
    CompletableFuture<CompletableFuture<StopReason>> fragile = new CompletableFuture<>();
    pool.startChild(
        ChildSpec.of(
            "fragile",
            (where, id) -> {
              OwnChild child = new OwnChild();
              fragile.complete(child.stopped);
              return child;
            }));
    fragile.get().complete(new StopReason.Failed(new IllegalStateException("broken")));
    assertThat(pool.stopped().get()).isInstanceOf(StopReason.RestartsExceeded.class);
    ChildRefusedException refused =
        catchThrowableOfType(
            ChildRefusedException.class, () -> pool.startChild(seeker("too late")));
    assertThat(refused.why()).isEqualTo(ChildRefusedException.Why.SUPERVISOR_STOPPED);
    tree.stopChild("pool"); // whatever was under way is done after this
    Supervisor next = (Supervisor) tree.restartChild("pool");
    assertThat(next.children()).isEmpty();
    assertThat(next).isNotSameAs(pool);
  }
}
