// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SupervisorProcessTest {
  private final FakeTree tree = new FakeTree(new SplittableRandom(1));

  private SupervisorSpec abc(SupervisorSpec spec) {
    return spec.child(tree.spec("a")).child(tree.spec("b")).child(tree.spec("c"));
  }

  @Test
  void childrenStartInOrderEachWhenTheOneBeforeIsUp() {
    tree.behaviour("a").startNanos = TimeUnit.SECONDS.toNanos(1);
    SupervisorProcess top = tree.start(abc(Supervisor.oneForOne()));
    assertThat(tree.happened()).containsExactly("start a");
    assertThat(top.status()).isEqualTo(WorkerStatus.STARTING);
    assertThat(top.started()).isNotDone();

    tree.pass(Duration.ofSeconds(1));
    assertThat(tree.happened()).containsExactly("start b", "start c");
    assertThat(top.status()).isEqualTo(WorkerStatus.RUNNING);
    assertThat(top.started()).isCompleted();
  }

  @Test
  void childrenStopInReverseOrderEachWhenTheOneBeforeHasStopped() {
    tree.behaviour("b").stopNanos = TimeUnit.SECONDS.toNanos(1);
    SupervisorProcess top = tree.start(abc(Supervisor.oneForOne()));
    tree.happened();

    tree.stop(top);
    assertThat(tree.happened()).containsExactly("stop c", "stop b");
    assertThat(top.status()).isEqualTo(WorkerStatus.STOPPING);
    tree.pass(Duration.ofSeconds(1));
    assertThat(tree.happened()).containsExactly("stop a");
    assertThat(tree.reason(top)).isEqualTo(new StopReason.Shutdown());
    assertThat(tree.running()).isEmpty();
  }

  @Test
  void aChildThatDoesNotStartStopsThoseBeforeItAndFailsTheSupervisor() {
    tree.behaviour("c").startsToFail = 1;
    SupervisorProcess top = tree.start(abc(Supervisor.oneForAll()));
    assertThat(tree.happened())
        .containsExactly("start a", "start b", "start c", "fail c", "stop b", "stop a");
    assertThatThrownBy(top.started()::join)
        .hasCauseInstanceOf(StartFailedException.class)
        .hasMessageContaining("c did not start");
    assertThat(top.status()).isEqualTo(WorkerStatus.STOPPED);
  }

  @Test
  void aChildThatIgnoresIsPassedOverAndNotRestarted() {
    tree.behaviour("b").ignores = true;
    SupervisorProcess top = tree.start(abc(Supervisor.oneForOne()));
    assertThat(top.status()).isEqualTo(WorkerStatus.RUNNING);
    assertThat(tree.running()).containsExactly("a", "c");
    assertThat(top.children().get(1))
        .isEqualTo(new ChildState("b", WorkerStatus.STOPPED, 1, new StopReason.Ignored()));
  }

  @Test
  void oneForOneRestartsTheOneThatCrashed() {
    tree.start(abc(Supervisor.oneForOne()));
    tree.happened();
    tree.crash("b");
    assertThat(tree.happened()).containsExactly("start b");
  }

  @Test
  void oneForAllStopsTheOthersInReverseAndStartsAllInOrder() {
    tree.start(abc(Supervisor.oneForAll()));
    tree.happened();
    tree.crash("b");
    assertThat(tree.happened())
        .containsExactly("stop c", "stop a", "start a", "start b", "start c");
  }

  @Test
  void restForOneTakesAlongThoseStartedAfterIt() {
    tree.start(abc(Supervisor.restForOne()));
    tree.happened();
    tree.crash("b");
    assertThat(tree.happened()).containsExactly("stop c", "start b", "start c");
    tree.crash("c");
    assertThat(tree.happened()).containsExactly("start c");
  }

  @Test
  void permanentIsRestartedTransientOnlyWhenItFailedAndTemporaryNever() {
    SupervisorProcess top =
        tree.start(
            Supervisor.oneForOne()
                .child(tree.spec("permanent"))
                .child(tree.spec("transient").restart(Restart.TRANSIENT))
                .child(tree.spec("temporary").restart(Restart.TEMPORARY)));
    tree.endNormally("permanent");
    assertThat(tree.runs("permanent")).isTrue();

    tree.crash("transient");
    assertThat(tree.runs("transient")).isTrue();
    tree.endNormally("transient");
    assertThat(tree.runs("transient")).isFalse();
    assertThat(top.children().get(1).lastStop()).isEqualTo(new StopReason.Normal());

    tree.crash("temporary");
    assertThat(tree.runs("temporary")).isFalse();
    assertThat(top.children()).extracting(ChildState::id).containsExactly("permanent", "transient");
  }

  @Test
  void oneForAllForgetsTemporaryChildrenAndStartsTransientOnesThatHadEnded() {
    SupervisorProcess top =
        tree.start(
            Supervisor.oneForAll()
                .child(tree.spec("a"))
                .child(tree.spec("b").restart(Restart.TRANSIENT))
                .child(tree.spec("c").restart(Restart.TEMPORARY)));
    tree.endNormally("b");
    tree.happened();
    tree.crash("a");
    assertThat(tree.happened()).containsExactly("stop c", "start a", "start b");
    assertThat(top.children()).extracting(ChildState::id).containsExactly("a", "b");
  }

  @Test
  void oneRestartTooManyInThePeriodStopsEverything() {
    SupervisorProcess top = tree.start(abc(Supervisor.oneForOne()).maxRestarts(2, FakeTree.PERIOD));
    tree.crash("b");
    tree.pass(FakeTree.PERIOD);
    tree.crash("b");
    assertThat(top.status()).isEqualTo(WorkerStatus.RUNNING);
    tree.happened();
    tree.crash("b");
    assertThat(tree.happened()).containsExactly("stop c", "stop a");
    assertThat(tree.reason(top))
        .isInstanceOfSatisfying(
            StopReason.RestartsExceeded.class, reason -> assertThat(reason.child()).isEqualTo("b"));
  }

  @Test
  void restartsBeforeThePeriodAreForgotten() {
    SupervisorProcess top = tree.start(abc(Supervisor.oneForOne()).maxRestarts(1, FakeTree.PERIOD));
    for (int i = 0; i < 10; i++) {
      tree.crash("b");
      tree.pass(FakeTree.PERIOD.plusNanos(1));
    }
    assertThat(top.status()).isEqualTo(WorkerStatus.RUNNING);
    assertThat(top.children().get(1).starts()).isEqualTo(11);
  }

  @Test
  void withoutPermittedRestartsTheFirstCrashEndsIt() {
    SupervisorProcess top = tree.start(abc(Supervisor.oneForOne()).maxRestarts(0, FakeTree.PERIOD));
    tree.crash("a");
    assertThat(top.status()).isEqualTo(WorkerStatus.STOPPED);
  }

  @Test
  void aRestartThatFailsToStartIsTriedAgainAndCounts() {
    SupervisorProcess top = tree.start(abc(Supervisor.oneForOne()).maxRestarts(3, FakeTree.PERIOD));
    tree.behaviour("b").startsToFail = 2;
    tree.crash("b");
    assertThat(tree.runs("b")).isTrue();
    assertThat(top.status()).isEqualTo(WorkerStatus.RUNNING);

    tree.behaviour("b").startsToFail = 1;
    tree.crash("b");
    assertThat(top.status()).isEqualTo(WorkerStatus.STOPPED);
    assertThat(tree.running()).isEmpty();
  }

  @Test
  void aGroupThatFailsToStartHalfWayIsStartedAgainAsAGroup() {
    tree.start(abc(Supervisor.oneForAll()));
    tree.happened();
    tree.behaviour("b").startsToFail = 1;
    tree.crash("c");
    assertThat(tree.happened())
        .containsExactly(
            "stop b", "stop a", "start a", "start b", "fail b", "stop a", "start a", "start b",
            "start c");
  }

  @Test
  void crashesOfChildrenThatARestartTakesAlongAreNotCounted() {
    SupervisorProcess top = tree.start(abc(Supervisor.oneForAll()).maxRestarts(1, FakeTree.PERIOD));
    tree.crashLater("a");
    tree.crashLater("b");
    tree.crashLater("c");
    tree.simulation.runReady();
    assertThat(tree.running()).containsExactly("a", "b", "c");
    assertThat(top.status()).isEqualTo(WorkerStatus.RUNNING);
  }

  @Test
  void aChildIsNotStartedBeforeOneThatComesFirstAndIsStillDown() {
    SupervisorProcess top =
        tree.start(abc(Supervisor.restForOne()).maxRestarts(3, FakeTree.PERIOD));
    tree.happened();
    tree.behaviour("b").startsToFail = 1;
    tree.behaviour("c").startsToFail = 1;
    tree.crashLater("c");
    tree.crashLater("b");
    tree.simulation.runReady();
    assertThat(tree.happened())
        .containsExactly("start c", "fail c", "start b", "fail b", "start b", "start c");
    assertThat(top.status()).isEqualTo(WorkerStatus.RUNNING);
  }

  @Test
  void aCrashDuringTheRestartOfAnotherIsDealtWithAfterIt() {
    SupervisorProcess top = tree.start(abc(Supervisor.oneForOne()));
    tree.behaviour("a").startNanos = TimeUnit.SECONDS.toNanos(1);
    tree.crash("a");
    tree.crash("c");
    assertThat(tree.runs("c")).isFalse();
    tree.pass(Duration.ofSeconds(1));
    assertThat(tree.running()).containsExactly("a", "b", "c");
    assertThat(top.children()).extracting(ChildState::starts).containsExactly(2L, 1L, 2L);
  }

  @Test
  void aChildThatDoesNotStopInTimeIsKilled() {
    SupervisorProcess top =
        tree.start(
            Supervisor.oneForOne()
                .child(tree.spec("a"))
                .child(tree.spec("b").shutdown(Duration.ofSeconds(10))));
    tree.behaviour("b").stubborn = true;
    tree.happened();
    tree.stop(top);
    tree.pass(Duration.ofSeconds(10).minusNanos(1));
    assertThat(tree.happened()).containsExactly("stop b");
    tree.pass(Duration.ofNanos(1));
    assertThat(tree.happened()).containsExactly("kill b", "stop a");
    assertThat(tree.reason(top)).isEqualTo(new StopReason.Shutdown());
  }

  @Test
  void aBrutalShutdownKillsAtOnceAndAnUnlimitedOneWaits() {
    SupervisorProcess top =
        tree.start(
            Supervisor.oneForOne()
                .child(tree.spec("a").shutdown(ChildSpec.UNLIMITED))
                .child(tree.spec("b").shutdown(ChildSpec.BRUTAL)));
    tree.behaviour("a").stubborn = true;
    tree.happened();
    tree.stop(top);
    assertThat(tree.happened()).containsExactly("kill b", "stop a");
    tree.pass(Duration.ofDays(365));
    assertThat(top.status()).isEqualTo(WorkerStatus.STOPPING);
    tree.living("a").end(new StopReason.Normal());
    tree.simulation.runReady();
    assertThat(top.status()).isEqualTo(WorkerStatus.STOPPED);
  }

  @Test
  void aStopWhileChildrenStartStopsThoseThatWereStarted() {
    tree.behaviour("b").startNanos = TimeUnit.SECONDS.toNanos(1);
    SupervisorProcess top = tree.start(abc(Supervisor.oneForOne()));
    tree.stop(top);
    assertThat(tree.happened()).containsExactly("start a", "start b", "stop b", "stop a");
    assertThat(top.started()).isCompletedExceptionally();
    tree.pass(Duration.ofSeconds(2));
    assertThat(tree.running()).isEmpty();
  }

  @Test
  void anInnerSupervisorThatGivesUpIsRestartedByTheOuterOne() {
    SupervisorSpec inner =
        Supervisor.oneForOne().maxRestarts(1, FakeTree.PERIOD).child(tree.spec("x"));
    SupervisorProcess top =
        tree.start(Supervisor.oneForOne().child(tree.spec("a")).child(tree.spec("inner", inner)));
    tree.crash("x");
    assertThat(top.children().get(1).starts()).isEqualTo(1);
    tree.crash("x");
    assertThat(top.children().get(1).starts()).isEqualTo(2);
    assertThat(top.children().get(1).lastStop()).isInstanceOf(StopReason.RestartsExceeded.class);
    assertThat(tree.running()).containsExactly("a", "x");
  }

  @Test
  void killingASupervisorKillsWhatItSupervisesToTheLast() {
    SupervisorSpec inner = Supervisor.oneForOne().child(tree.spec("x")).child(tree.spec("y"));
    SupervisorProcess top =
        tree.start(Supervisor.oneForOne().child(tree.spec("a")).child(tree.spec("inner", inner)));
    tree.happened();
    tree.kill(top);
    assertThat(tree.happened()).containsExactly("kill y", "kill x", "kill a");
    assertThat(tree.reason(top)).isEqualTo(new StopReason.Killed());
  }

  @Test
  void aNameIsTakenWhileItsOwnerLivesAndAnotherOneLearnsWhoThatIs() {
    SupervisorProcess top =
        tree.start(
            Supervisor.oneForOne()
                .child(tree.spec("a").name("orders"))
                .child(tree.spec("b").name("orders")));
    assertThatThrownBy(top.started()::join)
        .hasRootCauseInstanceOf(NameTakenException.class)
        .hasRootCauseMessage("name 'orders' is taken by a, which is RUNNING");
    assertThat(tree.names.all()).isEmpty();
  }

  @Test
  void theNextLifeHasTheNameOfTheOneBefore() {
    SupervisorProcess top = tree.start(Supervisor.oneForOne().child(tree.spec("a").name("orders")));
    Life first = tree.names.find("orders");
    tree.crash("a");
    assertThat(tree.names.find("orders")).isNotNull().isNotSameAs(first);
    tree.kill(top);
    assertThat(tree.names.find("orders")).isNull();
  }

  @Test
  void twoChildrenOfOneIdAreRefused() {
    assertThatThrownBy(() -> Supervisor.oneForOne().child(tree.spec("a")).child(tree.spec("a")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'a'");
  }
}
