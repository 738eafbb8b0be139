// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.testkit.Seeds;
import dev.slipstream.worker.ChildCommand.Asked;
import dev.slipstream.worker.ChildRefusedException.Why;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Random commands about children, among random crashes, against the model of the rules. */
class DynamicChildrenPropertyTest {
  private static final int STEPS = 30;
  private static final int MOST_CHILDREN = 8;

  private static ChildSpec randomChild(FakeTree tree, RandomGenerator random) {
    return tree.spec("child" + random.nextInt(MOST_CHILDREN + 3))
        .restart(Restart.values()[random.nextInt(3)]);
  }

  private static ChildCommand randomCommand(FakeTree tree, RandomGenerator random) {
    ChildSpec child = randomChild(tree, random);
    return switch (random.nextInt(5)) {
      case 0, 1 -> new ChildCommand.Start(child);
      case 2 -> new ChildCommand.Stop(child.id());
      case 3 -> new ChildCommand.StartAgain(child.id());
      default -> new ChildCommand.Delete(child.id());
    };
  }

  /** What a command that is done came to: nothing, a refusal, or a start that failed. */
  private static Optional<Why> refusal(Asked asked) {
    try {
      asked.done().join();
      return Optional.empty();
    } catch (CompletionException failure) {
      return failure.getCause() instanceof ChildRefusedException refused
          ? Optional.of(refused.why())
          : Optional.empty();
    }
  }

  @Test
  void commandsOneAfterAnotherDoWhatTheRulesSay() {
    Seeds.forEach(
        3000,
        (seed, random) -> {
          FakeTree tree = new FakeTree(random);
          SupervisorSpec spec =
              SupervisorPropertyTest.randomSpec(tree, random).maxChildren(MOST_CHILDREN);
          SupervisorModel model = new SupervisorModel(spec);
          SupervisorProcess top = tree.start(spec);

          for (int step = 0; step < STEPS && !model.gaveUp; step++) {
            tree.pass(Duration.ofMillis(random.nextInt(2500)));
            if (random.nextInt(4) == 0 && !model.running.isEmpty()) {
              String victim = model.running.get(random.nextInt(model.running.size()));
              model.ends(model.ids().indexOf(victim), true, tree.simulation.clock().nanos());
              tree.crash(victim);
            } else {
              checkCommand(tree, top, model, randomCommand(tree, random), random.nextInt(5) == 0);
            }
            assertThat(tree.log).isEqualTo(model.log);
            assertThat(tree.running()).isEqualTo(model.running.stream().sorted().toList());
            assertThat(top.children()).extracting(ChildState::id).isEqualTo(model.ids());
            assertThat(top.stopped().isDone()).isEqualTo(model.gaveUp);
          }
        });
  }

  private static void checkCommand(
      FakeTree tree,
      SupervisorProcess top,
      SupervisorModel model,
      ChildCommand command,
      boolean startFails) {
    tree.behaviour(command.id()).startsToFail = startFails ? 1 : 0;
    Optional<Why> expected = model.asked(command, startFails);
    Asked asked = tree.ask(top, command);
    tree.behaviour(command.id()).startsToFail = 0;
    assertThat(asked.done()).isDone();
    assertThat(refusal(asked)).as("%s", command).isEqualTo(expected);
    boolean starts =
        command instanceof ChildCommand.Start || command instanceof ChildCommand.StartAgain;
    assertThat(asked.done().isCompletedExceptionally())
        .isEqualTo(expected.isPresent() || starts && startFails);
  }

  @Test
  void whateverIsAskedAtOnceEveryCommandIsAnsweredAndTheTreeEndsAllUpOrAllDown() {
    Seeds.forEach(
        3000,
        (seed, random) -> {
          FakeTree tree = new FakeTree(random);
          SupervisorSpec spec =
              SupervisorPropertyTest.randomSpec(tree, random)
                  .maxRestarts(30, FakeTree.PERIOD)
                  .maxChildren(MOST_CHILDREN);
          for (int i = 0; i < MOST_CHILDREN + 3; i++) {
            FakeTree.Behaviour behaviour = tree.behaviour("child" + i);
            behaviour.startNanos = TimeUnit.MILLISECONDS.toNanos(random.nextInt(20));
            behaviour.stopNanos = TimeUnit.MILLISECONDS.toNanos(random.nextInt(20));
          }
          SupervisorProcess top = tree.start(spec);
          List<Asked> all = new ArrayList<>();
          for (int step = 0; step < STEPS; step++) {
            disturb(tree, top, random, all);
            tree.pass(Duration.ofMillis(random.nextInt(15)));
            assertThat(top.children()).hasSizeLessThanOrEqualTo(MOST_CHILDREN);
            assertThat(top.children()).extracting(ChildState::id).doesNotHaveDuplicates();
          }
          boolean stopIt = random.nextInt(4) == 0;
          if (stopIt) {
            tree.stop(top);
          }
          tree.pass(Duration.ofMinutes(1));

          assertThat(all).allMatch(asked -> asked.done().isDone());
          assertThat(top.stopped().isDone() || !stopIt).isTrue();
          List<String> up =
              top.children().stream()
                  .filter(child -> child.status() == WorkerStatus.RUNNING)
                  .map(ChildState::id)
                  .sorted()
                  .toList();
          assertThat(tree.running()).isEqualTo(top.stopped().isDone() ? List.of() : up);
          assertThat(top.children())
              .extracting(ChildState::status)
              .isSubsetOf(WorkerStatus.RUNNING, WorkerStatus.STOPPED);
        });
  }

  private static void disturb(
      FakeTree tree, SupervisorProcess top, RandomGenerator random, List<Asked> all) {
    for (String id : tree.running()) {
      if (random.nextInt(30) == 0) {
        tree.crashLater(id);
      }
    }
    tree.behaviour("child" + random.nextInt(MOST_CHILDREN)).startsToFail = random.nextInt(2);
    Life caller = top.children().isEmpty() ? null : top.child(top.children().get(0).id());
    for (int count = random.nextInt(4); count > 0; count--) {
      boolean fromChild = random.nextInt(3) == 0;
      all.add(tree.askLater(top, randomCommand(tree, random), fromChild ? caller : null));
    }
    if (!all.isEmpty() && random.nextInt(8) == 0) {
      top.withdraw(all.get(random.nextInt(all.size())));
    }
  }
}
