// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import dev.slipstream.testkit.ForeignPrograms;
import dev.slipstream.testkit.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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
    Path publicServer = ForeignPrograms.findNatsServer().orElse(Path.of("nats-server"));
    List<String> publicCommand = List.of(publicServer.toString());
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

  /** Our server, running. */
  ServerProcess startOurs() {
    return startOurs("");
  }

  /** Our server with a configuration, running; an empty one is none. */
  ServerProcess startOurs(String configuration) {
    return start(ourCommand, configuration);
  }

  /** The public server, running. */
  ServerProcess startPublic() {
    return startPublic("");
  }

  /** The public server with a configuration, running; an empty one is none. */
  ServerProcess startPublic(String configuration) {
    return start(publicCommand, configuration);
  }

  private static ServerProcess start(List<String> command, String configuration) {
    ServerProcess.Builder server = ServerProcess.program(command).jetStream();
    return (configuration.isEmpty() ? server : server.configuration(configuration)).start();
  }

  /** The text of a configuration of the foreign programs. */
  String configuration(String name) throws IOException {
    return Files.readString(foreign.resolve("configurations").resolve(name + ".conf"));
  }

  /** Our server, running on a store directory that stays when it is closed. */
  ServerProcess startOursOn(Path store) {
    return ServerProcess.program(ourCommand).jetStream().store(store).start();
  }

  private static boolean isExecutable(List<String> command) {
    return Files.isExecutable(Path.of(command.get(0)));
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
