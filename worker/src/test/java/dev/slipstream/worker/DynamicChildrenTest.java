// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.worker.ChildCommand.Asked;
import java.time.Duration;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a running supervisor does when it is asked about single children, in virtual time. */
class DynamicChildrenTest {
  private final FakeTree tree = new FakeTree(new SplittableRandom(1));

  private Asked start(SupervisorProcess top, ChildSpec spec) {
    return tree.ask(top, new ChildCommand.Start(spec));
  }

  private Asked start(SupervisorProcess top, String id) {
    return start(top, tree.spec(id));
  }

  private Asked stop(SupervisorProcess top, String id) {
    return tree.ask(top, new ChildCommand.Stop(id));
  }

  private Asked startAgain(SupervisorProcess top, String id) {
    return tree.ask(top, new ChildCommand.StartAgain(id));
  }

  private Asked delete(SupervisorProcess top, String id) {
    return tree.ask(top, new ChildCommand.Delete(id));
  }

  private static Life life(SupervisorProcess supervisor, String id) {
    return Objects.requireNonNull(supervisor.child(id));
  }

  private static void assertRefused(Asked asked, ChildRefusedException.Why why, String message) {
    assertThat(asked.done()).isCompletedExceptionally();
    assertThatThrownBy(asked.done()::join)
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            ChildRefusedException.class,
            refused -> {
              assertThat(refused.why()).isEqualTo(why);
              assertThat(refused.id()).isEqualTo(asked.command().id());
            })
        .hasMessage(message);
  }

  @Test
  void aChildThatIsAddedIsSupervisedAndStoppedBeforeTheOthers() {
    SupervisorProcess top = tree.start(Supervisor.restForOne().child(tree.spec("a")));
    assertThat(start(top, "b").done()).isCompleted();
    tree.happened();
    tree.crash("b");
    assertThat(tree.happened()).containsExactly("start b");
    tree.crash("a");
    assertThat(tree.happened()).containsExactly("stop b", "start a", "start b");
    tree.stop(top);
    assertThat(tree.happened()).containsExactly("stop b", "stop a");
  }

  @Test
  void aCommandIsDoneWhenTheChildIsUp() {
    tree.behaviour("a").startNanos = TimeUnit.SECONDS.toNanos(1);
    SupervisorProcess top = tree.start(Supervisor.oneForOne());
    Asked asked = start(top, "a");
    assertThat(asked.done()).isNotDone();
    tree.pass(Duration.ofSeconds(1));
    assertThat(asked.done()).isCompletedWithValue(asked);
    assertThat(asked.life()).isSameAs(top.child("a"));
  }

  @Test
  void oneThatDoesNotStartIsForgotten() {
    SupervisorProcess top = tree.start(Supervisor.oneForOne());
    tree.behaviour("a").startsToFail = 1;
    Asked asked = start(top, "a");
    assertThatThrownBy(asked.done()::join)
        .hasCauseInstanceOf(StartFailedException.class)
        .hasMessageContaining("a did not start");
    assertThat(top.children()).isEmpty();
    assertThat(top.status()).isEqualTo(WorkerStatus.RUNNING);
    assertThat(start(top, "a").done()).isCompleted();
  }

  @Test
  void anIdThatIsTakenIsRefusedWithTheStatusOfItsOwner() {
    SupervisorProcess top = tree.start(Supervisor.oneForOne().child(tree.spec("a")));
    assertRefused(
        start(top, "a"),
        ChildRefusedException.Why.PRESENT,
        "top has a child 'a' already, which is RUNNING");
    stop(top, "a");
    assertRefused(
        start(top, "a"),
        ChildRefusedException.Why.PRESENT,
        "top has a child 'a' already, which is STOPPED");
    delete(top, "a");
    assertThat(start(top, "a").done()).isCompleted();
  }

  @Test
  void aStoppedChildStaysInTheListUntilItIsStartedAgainOrDeleted() {
    SupervisorProcess top = tree.start(Supervisor.oneForOne().child(tree.spec("a")));
    assertRefused(
        startAgain(top, "a"), ChildRefusedException.Why.RUNNING, "'a' is RUNNING; stop it first");
    assertRefused(
        delete(top, "a"), ChildRefusedException.Why.RUNNING, "'a' is RUNNING; stop it first");

    assertThat(stop(top, "a").done()).isCompleted();
    assertThat(top.children())
        .containsExactly(new ChildState("a", WorkerStatus.STOPPED, 1, new StopReason.Shutdown()));
    assertThat(stop(top, "a").done()).isCompleted();

    assertThat(startAgain(top, "a").done()).isCompleted();
    assertThat(tree.running()).containsExactly("a");
    assertThat(top.slots().all().get(0).present().starts()).isEqualTo(2);
    assertThat(top.slots().all().get(0).present().restarts()).isZero();

    stop(top, "a");
    assertThat(delete(top, "a").done()).isCompleted();
    assertThat(top.children()).isEmpty();
    assertRefused(delete(top, "a"), ChildRefusedException.Why.UNKNOWN, "top has no child 'a'");
  }

  @Test
  void oneThatIsStartedAgainInVainStaysStoppedAndIsNotTriedAgain() {
    SupervisorProcess top = tree.start(Supervisor.oneForOne().child(tree.spec("a")));
    stop(top, "a");
    tree.behaviour("a").startsToFail = 1;
    tree.happened();
    assertThat(startAgain(top, "a").done()).isCompletedExceptionally();
    assertThat(tree.happened()).containsExactly("start a", "fail a");
    assertThat(top.children()).extracting(ChildState::status).containsExactly(WorkerStatus.STOPPED);
  }

  @Test
  void aTemporaryChildIsForgottenWhenItIsStopped() {
    SupervisorProcess top = tree.start(Supervisor.oneForOne());
    start(top, tree.spec("a").restart(Restart.TEMPORARY));
    assertThat(stop(top, "a").done()).isCompleted();
    assertThat(top.children()).isEmpty();
  }

  @Test
  void oneThatIgnoresStaysInTheListUnlessItIsTemporary() {
    SupervisorProcess top = tree.start(Supervisor.oneForOne());
    tree.behaviour("a").ignores = true;
    tree.behaviour("b").ignores = true;
    assertThat(start(top, "a").done()).isCompleted();
    assertThat(start(top, tree.spec("b").restart(Restart.TEMPORARY)).done()).isCompleted();
    assertThat(top.children())
        .containsExactly(new ChildState("a", WorkerStatus.STOPPED, 1, new StopReason.Ignored()));
  }

  @Test
  void aRestartOfAllStartsAStoppedChildToo() {
    SupervisorProcess top =
        tree.start(Supervisor.oneForAll().child(tree.spec("a")).child(tree.spec("b")));
    stop(top, "a");
    tree.happened();
    tree.crash("b");
    assertThat(tree.happened()).containsExactly("start a", "start b");
  }

  @Test
  void moreChildrenThanThereMayBeAreRefused() {
    SupervisorProcess top = tree.start(Supervisor.oneForOne().maxChildren(2).child(tree.spec("a")));
    start(top, "b");
    assertRefused(
        start(top, "c"),
        ChildRefusedException.Why.TOO_MANY,
        "top has 2 children, and maxChildren allows for no more");
    stop(top, "a");
    delete(top, "a");
    assertThat(start(top, "c").done()).isCompleted();
    assertThatThrownBy(
            () -> Supervisor.oneForOne().maxChildren(1).child(tree.spec("a")).child(tree.spec("b")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxChildren");
  }

  @Test
  void commandsWaitForARestartThatIsUnderWayAndForOneAnother() {
    tree.behaviour("a").startNanos = TimeUnit.SECONDS.toNanos(1);
    tree.behaviour("b").startNanos = TimeUnit.SECONDS.toNanos(1);
    SupervisorProcess top = tree.start(Supervisor.oneForOne().child(tree.spec("a")));
    Asked whileItStarts = start(top, "b");
    assertThat(tree.happened()).containsExactly("start a");
    tree.pass(Duration.ofSeconds(1));
    assertThat(tree.happened()).containsExactly("start b");
    Asked next = start(top, "c");
    tree.crash("a");
    assertThat(tree.happened()).isEmpty();
    tree.pass(Duration.ofSeconds(1));
    assertThat(whileItStarts.done()).isCompleted();
    assertThat(tree.happened()).containsExactly("start a"); // what has stopped comes first
    assertThat(next.done()).isNotDone();
    tree.pass(Duration.ofSeconds(1));
    assertThat(tree.happened()).containsExactly("start c");
    assertThat(next.done()).isCompleted();
  }

  @Test
  void whatIsAskedWhenTheSupervisorStopsIsRefusedThenAndAfterwards() {
    SupervisorProcess top = tree.start(Supervisor.oneForOne());
    tree.behaviour("a").startNanos = TimeUnit.SECONDS.toNanos(1);
    Asked underWay = start(top, "a");
    Asked waiting = start(top, "b");
    tree.stop(top);
    String message = "top stops or has stopped; '%s' is not its any more";
    ChildRefusedException.Why why = ChildRefusedException.Why.SUPERVISOR_STOPPED;
    assertRefused(underWay, why, message.formatted("a"));
    assertRefused(waiting, why, message.formatted("b"));
    assertRefused(start(top, "c"), why, message.formatted("c"));
    assertThat(tree.reason(top)).isEqualTo(new StopReason.Shutdown());
    tree.pass(Duration.ofSeconds(2));
    assertThat(tree.running()).isEmpty();
  }

  @Test
  void childrenThatWereAddedAreGoneWhenTheSupervisorItselfIsStartedAgain() {
    SupervisorSpec inner =
        Supervisor.oneForOne().maxRestarts(0, FakeTree.PERIOD).child(tree.spec("x"));
    SupervisorProcess top = tree.start(Supervisor.oneForOne().child(tree.spec("inner", inner)));
    SupervisorProcess first =
        (SupervisorProcess) Objects.requireNonNull(life(top, "inner").child());
    start(first, "y");
    assertThat(tree.running()).containsExactly("x", "y");
    tree.crash("x");
    assertThat(tree.running()).containsExactly("x");
    assertThat(top.children()).extracting(ChildState::starts).containsExactly(2L);
    assertRefused(
        start(first, "z"),
        ChildRefusedException.Why.SUPERVISOR_STOPPED,
        "inner stops or has stopped; 'z' is not its any more");
  }

  @Test
  void aCallbackOfAChildThatTheSupervisorWaitsForIsRefused() {
    SupervisorProcess top =
        tree.start(Supervisor.oneForAll().child(tree.spec("a")).child(tree.spec("b")));
    tree.behaviour("a").stubborn = true;
    Life a = life(top, "a");
    tree.crash("b"); // which stops a first, and a does not end before its callback returns
    assertRefused(
        tree.askLater(top, new ChildCommand.Start(tree.spec("c")), a),
        tree,
        "top waits for a to start or stop, whose callback asks about 'c': neither would go on");
  }

  private void assertRefused(Asked asked, FakeTree tree, String message) {
    tree.simulation.runReady();
    assertRefused(asked, ChildRefusedException.Why.WAITS_FOR_CALLER, message);
  }

  @Test
  void aCallbackThatAskedBeforeTheSupervisorBeganToWaitForItsChildIsRefusedThen() {
    SupervisorSpec inner = Supervisor.oneForOne().child(tree.spec("x"));
    SupervisorProcess top =
        tree.start(
            Supervisor.oneForAll()
                .child(tree.spec("inner", inner))
                .child(tree.spec("b"))
                .child(tree.spec("c")));
    tree.behaviour("b").stopNanos = TimeUnit.SECONDS.toNanos(1);
    tree.behaviour("x").stubborn = true;
    SupervisorProcess within =
        (SupervisorProcess) Objects.requireNonNull(life(top, "inner").child());
    Life x = life(within, "x");
    tree.crash("c");
    Asked asked = tree.askLater(top, new ChildCommand.Start(tree.spec("d")), x);
    tree.simulation.runReady();
    assertThat(asked.done()).isNotDone(); // b is what top waits for
    tree.pass(Duration.ofSeconds(1));
    assertRefused(
        asked,
        tree,
        "top waits for inner to start or stop, whose callback asks about 'd': neither would go on");
  }

  @Test
  void aCommandComesAfterTheNewsThatItsChildHasStopped() {
    SupervisorProcess top =
        tree.start(Supervisor.oneForOne().child(tree.spec("a").restart(Restart.TRANSIENT)));
    // who waits for the end may hear of it before the supervisor, and ask
    Asked asked = new Asked(new ChildCommand.Delete("a"), null);
    life(top, "a").stopped().thenRun(() -> top.ask(asked));
    tree.endNormally("a");
    assertThat(asked.done()).isCompletedWithValue(asked);
    assertThat(top.children()).isEmpty();
  }

  @Test
  void aCommandWhoseCallerIsInterruptedIsNotCarriedOutOrItsChildKilled() {
    SupervisorProcess top = tree.start(Supervisor.oneForOne());
    tree.behaviour("a").startNanos = TimeUnit.SECONDS.toNanos(1);
    Asked underWay = start(top, "a");
    Asked waiting = start(top, "b");
    tree.happened();
    top.withdraw(waiting);
    top.withdraw(underWay);
    tree.simulation.runReady();
    assertThat(tree.happened()).containsExactly("kill a");
    assertThat(top.children()).isEmpty();
    assertThat(top.status()).isEqualTo(WorkerStatus.RUNNING);
    assertThat(start(top, "c").done()).isCompleted();
  }

  @Test
  void killingTheSupervisorKillsWhatWasAddedAndAnswersWhoAsked() {
    SupervisorProcess top = tree.start(Supervisor.oneForOne().child(tree.spec("a")));
    start(top, "b");
    tree.behaviour("c").startNanos = TimeUnit.SECONDS.toNanos(1);
    Asked underWay = start(top, "c");
    tree.happened();
    tree.kill(top);
    assertThat(tree.happened()).containsExactly("kill c", "kill b", "kill a");
    assertThat(underWay.done()).isCompletedExceptionally();
  }
}
