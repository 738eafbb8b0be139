// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.base.Clock;
import dev.slipstream.testkit.ManualClock;
import dev.slipstream.worker.SupervisionTree.Node;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The tree as it is shown to people and probes, in virtual time. */
class SupervisionTreeTest {
  private static final Instant BEGIN = Clock.instant(ManualClock.START_EPOCH_NANOS);

  private final FakeTree tree = new FakeTree(new SplittableRandom(1));

  private SupervisionTree show(Life top) {
    return SupervisionTree.of(top, tree.simulation.clock());
  }

  private SupervisorHealth health(Life top) {
    return SupervisorHealth.of(show(top));
  }

  private static SupervisorProcess process(Life supervisor) {
    return (SupervisorProcess) Objects.requireNonNull(supervisor.child());
  }

  private SupervisorSpec nested() {
    SupervisorSpec inner =
        Supervisor.oneForOne()
            .child(tree.spec("x").name("ex"))
            .child(tree.spec("y").restart(Restart.TRANSIENT));
    return Supervisor.oneForOne()
        .child(tree.spec("a"))
        .child(tree.spec("inner", inner))
        .child(tree.spec("z"));
  }

  @Test
  void everyChildIsShownDownToTheLast() {
    Life top = tree.startLife(nested());
    tree.pass(Duration.ofSeconds(10));
    tree.crash("x");
    tree.endNormally("y");
    tree.pass(Duration.ofSeconds(5));

    SupervisionTree shown = show(top);
    assertThat(shown.taken()).isEqualTo(BEGIN.plusSeconds(15));
    Node root = shown.root();
    assertThat(root.id()).isEqualTo("top");
    assertThat(root.kind()).isEqualTo(SupervisionTree.Kind.SUPERVISOR);
    assertThat(root.status()).isEqualTo(WorkerStatus.RUNNING);
    assertThat(root.children()).extracting(Node::id).containsExactly("a", "inner", "z");
    Node inner = root.children().get(1);
    assertThat(inner.starts()).isEqualTo(1);
    assertThat(inner.restarts()).isZero();
    Node x = inner.children().get(0);
    assertThat(x.name()).isEqualTo("ex");
    assertThat(x.kind()).isEqualTo(SupervisionTree.Kind.OTHER);
    assertThat(x.starts()).isEqualTo(2);
    assertThat(x.restarts()).isEqualTo(1);
    assertThat(Objects.requireNonNull(x.lastStop()).cause()).hasMessage("x");
    assertThat(x.since()).isEqualTo(BEGIN.plusSeconds(10));
    Node y = inner.children().get(1);
    assertThat(y.status()).isEqualTo(WorkerStatus.STOPPED);
    assertThat(y.restarts()).isZero();
    assertThat(y.lastStop()).isEqualTo(new StopReason.Normal());
    assertThat(y.since()).isEqualTo(BEGIN.plusSeconds(10));
  }

  @Test
  void anInnerSupervisorShowsItsOwnStarts() {
    SupervisorSpec inner =
        Supervisor.oneForOne().maxRestarts(0, FakeTree.PERIOD).child(tree.spec("x"));
    Life top = tree.startLife(Supervisor.oneForOne().child(tree.spec("inner", inner)));
    tree.crash("x");
    Node shown = show(Objects.requireNonNull(process(top).child("inner"))).root();
    assertThat(shown.starts()).isEqualTo(2);
    assertThat(shown.restarts()).isEqualTo(1);
    assertThat(shown.lastStop()).isInstanceOf(StopReason.RestartsExceeded.class);
  }

  @Test
  void aStopAndAStartThatSomebodyAskedForIsNoRestart() {
    Life top = tree.startLife(Supervisor.oneForOne().child(tree.spec("a")));
    tree.ask(process(top), new ChildCommand.Stop("a"));
    tree.ask(process(top), new ChildCommand.StartAgain("a"));
    Node a = show(top).root().children().get(0);
    assertThat(a.starts()).isEqualTo(2);
    assertThat(a.restarts()).isZero();
  }

