// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.testkit.Seeds;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Random crashes against a model of the restart rules, which is written without any waiting. */
class SupervisorPropertyTest {
  private static final int STEPS = 40;

  static SupervisorSpec randomSpec(FakeTree tree, RandomGenerator random) {
    SupervisorSpec spec =
        SupervisorSpec.of(Strategy.values()[random.nextInt(3)])
            .maxRestarts(random.nextInt(6), FakeTree.PERIOD);
    int count = 1 + random.nextInt(6);
    for (int i = 0; i < count; i++) {
      Restart restart = Restart.values()[random.nextInt(10) < 6 ? 0 : 1 + random.nextInt(2)];
      spec = spec.child(tree.spec("child" + i).restart(restart));
    }
    return spec;
  }

  @Test
  void whatHappensOneAfterAnotherIsWhatTheRulesSay() {
    Seeds.forEach(
        400,
        (seed, random) -> {
          FakeTree tree = new FakeTree(random);
          SupervisorSpec spec = randomSpec(tree, random);
          SupervisorModel model = new SupervisorModel(spec);
          SupervisorProcess top = tree.start(spec);
          assertThat(tree.log).isEqualTo(model.log);

          for (int step = 0; step < STEPS && !model.running.isEmpty(); step++) {
            tree.pass(Duration.ofMillis(random.nextInt(2500)));
            String victim = model.running.get(random.nextInt(model.running.size()));
            int index = model.ids().indexOf(victim);
            boolean crash = random.nextInt(4) > 0;
            model.ends(index, crash, tree.simulation.clock().nanos());
            if (crash) {
              tree.crash(victim);
            } else {
              tree.endNormally(victim);
            }
            assertThat(tree.log).isEqualTo(model.log);
            assertThat(tree.running()).isEqualTo(model.running.stream().sorted().toList());
            assertThat(top.stopped().isDone()).isEqualTo(model.gaveUp);
            assertThat(top.children()).extracting(ChildState::id).isEqualTo(model.ids());
          }
        });
  }

  @Test
  void whateverHappensAtOnceItEndsWithAllUpOrAllDownAndNeverRestartsTooOften() {
    Seeds.forEach(
        400,
        (seed, random) -> {
          FakeTree tree = new FakeTree(random);
          SupervisorSpec spec = randomSpec(tree, random);
          for (ChildSpec child : spec.children()) {
            FakeTree.Behaviour behaviour = tree.behaviour(child.id());
            behaviour.startNanos = TimeUnit.MILLISECONDS.toNanos(random.nextInt(20));
            behaviour.stopNanos = TimeUnit.MILLISECONDS.toNanos(random.nextInt(20));
          }
          SupervisorProcess top = tree.start(spec);
          tree.pass(Duration.ofSeconds(1));

          for (int step = 0; step < STEPS && !top.stopped().isDone(); step++) {
            disturb(tree, spec, random);
            tree.pass(Duration.ofMillis(random.nextInt(30)));
          }
          boolean stopIt = random.nextInt(4) == 0;
          if (stopIt) {
            tree.stop(top);
          }
          tree.pass(Duration.ofMinutes(1));

          assertThat(top.started()).isDone();
          if (top.stopped().isDone()) {
            assertThat(tree.running()).isEmpty();
          } else {
            assertThat(stopIt).isFalse();
            assertAllUp(tree, top, spec);
          }
          long starts = tree.log.stream().filter(line -> line.startsWith("start ")).count();
          // all of it lies within one period
          assertThat(starts)
              .isLessThanOrEqualTo((long) spec.children().size() * (1 + spec.maxRestarts()));
        });
  }

  private static void disturb(FakeTree tree, SupervisorSpec spec, RandomGenerator random) {
    for (ChildSpec child : spec.children()) {
      if (random.nextInt(12) == 0 && tree.runs(child.id())) {
        tree.crashLater(child.id());
      }
      if (random.nextInt(12) == 0) {
        tree.behaviour(child.id()).startsToFail = random.nextInt(2);
      }
    }
  }

  private static void assertAllUp(FakeTree tree, SupervisorProcess top, SupervisorSpec spec) {
    assertThat(top.status()).isEqualTo(WorkerStatus.RUNNING);
    for (ChildSpec child : spec.children()) {
      if (child.restart() != Restart.TEMPORARY) {
        assertThat(tree.runs(child.id())).as(child.id()).isTrue();
      }
    }
    assertThat(top.children())
        .extracting(ChildState::status)
        .allMatch(status -> status == WorkerStatus.RUNNING);
  }
}
