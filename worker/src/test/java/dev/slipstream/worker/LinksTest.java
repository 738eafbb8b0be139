// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lives that end together, without a server. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LinksTest {
  private static final StopReason BROKEN =
      new StopReason.Failed(new IllegalStateException("broken"));

  private final Workers workers = Workers.create();

  @AfterEach
  void close() {
    workers.close();
  }

  /** A worker that starts {@code linked} in its {@code init} and then runs. */
  private ChildSpec starter(String id, ChildSpec linked, CompletableFuture<WorkerRef> ref) {
    InitOnly starter =
        argument -> {
          ref.complete(workers.startLinked(linked));
          return InitOnly.seeking();
        };
    return ChildSpec.of(starter, 0).id(id);
  }

  private static ChildSpec own(String id, OwnChild child) {
    return ChildSpec.of(id, (where, given) -> child);
  }

  @Test
  void anAbnormalStopOfTheLinkedOneStopsItsStarterForAReasonThatNamesIt() {
    OwnChild child = new OwnChild();
    CompletableFuture<WorkerRef> linked = new CompletableFuture<>();
    WorkerRef starter = workers.start(starter("starter", own("linked", child), linked));
    assertThat(linked.join().status()).isEqualTo(WorkerStatus.RUNNING);
    child.stopped.complete(BROKEN);
    StopReason reason = starter.stopped().join();
    assertThat(reason).isEqualTo(new StopReason.Linked("linked", BROKEN));
    assertThat(reason.isAbnormal()).isTrue();
    assertThat(reason.cause()).hasMessage("broken");
    assertThat(linked.join().stopReason()).contains(BROKEN);
  }

  @Test
  void terminateIsToldThatItIsForTheLinkedOne() {
    OwnChild child = new OwnChild();
    CompletableFuture<StopReason> told = new CompletableFuture<>();
    InitOnly starter =
        new InitOnly() {
          @Override
          public Init<Integer> init(Integer argument) {
            workers.startLinked(own("linked", child));
            return InitOnly.seeking();
          }

          @Override
          public void terminate(StopReason reason, Integer state) {
            told.complete(reason);
          }
        };
    workers.start(starter, 0);
    child.stopped.complete(BROKEN);
    assertThat(told.join()).isEqualTo(new StopReason.Linked("linked", BROKEN));
  }

  @Test
  void anAbnormalStopOfTheStarterStopsTheLinkedOneForAReasonThatNamesIt() {
    CompletableFuture<WorkerRef> linked = new CompletableFuture<>();
    InitOnly fails =
        argument -> {
          linked.complete(workers.startLinked(own("linked", new OwnChild())));
          throw new IllegalStateException("broken");
        };
    assertThatThrownBy(() -> workers.start(ChildSpec.of(fails, 0).id("starter")))
        .hasRootCauseMessage("broken");
    assertThat(linked.join().stopReason())
        .hasValueSatisfying(
            reason -> {
              assertThat(reason)
                  .isInstanceOfSatisfying(
                      StopReason.Linked.class, why -> assertThat(why.id()).isEqualTo("starter"));
              assertThat(reason.cause()).hasMessage("broken");
            });
  }

  @Test
  void anOrderlyStopOfTheStarterStopsTheLinkedOneBeforeItHasStoppedItself() {
    OwnChild child = new OwnChild();
    CompletableFuture<WorkerRef> linked = new CompletableFuture<>();
    WorkerRef starter = workers.start(starter("starter", own("linked", child).name("n"), linked));
    starter.close();
    assertThat(linked.join().stopReason()).contains(new StopReason.Shutdown());
    assertThat(starter.stopReason()).contains(new StopReason.Shutdown());
    assertThat(workers.names()).isEmpty();
  }

  @Test
  void theStarterHasNotStoppedWhileTheLinkedOneStillStops() throws Exception {
    CountDownLatch terminating = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    InitOnly slowToEnd =
        new InitOnly() {
          @Override
          public Init<Integer> init(Integer argument) {
            return InitOnly.seeking();
          }

          @Override
          public void terminate(StopReason reason, Integer state) throws Exception {
            terminating.countDown();
            released.await();
          }
        };
    CompletableFuture<WorkerRef> linked = new CompletableFuture<>();
    WorkerRef starter =
        workers.start(
            starter("starter", ChildSpec.of(slowToEnd, 0).id("linked"), linked).name("starter"));
    CompletableFuture<Void> closing = CompletableFuture.runAsync(starter::close);
    terminating.await();
    Recorder.awaitStatus(starter, WorkerStatus.STOPPING);
    assertThat(workers.find("starter")).isPresent();
    assertThat(closing).isNotDone();
    released.countDown();
    closing.get();
    assertThat(workers.find("starter")).isEmpty();
  }

  @Test
  void anOrderlyStopOfTheLinkedOneMeansNothingToItsStarter() {
    CompletableFuture<WorkerRef> linked = new CompletableFuture<>();
    WorkerRef starter = workers.start(starter("starter", own("linked", new OwnChild()), linked));
    linked.join().close();
    assertThat(linked.join().stopReason()).contains(new StopReason.Shutdown());
    workers.lives().roots(); // whatever it set off is done
    assertThat(starter.status()).isEqualTo(WorkerStatus.CONNECTING);
  }

  @Test
  void aLinkThatWasCutEndsNobody() {
    OwnChild child = new OwnChild();
    CompletableFuture<WorkerRef> linked = new CompletableFuture<>();
    WorkerRef starter = workers.start(starter("starter", own("linked", child), linked));
    linked.join().unlink();
    starter.close();
    assertThat(linked.join().status()).isEqualTo(WorkerStatus.RUNNING);

    OwnChild other = new OwnChild();
    CompletableFuture<WorkerRef> linkedToo = new CompletableFuture<>();
    WorkerRef second = workers.start(starter("second", own("other", other), linkedToo));
    linkedToo.join().unlink();
    linkedToo.join().unlink();
    other.stopped.complete(BROKEN);
    assertThat(linkedToo.join().stopped().join()).isEqualTo(BROKEN);
    workers.lives().roots();
    assertThat(second.status()).isEqualTo(WorkerStatus.CONNECTING);
  }

  @Test
  void aStartThatFailsIsToldByTheExceptionAlone() {
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    InitOnly tolerant =
        argument -> {
          try {
            workers.startLinked((InitOnly) nothing -> Init.stop("no licence"), 0);
          } catch (StartFailedException failure) {
            thrown.complete(failure);
          }
          return InitOnly.seeking();
        };
    WorkerRef starter = workers.start(tolerant, 0);
    assertThat(thrown.join()).hasMessageContaining("no licence");
    workers.lives().roots();
    assertThat(starter.status()).isEqualTo(WorkerStatus.CONNECTING);
    WorkerRef ignoring =
        workers.startLinked((InitOnly) nothing -> Init.ignore(), 0); // nor this thread
    assertThat(ignoring.stopReason()).contains(new StopReason.Ignored());
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void linksOfLinksEndTogether() {
    OwnChild last = new OwnChild();
    CompletableFuture<WorkerRef> third = new CompletableFuture<>();
    CompletableFuture<WorkerRef> second = new CompletableFuture<>();
    WorkerRef first =
        workers.start(starter("first", starter("second", own("third", last), third), second));
    last.stopped.complete(BROKEN);
    assertThat(first.stopped().join())
        .isEqualTo(new StopReason.Linked("second", new StopReason.Linked("third", BROKEN)));

    CompletableFuture<WorkerRef> thirdToo = new CompletableFuture<>();
    WorkerRef starter =
        workers.start(
            starter(
                "first",
                starter("second", own("third", new OwnChild()), thirdToo),
                new CompletableFuture<>()));
    starter.close();
    assertThat(thirdToo.join().stopReason()).contains(new StopReason.Shutdown());
  }

  @Test
  void aFailureGoesThroughTheWorkerOfATreeToItsSupervisor() throws Exception {
    List<OwnChild> linked = new CopyOnWriteArrayList<>();
    CountDownLatch threeLives = new CountDownLatch(3);
    InitOnly starter =
        argument -> {
          OwnChild child = new OwnChild();
          workers.startLinked(own("linked", child).name("linked")); // the name is free again
          linked.add(child);
          threeLives.countDown();
          return InitOnly.seeking();
        };
    Supervisor tree =
        Supervisor.oneForOne()
            .maxRestarts(2, Duration.ofMinutes(1))
            .child(ChildSpec.of(starter, 0).id("starter").restart(Restart.TRANSIENT))
            .start(workers);
    linked.get(0).stopped.complete(BROKEN);
    while (linked.size() < 2) {
      Thread.onSpinWait();
    }
    tree.child("starter").orElseThrow();
    assertThat(tree.children().get(0).lastStop())
        .isEqualTo(new StopReason.Linked("linked", BROKEN));
    linked.get(1).stopped.complete(BROKEN);
    threeLives.await();
    linked.get(2).stopped.complete(BROKEN);
    assertThat(tree.stopped().get())
        .isEqualTo(
            new StopReason.RestartsExceeded("starter", new StopReason.Linked("linked", BROKEN)));
  }

  @Test
  void killingTheStarterKillsWhatIsLinkedToIt() {
    CompletableFuture<WorkerRef> linked = new CompletableFuture<>();
    WorkerRef starter =
        workers.start(
            starter("starter", own("linked", new OwnChild()), linked).shutdown(ChildSpec.BRUTAL));
    starter.close();
    assertThat(starter.stopReason()).contains(new StopReason.Killed());
    assertThat(linked.join().stopReason()).contains(new StopReason.Killed());
  }

  @Test
  void aLinkedOneThatStopsItsOwnStarterDoesNotWaitForItself() {
    InitOnly closing =
        argument -> {
          workers.find("starter").orElseThrow().close();
          return InitOnly.seeking();
        };
    CompletableFuture<WorkerRef> linked = new CompletableFuture<>();
    WorkerRef starter =
        workers.start(
            starter(
                    "starter",
                    ChildSpec.of(closing, 0).id("linked").shutdown(ChildSpec.UNLIMITED),
                    linked)
                .name("starter")
                .shutdown(ChildSpec.UNLIMITED));
    assertThat(starter.stopped().join()).isEqualTo(new StopReason.Shutdown());
    assertThat(linked.join().stopReason()).contains(new StopReason.Shutdown());
  }

  @Test
  void aLinkedSupervisorThatGivesUpTakesItsStarterAlong() {
    OwnChild child = new OwnChild();
    InitOnly starter =
        argument -> {
          workers.startLinked(
              Supervisor.oneForOne()
                  .maxRestarts(0, Duration.ofSeconds(5))
                  .child(own("child", child)));
          return InitOnly.seeking();
        };
    WorkerRef ref = workers.start(starter, 0);
    child.stopped.complete(BROKEN);
    assertThat(ref.stopped().join())
        .isEqualTo(
            new StopReason.Linked(
                Supervisor.class.getName(), new StopReason.RestartsExceeded("child", BROKEN)));
  }

  @Test
  void aThreadIsInterruptedWhenWhatIsLinkedToItStopsAbnormally() throws Exception {
    OwnChild child = new OwnChild();
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    CountDownLatch linked = new CountDownLatch(1);
    Thread thread =
        new Thread(
            () -> {
              workers.startLinked(own("linked", child));
              linked.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.complete(true);
              }
            });
    thread.start();
    linked.await();
    child.stopped.complete(BROKEN);
    assertThat(interrupted.get()).isTrue();
    thread.join();
  }

  @Test
  void aThreadIsLeftAloneByAnOrderlyStopAndByALinkThatWasCut() {
    WorkerRef orderly = workers.startLinked(own("orderly", new OwnChild()));
    orderly.close();
    OwnChild child = new OwnChild();
    WorkerRef cut = workers.startLinked(own("cut", child));
    cut.unlink();
    child.stopped.complete(BROKEN);
    assertThat(cut.stopped().join()).isEqualTo(BROKEN);
    workers.lives().roots();
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void nothingIsLinkedToALifeThatHasStoppedOrLivesElsewhere() {
    CompletableFuture<Throwable> elsewhere = new CompletableFuture<>();
    try (Workers others = Workers.create()) {
      InitOnly astray =
          argument -> {
            try {
              others.startLinked(own("linked", new OwnChild()));
            } catch (IllegalStateException refused) {
              elsewhere.complete(refused);
            }
            return InitOnly.seeking();
          };
      workers.start(ChildSpec.of(astray, 0).id("astray"));
    }
    assertThat(elsewhere.join())
        .hasMessage("astray lives among other workers: it cannot be linked");

    CountDownLatch entered = new CountDownLatch(1);
    CompletableFuture<Throwable> late = new CompletableFuture<>();
    InitOnly deaf =
        argument -> {
          entered.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException killed) {
            try {
              workers.startLinked(own("linked", new OwnChild()));
            } catch (IllegalStateException refused) {
              late.complete(refused);
            }
          }
          return InitOnly.seeking();
        };
    CompletableFuture<Void> starting =
        CompletableFuture.runAsync(
            () ->
                workers.start(
                    Supervisor.oneForOne()
                        .child(
                            ChildSpec.of(deaf, 0)
                                .id("deaf")
                                .name("deaf")
                                .shutdown(ChildSpec.BRUTAL))));
    try {
      entered.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    workers.find("deaf").orElseThrow().close();
    assertThat(late.join()).hasMessage("deaf has stopped: nothing is linked to it any more");
    assertThatThrownBy(starting::join).hasCauseInstanceOf(StartFailedException.class);
  }

  @Test
  void aCallbackMayCloseTheWorkersItRunsOn() {
    Workers own = Workers.create();
    InitOnly closing =
        argument -> {
          own.close();
          return InitOnly.seeking();
        };
    OwnChild other = new OwnChild();
    own.start(own("other", other));
    own.start(ChildSpec.of(closing, 0).id("closing"));
    assertThat(other.stopped.join()).isEqualTo(new StopReason.Shutdown());
  }
}
