// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * The public nats-server as a process of its own, on a free port of 127.0.0.1 with JetStream and a
 * store of its own; can be killed and started again.
 *
 * <p>Looked for on the PATH and in {@code ~/go/bin}. Where it is absent the test is skipped, or
 * fails if {@code SLIPSTREAM_REQUIRE_FOREIGN=1}.
 */
final class NatsServer implements AutoCloseable {
  private static final int READY_TRIES = 2000;

  private final Path dir;
  private final int port;
  private final String domain;
  private @Nullable Process process;

  private NatsServer(Path dir, int port, String domain) {
    this.dir = dir;
    this.port = port;
    this.domain = domain;
  }

  /** One that runs. */
  static NatsServer started() {
    return started("");
  }

  /** One that runs, in a JetStream domain. */
  static NatsServer started(String domain) {
    NatsServer server = reserved(domain);
    server.start();
    return server;
  }

  /** One that does not run yet. */
  static NatsServer reserved(String domain) {
    try {
      return new NatsServer(Files.createTempDirectory("slipstream-worker"), freePort(), domain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String url() {
    return "nats://127.0.0.1:" + port;
  }

  /** Starts it, again if it ran before, and returns when it speaks. */
  void start() {
    Path config = dir.resolve("server.conf");
    String inDomain = domain.isEmpty() ? "" : ", domain: " + domain;
    try {
      Files.writeString(
          config,
          "listen: \"127.0.0.1:%d\"\njetstream: {store_dir: \"%s\"%s}\n"
              .formatted(port, dir, inDomain));
      Process started =
          new ProcessBuilder(binary().toString(), "-c", config.toString())
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

  /** Ends it without warning, and returns when it is gone. */
  void kill() {
    end(true);
  }

  /** Has it end in order, and returns when it is gone. */
  void stop() {
    end(false);
  }

  private void end(boolean forcibly) {
    Process ending = process;
    process = null;
    if (ending == null) {
      return;
    }
    if (forcibly) {
      ending.destroyForcibly();
    } else {
      ending.destroy();
    }
    try {
      if (!ending.waitFor(20, TimeUnit.SECONDS)) {
        fail("the server does not end");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    kill();
    try (Stream<Path> files = Files.walk(dir)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
      return socket.getInputStream().read() == 'I';
    } catch (IOException notYet) {
      return false;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static Path binary() {
    List<String> folders =
        new ArrayList<>(List.of(System.getenv().getOrDefault("PATH", "").split(":")));
    folders.add(System.getProperty("user.home") + "/go/bin");
    for (String folder : folders) {
      Path candidate = Path.of(folder, "nats-server");
      if (Files.isExecutable(candidate)) {
        return candidate;
      }
    }
    String message = "no nats-server on the PATH or in ~/go/bin: these tests need it";
    if ("1".equals(System.getenv("SLIPSTREAM_REQUIRE_FOREIGN"))) {
      fail(message);
    }
    Assumptions.abort(message);
    throw new AssertionError("unreachable");
  }
}
