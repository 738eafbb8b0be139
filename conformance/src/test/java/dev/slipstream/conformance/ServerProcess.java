// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A server with JetStream that runs as a process of its own, on a port of 127.0.0.1 and with a
 * store in a temporary directory. The public server and ours take the same flags and write the same
 * ports file, so that one type serves both.
 *
 * <p>Not safe for use by several threads: the thread that started it restarts and closes it.
 */
final class ServerProcess implements AutoCloseable {
  private static final Duration START_PATIENCE = Duration.ofSeconds(30);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(15);
  private static final Pattern CLIENT_URL =
      Pattern.compile("\"nats\":\\s*\\[\\s*\"(nats://[^\"]+)\"");

  private final List<String> command;
  private final Path directory;
  private final Path store;
  private Process process;
  private String url;

  private ServerProcess(List<String> command, Path directory, Path store) throws IOException {
    this.command = command;
    this.directory = directory;
    this.store = store;
    this.process = launch("-1");
    this.url = awaitReady();
  }

  /** Starts a server and waits until it takes connections. The command lacks only the flags. */
  static ServerProcess start(List<String> command) throws IOException {
    Path directory = Files.createTempDirectory("conformance-server");
    return new ServerProcess(command, directory, directory.resolve("store"));
  }

  /** Starts a server on a store directory that stays when it is closed. */
  static ServerProcess startOn(List<String> command, Path store) throws IOException {
    return new ServerProcess(command, Files.createTempDirectory("conformance-server"), store);
  }

  /** Where clients connect, as {@code nats://127.0.0.1:port}; the same after a restart. */
  String url() {
    return url;
  }

  /**
   * Ends the server as a service manager does (SIGTERM) and starts it again on its port and store.
   */
  void restart() throws IOException {
    process.destroy();
    startAgain();
  }

  /** Ends the server at once (SIGKILL) and starts it again on its port and store. */
  void killAndRestart() throws IOException {
    process.destroyForcibly();
    startAgain();
  }

  private void startAgain() throws IOException {
    awaitExit();
    for (Path ports : portsFiles()) {
      Files.delete(ports);
    }
    process = launch(url.substring(url.lastIndexOf(':') + 1));
    url = awaitReady();
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    awaitExit();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  private Process launch(String port) throws IOException {
    List<String> line = new ArrayList<>(command);
    line.addAll(List.of("-a", "127.0.0.1", "-p", port, "-js"));
    line.addAll(List.of("-sd", store.toString()));
    line.addAll(List.of("--ports_file_dir", directory.toString()));
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
    // The launcher must not build the program anew while the build that runs this test goes on.
    builder.environment().remove("SLIPSTREAM_REBUILD");
    return builder.start();
  }

  /** Waits for the ports file, which a server writes when it listens. */
  private String awaitReady() throws IOException {
    long deadline = System.nanoTime() + START_PATIENCE.toNanos();
    try (WatchService changes = directory.getFileSystem().newWatchService()) {
      directory.register(
          changes, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
      while (System.nanoTime() < deadline && process.isAlive()) {
        Optional<String> found = readUrl();
        if (found.isPresent()) {
          return found.get();
        }
        var key = changes.poll(100, TimeUnit.MILLISECONDS);
        if (key != null) {
          key.pollEvents();
          key.reset();
        }
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
    throw new IOException(command + " did not become ready; its log:\n" + Files.readString(log()));
  }

  private Optional<String> readUrl() throws IOException {
    for (Path ports : portsFiles()) {
      Matcher matcher = CLIENT_URL.matcher(Files.readString(ports));
      if (matcher.find()) {
        return Optional.of(matcher.group(1));
      }
    }
    return Optional.empty();
  }

  private List<Path> portsFiles() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".ports")).toList();
    }
  }

  private void awaitExit() {
    try {
      if (!process.waitFor(STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new UncheckedIOException(new IOException(command + " did not end when asked to"));
      }
    } catch (InterruptedException interrupted) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private Path log() {
    return directory.resolve("server.log");
  }
}
