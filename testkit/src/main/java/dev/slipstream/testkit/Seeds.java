// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.testkit;

import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Runs a property for many seeds, and makes a failure say which one it was and how to repeat it: in
 * one line with the command, on the error stream and in the failure.
 *
 * <p>A seed may also be the number of a case: the byte where a file is cut, the call that fails.
 * The system property {@code slipstream.seed} runs that one seed alone; {@code slipstream.seeds}
 * sets how many there are, where they are not numbers of cases.
 */
public final class Seeds {

  private Seeds() {}

  /** A property of one seed. */
  @FunctionalInterface
  public interface Property {
    /** Throws when the property does not hold. */
    void check(long seed, RandomGenerator random) throws Exception;
  }

  /** Checks {@code property} for the seeds 1 to {@code count}. */
  public static void forEach(int count, Property property) {
    Long only = Long.getLong("slipstream.seed");
    long first = only == null ? 1 : only;
    long last = only == null ? Integer.getInteger("slipstream.seeds", count) : only;
    for (long seed = first; seed <= last; seed++) {
      check(seed, property);
    }
  }

  /**
   * Checks {@code property} for the cases {@code first} to {@code last}, every {@code stride}-th of
   * them.
   */
  public static void forEach(long first, long last, long stride, Property property) {
    Long only = Long.getLong("slipstream.seed");
    if (only != null) {
      check(only, property);
      return;
    }
    for (long seed = first; seed <= last; seed += stride) {
      check(seed, property);
    }
  }

  private static void check(long seed, Property property) {
    try {
      property.check(seed, new SplittableRandom(seed));
    } catch (Exception | AssertionError | StackOverflowError failure) {
      String line = "seed " + seed + " fails; repeat it with " + command(seed);
      System.err.println(line);
      throw new AssertionError(line + ": " + failure, failure);
    }
  }

  /** The command that runs the calling test with this seed alone. */
  private static String command(long seed) {
    List<StackWalker.StackFrame> frames =
        StackWalker.getInstance()
            .walk(all -> all.filter(frame -> !isHere(frame)).collect(Collectors.toList()));
    String type = frames.get(0).getClassName();
    String method = frames.get(0).getMethodName();
    for (StackWalker.StackFrame frame : frames) {
      if (frame.getClassName().equals(type)) {
        method = frame.getMethodName(); // the outermost of the class is the test
      }
    }
    String test = type.substring(type.lastIndexOf('.') + 1) + "#" + method;
    Path module = Path.of("").toAbsolutePath().getFileName();
    return "mvn -Dnightly -pl "
        + module
        + " -am test -Dsurefire.failIfNoSpecifiedTests=false -Dtest='"
        + test
        + "' -Dslipstream.seed="
        + seed;
  }

  private static boolean isHere(StackWalker.StackFrame frame) {
    return frame.getClassName().equals(Seeds.class.getName());
  }
}
