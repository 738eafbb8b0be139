// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A server that runs as a process of its own, on a port of 127.0.0.1, with its store and its log in
 * a temporary directory. It can be stopped, killed, sent a signal and started again on its port and
 * store. The public server and ours take the same flags and say the same when they are ready, so
 * that one type serves both.
 *
 * <p>Made by {@link #natsServer}, {@link #program} or {@link #commandLine}. What goes wrong with
 * the process is an {@link IllegalStateException} with its log.
 *
 * <p>Not safe for use by several threads: the thread that started it stops, starts and closes it.
 */
public final class ServerProcess implements AutoCloseable {
  private static final Duration START_PATIENCE = Duration.ofSeconds(30);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(15);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
  private static final Pattern LISTENS =
      Pattern.compile("Listening for client connections on 127\\.0\\.0\\.1:(\\d+)\\R");
  private static final String READY = "Server is ready";

  private final List<String> command;
  private final Path store;
  private final TemporaryDirectory directory;
  private final Duration stopPatience;
  private final boolean visited;
  private int port;
  private long logBytesBefore;
  private @Nullable Process process;

  private ServerProcess(Builder builder, TemporaryDirectory directory, int port) {
    this.command = List.copyOf(builder.command);
    this.store = builder.store == null ? directory.path().resolve("store") : builder.store;
    this.directory = directory;
    this.stopPatience = builder.stopPatience;
    this.visited = builder.visited;
    this.port = port;
  }

  /**
   * The public server; on a machine without it the calling test is skipped, or fails, as {@link
   * ForeignPrograms} says.
   */
  public static Builder natsServer() {
    return program(List.of(ForeignPrograms.natsServer().toString()));
  }

  /** A server of which only the program is given: the flags for where it listens are added. */
  public static Builder program(List<String> program) {
    return commandLine(program).arguments("-a", "127.0.0.1", "-p", "{port}");
  }

  /**
   * A server by the words of its command, in which {@code {port}} and {@code {dir}} are filled in:
   * where it is to listen, -1 for any port, and its store.
   */
  public static Builder commandLine(List<String> words) {
    return new Builder(words);
  }

  /** A port of 127.0.0.1 that nothing listens on now. */
  public static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Where clients connect, as {@code nats://127.0.0.1:port}; the same after a restart. */
  public String url() {
    return "nats://127.0.0.1:" + port;
  }

  /** Where it listens, on 127.0.0.1; the same after a restart. */
  public int port() {
    return port;
  }

  /** The number of the process, for the tools of the system. */
  public long pid() {
    return running().pid();
  }

  /** Whether the process has not ended of itself. */
  public boolean isAlive() {
    return running().isAlive();
  }

  /** What it has said so far, all its starts after one another. */
  public String log() {
    try {
      return Files.readString(logFile());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Starts it, again if it ran before, and returns when it greets who connects. */
  public void start() {
    try (WatchService changes = directory.path().getFileSystem().newWatchService()) {
      directory
          .path()
          .register(
              changes, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
      launch();
      port = awaitReady(changes);
      if (visited) {
        awaitGreeting();
      }
    } catch (IOException failed) {
      throw failure("does not start", failed);
    } catch (InterruptedException interrupted) {
      throw interrupted(interrupted);
    }
  }

  /** Starts it, and leaves it to the caller to find out when it is ready. */
  public void launch() {
    if (process != null) {
      throw new IllegalStateException("the server runs already");
    }
    List<String> words = new ArrayList<>();
    for (String word : command) {
      words.add(
          word.replace("{port}", port == 0 ? "-1" : Integer.toString(port))
              .replace("{dir}", store.toString())
              .replace("{configuration}", configurationFile(directory).toString()));
    }
    ProcessBuilder builder =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()));
    // The launcher must not build the program anew while the build that runs this test goes on.
    builder.environment().remove("SLIPSTREAM_REBUILD");
    try {
      logBytesBefore = Files.exists(logFile()) ? Files.size(logFile()) : 0;
      process = builder.start();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Has it end in order, as a service manager does (SIGTERM), and returns when it is gone. */
  public void stop() {
    running().destroy();
    awaitExit();
  }

  /** Ends it without warning (SIGKILL), and returns when it is gone. */
  public void kill() {
    running().destroyForcibly();
    awaitExit();
  }

  /** Ends it in order and starts it again. */
  public void restart() {
    stop();
    start();
  }

  /** Ends it without warning and starts it again. */
  public void killAndRestart() {
    kill();
    start();
  }

  /** Sends it a signal by name, such as {@code STOP}. */
  public void signal(String name) {
    try {
      String pid = Long.toString(pid());
      Process kill = new ProcessBuilder("kill", "-" + name, pid).inheritIO().start();
      if (kill.waitFor() != 0) {
        throw failure("could not be sent " + name, null);
      }
    } catch (IOException failed) {
      throw failure("could not be sent " + name, failed);
    } catch (InterruptedException interrupted) {
      throw interrupted(interrupted);
    }
  }

  /** Has it end in order if it runs, and removes its log and, unless it was given, its store. */
  @Override
  public void close() {
    try (directory) {
      if (process != null) {
        stop();
      }
    }
  }

  private Process running() {
    if (process == null) {
      throw new IllegalStateException("the server does not run");
    }
    return process;
  }

  private void awaitExit() {
    Process ending = running();
    process = null;
    boolean ended = false;
    try {
      ended = ending.waitFor(stopPatience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException interrupted) {
      throw interrupted(interrupted);
    } finally {
      ending.destroyForcibly();
    }
    if (!ended) {
      throw failure("did not end when asked to", null);
    }
  }

  /** Reads the log whenever it grows, until it says that the server is ready and where. */
  private int awaitReady(WatchService changes) throws IOException, InterruptedException {
    Process started = running();
    long deadline = System.nanoTime() + START_PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      boolean alive = started.isAlive();
      String log = newLog();
      Matcher listens = LISTENS.matcher(log);
      if (listens.find() && log.indexOf(READY, listens.end()) >= 0) {
        return Integer.parseInt(listens.group(1));
      }
      if (!alive) {
        break;
      }
      // Not every system tells of a change at once.
      WatchKey key = changes.poll(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
      if (key != null) {
        key.pollEvents();
        key.reset();
      }
    }
    throw failure("does not become ready", null);
  }

  /** Connects and waits for INFO: the first connection may take a cold server its time. */
  private void awaitGreeting() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout((int) START_PATIENCE.toMillis());
      if (socket.getInputStream().read() != 'I') {
        throw failure("does not greet", null);
      }
    }
  }

  private String newLog() throws IOException {
    try (InputStream log = Files.newInputStream(logFile())) {
      log.skipNBytes(logBytesBefore);
      return new String(log.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private Path logFile() {
    return directory.path().resolve("server.log");
  }

  private static Path configurationFile(TemporaryDirectory directory) {
    return directory.path().resolve("server.conf");
  }

  private IllegalStateException failure(String what, @Nullable Exception cause) {
    String log = Files.exists(logFile()) ? log() : "";
    if (process != null) {
      process.destroyForcibly();
    }
    return new IllegalStateException(command + " " + what + "; its log:\n" + log, cause);
  }

  private static IllegalStateException interrupted(InterruptedException interrupted) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("interrupted", interrupted);
  }

  /**
   * A server to be: what its command has beyond the program, and where its store is.
   *
   * <p>Owned by the thread that makes it.
   */
  public static final class Builder {
    private final List<String> command;
    private String configuration = "";
    private @Nullable Path store;
    private Duration stopPatience = STOP_PATIENCE;
    private boolean visited = true;

    private Builder(List<String> words) {
      command = new ArrayList<>(words);
    }

    /** With JetStream, on its store. */
    public Builder jetStream() {
      return arguments("-js", "-sd", "{dir}");
    }

    /** With further words at the end of its command. */
    public Builder arguments(String... words) {
      command.addAll(List.of(words));
      return this;
    }

    /** With a configuration file of this text. */
    public Builder configuration(String text) {
      configuration = text;
      return arguments("-c", "{configuration}");
    }

    /** With its store in a directory that stays when the server is closed. */
    public Builder store(Path directory) {
      store = directory;
      return this;
    }

    /** With so much time to end when it is asked to, instead of 15 seconds. */
    public Builder stopPatience(Duration patience) {
      stopPatience = patience;
      return this;
    }

    /** Without the connection that waits for a greeting: for a test that counts connections. */
    public Builder unvisited() {
      visited = false;
      return this;
    }

    /** One that runs and takes connections. */
    public ServerProcess start() {
      ServerProcess server = make(0);
      try {
        server.start();
        return server;
      } catch (RuntimeException failed) {
        try (server) {
          throw failed;
        }
      }
    }

    /** One that does not run yet, with a port that is known already. */
    public ServerProcess reserve() {
      return make(freePort());
    }

    private ServerProcess make(int port) {
      TemporaryDirectory directory = TemporaryDirectory.create("slipstream-server");
      try {
        Files.writeString(configurationFile(directory), configuration);
      } catch (IOException failed) {
        throw new UncheckedIOException(failed);
      }
      return new ServerProcess(this, directory, port);
    }
  }
}
