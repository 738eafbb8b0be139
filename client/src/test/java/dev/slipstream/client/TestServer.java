// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * A server under test as a process of its own, on a free port of 127.0.0.1 with a store of its own.
 *
 * <p>The system property {@code slipstream.client.server} is its command line, in which {@code
 * {port}} and {@code {dir}} are filled in; without it the public nats-server is looked for. Where
 * that is absent tests are skipped, or fail if {@code SLIPSTREAM_REQUIRE_FOREIGN=1}.
 */
final class TestServer implements AutoCloseable {
  private static final String PROPERTY = "slipstream.client.server";
  private static final String ARGUMENTS = " -a 127.0.0.1 -p {port} -js -sd {dir}";
  private static final int READY_TRIES = 1000;

  private final Path dir;
  private final int port;
  private final List<String> extra;
  private @Nullable Process process;

  private TestServer(Path dir, int port, List<String> extra) {
    this.dir = dir;
    this.port = port;
    this.extra = extra;
  }

  /** Starts a server with further arguments. */
  static TestServer started(String... extraArguments) {
    TestServer server = reserve(extraArguments);
    server.start();
    return server;
  }

  /** A server that does not run yet. */
  static TestServer reserve(String... extraArguments) {
    try {
      return new TestServer(
          Files.createTempDirectory("slipstream-client"),
          freePort(),
          Arrays.asList(extraArguments));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String url() {
    return "nats://127.0.0.1:" + port;
  }

  int port() {
    return port;
  }

  Path dir() {
    return dir;
  }

  /** Starts it, again if it ran before, and waits until it speaks. */
  void start() {
    List<String> command = new ArrayList<>();
    for (String word : commandLine().split(" ")) {
      command.add(word.replace("{port}", Integer.toString(port)).replace("{dir}", dir.toString()));
    }
    extra.forEach(word -> command.add(word.replace("{dir}", dir.toString())));
    try {
      Process started =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(dir.resolve("log").toFile()))
              .start();
      process = started;
      awaitReady(started);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Has it end in order, and waits. */
  void stop() {
    end(false);
  }

  /** Ends it without warning (kill -9), and waits. */
  void kill() {
    end(true);
  }

  /** Sends it a signal by name. */
  void signal(String name) throws IOException, InterruptedException {
    String pid = Long.toString(running().pid());
    Process kill = new ProcessBuilder("kill", "-" + name, pid).inheritIO().start();
    if (kill.waitFor() != 0) {
      fail("no signal " + name + " to " + pid);
    }
  }

  @Override
  public void close() {
    if (process != null) {
      kill();
    }
    try (Stream<Path> files = Files.walk(dir)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process running() {
    if (process == null) {
      throw new IllegalStateException("the server does not run");
    }
    return process;
  }

  private void end(boolean forcibly) {
    Process ending = running();
    if (forcibly) {
      ending.destroyForcibly();
    } else {
      ending.destroy();
    }
    try {
      if (!ending.waitFor(20, TimeUnit.SECONDS)) {
        ending.destroyForcibly();
        fail("the server did not end");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    process = null;
  }

  private void awaitReady(Process started) throws IOException, InterruptedException {
    for (int i = 0; i < READY_TRIES; i++) {
      if (speaks()) {
        return;
      }
      if (started.waitFor(10, TimeUnit.MILLISECONDS)) {
        break;
      }
    }
    fail("the server does not start: " + Files.readString(dir.resolve("log")));
  }

  private boolean speaks() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(2000);
      InputStream in = socket.getInputStream();
      return in.read() == 'I';
    } catch (IOException notYet) {
      return false;
    }
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static String commandLine() {
    String given = System.getProperty(PROPERTY);
    if (given != null && !given.isBlank()) {
      return given;
    }
    Path binary = publicServer();
    if (binary == null) {
      String message = "no nats-server found: put it on the PATH or set -D" + PROPERTY;
      if ("1".equals(System.getenv("SLIPSTREAM_REQUIRE_FOREIGN"))) {
        fail(message);
      }
      Assumptions.abort(message);
    }
    return binary + ARGUMENTS;
  }

  private static @Nullable Path publicServer() {
    String home = System.getProperty("user.home");
    String path = System.getenv().getOrDefault("PATH", "") + ":" + home + "/go/bin";
    return Arrays.stream(path.split(":"))
        .map(folder -> Path.of(folder, "nats-server"))
        .filter(Files::isExecutable)
        .findFirst()
        .orElse(null);
  }
}
