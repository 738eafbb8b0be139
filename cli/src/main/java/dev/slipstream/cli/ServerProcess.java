// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import dev.slipstream.base.Clock;
import dev.slipstream.server.ListeningSocket;
import dev.slipstream.server.ServerStartException;
import dev.slipstream.server.SlipstreamServer;
import dev.slipstream.server.config.PidFile;
import dev.slipstream.server.config.PortsFile;
import dev.slipstream.server.config.ServerConfig;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A server as a process: log, pid file, ports file, signals, and an exit code. Runs on the main
 * thread from the start to the end.
 */
final class ServerProcess {

  private static final int LARGE_PAYLOAD_BYTES = 8 * 1024 * 1024;

  /** Starts a server; as {@link SlipstreamServer#start}. */
  @FunctionalInterface
  interface Starter {
    /** Opens the port ahead of the start, which takes longer; null for not yet. */
    default @Nullable ListeningSocket listen(ServerConfig config) {
      return null;
    }

    /** Starts it, on {@code socket} if there is one. */
    SlipstreamServer start(
        ServerConfig config,
        @Nullable ListeningSocket socket,
        Consumer<SlipstreamServer> beforeReady);
  }

  private final Invocation invocation;
  private final Starter starter;
  private final ProcessSignals signals;
  private @Nullable PortsFile ports;

  ServerProcess(Invocation invocation, Starter starter, ProcessSignals signals) {
    this.invocation = invocation;
    this.starter = starter;
    this.signals = signals;
  }

  /**
   * Runs a server until a signal ends it.
   *
   * @param notes what the operator should be warned about
   * @param onReady told when clients can connect
   * @return the exit code
   */
  int run(ServerConfig given, List<String> notes, Consumer<SlipstreamServer> onReady) {
    // once, so that the monitoring page shows the sizes that the server goes by
    ServerConfig config = given.resolved();
    // before anything that takes time to load
    ListeningSocket socket = starter.listen(config);
    signals.trap();
    ServerLog log;
    try {
      log = ServerLog.open(config.log(), Clock.system(), System.console() != null);
    } catch (IOException failed) {
      invocation.err().println("error opening file: " + reason(failed, config.log().file()));
      return 1;
    }
    try (log) {
      return runLogged(config, socket, notes, onReady, log);
    }
  }

  private int runLogged(
      ServerConfig config,
      @Nullable ListeningSocket socket,
      List<String> notes,
      Consumer<SlipstreamServer> onReady,
      ServerLog log) {
    if (!writePidFile(config.pidFile(), log)) {
      return 1;
    }
    try (MonitoringServer monitoring = bindMonitoring(config);
        SlipstreamServer server =
            starter.start(
                config, socket, bound -> tellBeforeReady(config, notes, bound, monitoring, log))) {
      onReady.accept(server);
      waitForTheEnd(server, log);
    } catch (ServerStartException failed) {
      log.fatal(String.valueOf(failed.getMessage()));
      return 1;
    } catch (IOException failed) {
      log.fatal(
          "Can't start monitoring: cannot listen on "
              + config.httpHost()
              + ":"
              + config.httpPort()
              + ": "
              + failed.getMessage());
      return 1;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      removePortsFile(log);
    }
    return 0;
  }

  private void tellBeforeReady(
      ServerConfig config,
      List<String> notes,
      SlipstreamServer server,
      @Nullable MonitoringServer monitoring,
      ServerLog log) {
    allNotes(config, notes).forEach(log::warn);
    if (!config.jetStream().enabled()) {
      log.info(
          "JetStream is off: -js switches it on, or \"jetstream: enabled\" in the configuration");
    }
    if (monitoring != null) {
      monitoring.serve(server, Clock.system());
      log.info("Starting http monitor on " + config.httpHost() + ":" + monitoring.port());
    }
    ports = writePortsFile(config, server, monitoring == null ? 0 : monitoring.port(), log);
  }

  private static @Nullable MonitoringServer bindMonitoring(ServerConfig config) throws IOException {
    return config.httpPort() == 0 ? null : MonitoringServer.bind(config);
  }

  private static List<String> allNotes(ServerConfig config, List<String> notes) {
    List<String> all = new ArrayList<>(notes);
    if (config.hasPlainTextPasswords()) {
      all.add("Plaintext passwords detected, use bcrypt");
    }
    if (config.maxPayload() > LARGE_PAYLOAD_BYTES) {
      all.add("max_payload is over 8 MB: large messages hold up the small ones behind them");
    }
    return all;
  }

  private void waitForTheEnd(SlipstreamServer server, ServerLog log) throws InterruptedException {
    server.onClosed(signals::end);
    boolean leaving = false;
    for (Optional<ProcessSignals.Kind> next = signals.next();
        next.isPresent();
        next = signals.next()) {
      ProcessSignals.Kind signal = next.get();
      log.info("Trapped \"" + signal.description() + "\" signal");
      switch (signal) {
        case INT -> {
          return;
        }
        case TERM -> {
          // a lame duck ends by itself, and what stops processes in turn sends both signals
          if (!leaving) {
            return;
          }
        }
        case USR1 -> log.reopen();
        case USR2 -> leaving = server.lameDuck();
        case HUP -> log.warn("Reload is not built yet: the configuration stays as it is");
      }
    }
  }

  private static boolean writePidFile(@Nullable Path path, ServerLog log) {
    if (path == null) {
      return true;
    }
    try {
      PidFile.write(path, ProcessHandle.current().pid());
      return true;
    } catch (IOException failed) {
      log.fatal("Could not write pidfile: " + reason(failed, path));
      return false;
    }
  }

  private @Nullable PortsFile writePortsFile(
      ServerConfig config, SlipstreamServer server, int httpPort, ServerLog log) {
    Path directory = config.portsFileDir();
    if (directory == null) {
      return null;
    }
    try {
      return PortsFile.write(
          directory,
          invocation.name(),
          ProcessHandle.current().pid(),
          config.host(),
          server.port(),
          httpPort);
    } catch (IOException failed) {
      log.write(LogLevel.ERROR, "Error writing ports file (" + directory + ")", failed);
      return null;
    }
  }

  private void removePortsFile(ServerLog log) {
    PortsFile written = ports;
    if (written == null) {
      return;
    }
    try {
      written.close();
    } catch (IOException failed) {
      log.write(LogLevel.ERROR, "Error cleaning up ports file " + written.path(), failed);
    }
  }

  private static String reason(IOException failed, @Nullable Path path) {
    String why =
        failed instanceof NoSuchFileException
            ? "no such file or directory"
            : String.valueOf(failed.getMessage());
    return "open " + path + ": " + why;
  }
}
