// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * The programs of others that tests run beside ours, first of all the public nats-server, and what
 * becomes of a test on a machine that lacks one: it is skipped, or fails where the environment says
 * {@code SLIPSTREAM_REQUIRE_FOREIGN=1}.
 *
 * <p>To look for a program takes the JDK alone; only to skip needs JUnit, which is there wherever
 * there is a test to skip.
 */
public final class ForeignPrograms {
  private static final String NATS_SERVER = "nats-server";

  private ForeignPrograms() {}

  /**
   * The public server's executable: the one that {@code NATS_SERVER} of the environment names, else
   * the first on the PATH, else the one that Go has installed.
   */
  public static Optional<Path> findNatsServer() {
    String named = System.getenv("NATS_SERVER");
    if (named != null && !named.isEmpty()) {
      return Optional.of(Path.of(named)).filter(Files::isExecutable);
    }
    String path = System.getenv().getOrDefault("PATH", "");
    String go = System.getenv().getOrDefault("GOPATH", System.getProperty("user.home") + "/go");
    return Stream.concat(Stream.of(path.split(":")), Stream.of(go + "/bin"))
        .map(folder -> Path.of(folder, NATS_SERVER))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** The public server's executable; without one the test that asks ends here. */
  public static Path natsServer() {
    return findNatsServer()
        .orElseThrow(() -> absent("no nats-server on the PATH or in ~/go/bin: this test needs it"));
  }

  /**
   * Ends the calling test, which cannot run without what {@code missing} names: skipped, or failed
   * if nothing may be missing.
   *
   * @return never; so that a caller can say {@code throw}
   */
  public static AssertionError absent(String missing) {
    if ("1".equals(System.getenv("SLIPSTREAM_REQUIRE_FOREIGN"))) {
      throw new AssertionError(missing);
    }
    return Assumptions.abort(missing);
  }
}