  @Test
  void thePictureHasALineForEachChild() {
    Life top = tree.startLife(nested());
    tree.pass(Duration.ofSeconds(10));
    tree.crash("x");
    tree.endNormally("y");
    tree.pass(Duration.ofMinutes(61));
    tree.behaviour("z").startNanos = TimeUnit.SECONDS.toNanos(1);
    tree.crash("z");
    tree.pass(Duration.ofMillis(40));
    assertThat(show(top).toText())
        .isEqualTo(
            """
            top (supervisor) RUNNING for 1h 1m
            ├─ a (child) RUNNING for 1h 1m
            ├─ inner (supervisor) RUNNING for 1h 1m
            │  ├─ x (child "ex") RUNNING for 1h 1m, restarts: 1, last stop: \
            Failed[cause=java.lang.IllegalStateException: x]
            │  └─ y (child) STOPPED for 1h 1m, last stop: Normal[]
            └─ z (child) STARTING for 40ms, restarts: 1, last stop: \
            Failed[cause=java.lang.IllegalStateException: z]
            """);
  }

  @Test
  void whatHasManyLinesIsShownInOneAndCutOff() {
    Life top =
        tree.startLife(Supervisor.oneForOne().child(tree.spec("a\nb").restart(Restart.TRANSIENT)));
    tree.living("a\nb").end(new StopReason.Refused("first line\r\n\tsecond " + "x".repeat(500)));
    tree.behaviour("a\nb").ignores = true;
    tree.simulation.runReady();
    String text = show(top).toText();
    assertThat(text.lines()).hasSize(2).allMatch(line -> line.length() < 220);
    assertThat(text).contains("a b (child)");
    assertThat(text).endsWith("\n");
  }

  @Test
  void itIsUpWhenAllThatIsPermanentRuns() {
    Life top = tree.startLife(nested());
    assertThat(health(top)).isEqualTo(new SupervisorHealth(SupervisorHealth.Status.UP, List.of()));
    tree.endNormally("y"); // transient
    assertThat(health(top).isUp()).isTrue();
  }

  @Test
  void whatIsMissingIsNamedWithItsPathAndSinceWhen() {
    Life top = tree.startLife(nested());
    tree.pass(Duration.ofSeconds(3));
    tree.behaviour("x").startNanos = TimeUnit.SECONDS.toNanos(10);
    tree.crash("x");
    tree.ask(process(top), new ChildCommand.Stop("a"));
    tree.pass(Duration.ofSeconds(5));
    SupervisorHealth health = health(top);
    assertThat(health.status()).isEqualTo(SupervisorHealth.Status.DOWN);
    assertThat(health.missing())
        .containsExactly(
            new SupervisorHealth.Missing(
                "a", WorkerStatus.STOPPED, BEGIN.plusSeconds(3), new StopReason.Shutdown()),
            new SupervisorHealth.Missing(
                "inner/x",
                WorkerStatus.STARTING,
                BEGIN.plusSeconds(3),
                health.missing().get(1).lastStop()));
    tree.pass(Duration.ofSeconds(5));
    tree.ask(process(top), new ChildCommand.StartAgain("a"));
    assertThat(health(top).isUp()).isTrue();
  }

  @Test
  void aChildThatDoesNotWantToRunIsNotMissing() {
    tree.behaviour("a").ignores = true;
    assertThat(health(tree.startLife(nested())).isUp()).isTrue();
  }

  @Test
  void aSupervisorThatStartsOrHasStoppedIsMissingItself() {
    tree.behaviour("a").startNanos = TimeUnit.SECONDS.toNanos(1);
    Life top = tree.startLife(nested());
    assertThat(health(top).missing())
        .containsExactly(new SupervisorHealth.Missing("top", WorkerStatus.STARTING, BEGIN, null));
    tree.pass(Duration.ofSeconds(2));
    assertThat(health(top).isUp()).isTrue();
    tree.stop(process(top));
    assertThat(health(top).missing())
        .containsExactly(
            new SupervisorHealth.Missing(
                "top", WorkerStatus.STOPPED, BEGIN.plusSeconds(2), new StopReason.Shutdown()));
  }
}
