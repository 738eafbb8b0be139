// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import static org.assertj.core.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The public server, if this machine has it, as a process of its own. */
final class NatsServerProcess implements AutoCloseable {
  private static final Pattern LISTENS =
      Pattern.compile("Listening for client connections on 127\\.0\\.0\\.1:(\\d+)");

  private final Process process;
  private final Path configuration;
  private final int port;

  /**
   * Starts it with a configuration, to which a free port is added. Skips the test when there is no
   * such program, unless {@code SLIPSTREAM_REQUIRE_FOREIGN=1} makes that a failure.
   */
  static NatsServerProcess start(String configuration) {
    Optional<Path> program = find();
    if (program.isEmpty()) {
      String missing = "there is no nats-server on the PATH or in ~/go/bin to compare with";
      if ("1".equals(System.getenv("SLIPSTREAM_REQUIRE_FOREIGN"))) {
        fail(missing);
      }
      Assumptions.abort(missing);
    }
    try {
      return new NatsServerProcess(program.orElseThrow(), configuration);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static Optional<Path> find() {
    Stream<Path> folders =
        Stream.concat(
            Stream.of(System.getenv().getOrDefault("PATH", "").split(":")).map(Path::of),
            Stream.of(Path.of(System.getProperty("user.home"), "go", "bin")));
    return folders
        .map(folder -> folder.resolve("nats-server"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private NatsServerProcess(Path program, String text) throws IOException {
    configuration = Files.createTempFile("nats-server-", ".conf");
    Files.writeString(configuration, "listen: \"127.0.0.1:-1\"\n" + text);
    process =
        new ProcessBuilder(program.toString(), "-c", configuration.toString())
            .redirectErrorStream(true)
            .start();
    BufferedReader log =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    StringBuilder said = new StringBuilder();
    int found = 0;
    for (String line = log.readLine(); line != null && found == 0; line = log.readLine()) {
      said.append(line).append('\n');
      Matcher listens = LISTENS.matcher(line);
      if (listens.find()) {
        found = Integer.parseInt(listens.group(1));
      }
    }
    if (found == 0) {
      fail("nats-server did not start:\n" + said);
    }
    port = found;
    Thread drain = new Thread(() -> drain(log), "nats-server log");
    drain.setDaemon(true);
    drain.start();
  }

  private static void drain(BufferedReader log) {
    try {
      while (log.readLine() != null) {
        // a full pipe would stop the server
      }
    } catch (IOException closed) {
      // the process has ended
    }
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      process.waitFor();
      Files.deleteIfExists(configuration);
    } catch (IOException | InterruptedException left) {
      process.destroyForcibly();
    }
  }
}
