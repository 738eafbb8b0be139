// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import static org.assertj.core.api.Assertions.fail;

import dev.slipstream.testkit.ForeignPrograms;
import dev.slipstream.testkit.Seeds;
import dev.slipstream.testkit.ServerProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random scripts of API calls, publishes, pulls and acknowledgements get the same answers from the
 * public server and from ours. A difference prints the shortest script that still shows it; {@code
 * -Dslipstream.seeds=1000} looks for more.
 */
class RandomScriptTest {
  private static final System.Logger LOG = System.getLogger(RandomScriptTest.class.getName());
  private static final int STEPS = 60;
  private static final int LOOKS = 50;

  /** How often a script that showed a difference is run again before it counts. */
  private static final int RUNS = 2;

  private final Tools tools = Tools.find();

  /** What a step led to when the servers did not agree. */
  private record Difference(int step, List<String> expected, List<String> actual) {}

  @Test
  void bothServersAnswerAlike() {
    compare(25);
  }

  private void compare(int seeds) {
    Optional<String> missing = tools.missing();
    if (missing.isPresent()) {
      ForeignPrograms.absent(missing.get());
      return;
    }
    try (ServerProcess one = tools.startPublic();
        ServerProcess other = tools.startOurs();
        ScriptServer publicServer = new ScriptServer(one.url());
        ScriptServer ours = new ScriptServer(other.url())) {
      Seeds.forEach(
          seeds,
          (seed, random) -> {
            List<ScriptStep> script = new ScriptGenerator(random).script(STEPS);
            for (int runs = 0; differs(seed, script, publicServer, ours); runs++) {
              // one that does not come again was a matter of time, in what the public server does
              // beside its answers
              if (runs == RUNS) {
                report(shortened(script, publicServer, ours), publicServer, ours);
              }
            }
          });
    }
  }

  private static boolean differs(
      long seed, List<ScriptStep> script, ScriptServer publicServer, ScriptServer ours)
      throws InterruptedException {
    Difference difference = run(script, publicServer, ours);
    if (difference != null) {
      LOG.log(
          System.Logger.Level.WARNING,
          "seed {0} differs at {1}",
          seed,
          script.get(difference.step));
    }
    return difference != null;
  }

  /** Runs a script; answers the first difference, or null. */
  private static @Nullable Difference run(
      List<ScriptStep> script, ScriptServer publicServer, ScriptServer ours)
      throws InterruptedException {
    publicServer.clear();
    ours.clear();
    for (int i = 0; i < script.size(); i++) {
      ScriptStep step = script.get(i);
      if (step.kind() == ScriptStep.Kind.PULL) {
        // until both know what is pending
        ScriptStep info = ScriptStep.ask("CONSUMER.INFO." + step.target(), "");
        Difference before = take(i, info, publicServer, ours);
        if (before != null) {
          return before;
        }
      }
      Difference difference = take(i, step, publicServer, ours);
      if (difference != null) {
        return difference;
      }
    }
    return null;
  }

  private static @Nullable Difference take(
      int at, ScriptStep step, ScriptServer publicServer, ScriptServer ours)
      throws InterruptedException {
    List<String> expected = publicServer.take(step);
    List<String> actual = ours.take(step);
    for (int looks = LOOKS;
        looks > 0 && step.kind() == ScriptStep.Kind.ASK && !expected.equals(actual);
        looks--) {
      TimeUnit.MILLISECONDS.sleep(10); // what the public server does beside its answers
      expected = publicServer.take(step);
      actual = ours.take(step);
    }
    return expected.equals(actual) ? null : new Difference(at, expected, actual);
  }

  /** Leaves out steps as long as some difference stays. */
  private static List<ScriptStep> shortened(
      List<ScriptStep> script, ScriptServer publicServer, ScriptServer ours)
      throws InterruptedException {
    List<ScriptStep> shortest = script;
    for (int size = script.size() / 2; size > 0; size /= 2) {
      for (int from = 0; from < shortest.size(); ) {
        List<ScriptStep> without = new ArrayList<>(shortest);
        without.subList(from, Math.min(from + size, without.size())).clear();
        if (run(without, publicServer, ours) == null) {
          from += size;
        } else {
          shortest = without;
        }
      }
    }
    return shortest;
  }

  private static void report(List<ScriptStep> script, ScriptServer publicServer, ScriptServer ours)
      throws InterruptedException {
    Difference difference = run(script, publicServer, ours);
    StringBuilder text = new StringBuilder("the servers answer differently:\n");
    script.forEach(step -> text.append("  ").append(step).append('\n'));
    if (difference == null) {
      text.append("and this time they did not: it is a matter of time");
    } else {
      text.append("at ").append(script.get(difference.step)).append('\n');
      text.append(LineDifference.of(difference.expected, difference.actual));
    }
    fail(text.toString());
  }
}
