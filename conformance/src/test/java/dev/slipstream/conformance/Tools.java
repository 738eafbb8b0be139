// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where the two servers and the foreign programs are on this machine.
 *
 * @param foreign the folder of the foreign programs
 * @param publicCommand how the public server is started, without flags
 * @param ourCommand how our server is started, without flags
 * @param program what our launcher starts, and would build if it was missing; absent for another
 *     command
 */
record Tools(
    Path foreign, List<String> publicCommand, List<String> ourCommand, Optional<Path> program) {

  static Tools find() {
    Path root = repositoryRoot();
    List<String> publicCommand = List.of(publicServer().toString());
    Path foreign = root.resolve("conformance/foreign");
    String override = System.getProperty("slipstream.command", "").strip();
    if (!override.isEmpty()) {
      return new Tools(foreign, publicCommand, List.of(override.split("\\s+")), Optional.empty());
    }
    Path program = root.resolve("cli/target/slipstream/slipstream.jar");
    List<String> launcher = List.of(root.resolve("slipstream").toString(), "server");
    return new Tools(foreign, publicCommand, launcher, Optional.of(program));
  }

  /** What is missing of the two servers, with the way to get it. */
  Optional<String> missing() {
    if (!isExecutable(publicCommand)) {
      return Optional.of("nats-server is missing: run conformance/foreign/install.sh");
    }
    if (!isExecutable(ourCommand)) {
      return Optional.of(ourCommand.get(0) + " is missing");
    }
    if (program.isPresent() && !Files.exists(program.get())) {
      return Optional.of(program.get() + " is missing: run mvn -pl cli -am package");
    }
    return Optional.empty();
  }

  private static boolean isExecutable(List<String> command) {
    return Files.isExecutable(Path.of(command.get(0)));
  }

  /** The path of {@code nats-server}: of the environment, on the path, or where Go installs it. */
  private static Path publicServer() {
    String named = System.getenv("NATS_SERVER");
    if (named != null && !named.isEmpty()) {
      return Path.of(named);
    }
    String search = System.getenv().getOrDefault("PATH", "");
    String goPath = System.getenv().getOrDefault("GOPATH", System.getProperty("user.home") + "/go");
    return Stream.concat(Stream.of(search.split(":")), Stream.of(goPath + "/bin"))
        .map(folder -> Path.of(folder, "nats-server"))
        .filter(Files::isExecutable)
        .findFirst()
        .orElse(Path.of("nats-server"));
  }

  private static Path repositoryRoot() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.isDirectory(folder.resolve("conformance/foreign"))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new IllegalStateException("not within the repository: " + Path.of("").toAbsolutePath());
    }
    return folder;
  }
}
