// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.testkit.Seeds;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Random crashes against a model of the restart rules, which is written without any waiting. */
class SupervisorPropertyTest {
  private static final int STEPS = 40;

  /** What the rules say, for one event after another. */
  private static final class Model {
    final Strategy strategy;
    final int maxRestarts;
    final List<ChildSpec> children;
    final List<String> running = new ArrayList<>();
    final List<String> log = new ArrayList<>();
    final Deque<Long> restarts = new ArrayDeque<>();
    boolean gaveUp;

    Model(SupervisorSpec spec) {
      strategy = spec.strategy();
      maxRestarts = spec.maxRestarts();
      children = new ArrayList<>(spec.children());
      children.forEach(this::start);
    }

    private void start(ChildSpec child) {
      log.add("start " + child.id());
      running.add(child.id());
    }

    private void stop(ChildSpec child) {
      if (running.remove(child.id())) {
        log.add("stop " + child.id());
      }
    }

    void ends(int index, boolean crash, long now) {
      ChildSpec child = children.get(index);
      running.remove(child.id());
      if (child.restart() == Restart.TEMPORARY) {
        children.remove(index);
        return;
      }
      if (child.restart() == Restart.TRANSIENT && !crash) {
        return;
      }
      restarts.removeIf(then -> now - then > TimeUnit.NANOSECONDS.convert(FakeTree.PERIOD));
      if (restarts.size() == maxRestarts) {
        stopFrom(0, children.size());
        gaveUp = true;
        return;
      }
      restarts.add(now);
      int from = strategy == Strategy.ONE_FOR_ALL ? 0 : index;
      int to = strategy == Strategy.ONE_FOR_ONE ? index + 1 : children.size();
      stopFrom(from, to);
      List<ChildSpec> group = new ArrayList<>(children.subList(from, to));
      group.removeIf(member -> member.restart() == Restart.TEMPORARY);
      children.subList(from, to).removeIf(member -> member.restart() == Restart.TEMPORARY);
      group.forEach(this::start);
    }

    private void stopFrom(int from, int to) {
      for (int i = to - 1; i >= from; i--) {
        stop(children.get(i));
      }
    }
  }

  private static SupervisorSpec randomSpec(FakeTree tree, RandomGenerator random) {
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
          Model model = new Model(spec);
          SupervisorProcess top = tree.start(spec);
          assertThat(tree.log).isEqualTo(model.log);

          for (int step = 0; step < STEPS && !model.running.isEmpty(); step++) {
            tree.pass(Duration.ofMillis(random.nextInt(2500)));
            String victim = model.running.get(random.nextInt(model.running.size()));
            int index = model.children.stream().map(ChildSpec::id).toList().indexOf(victim);
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
            assertThat(top.children())
                .extracting(ChildState::id)
                .isEqualTo(model.children.stream().map(ChildSpec::id).toList());
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
