// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import dev.slipstream.base.Clock;
import dev.slipstream.server.config.PidFile;
import dev.slipstream.server.config.PortsFile;
import dev.slipstream.server.config.ServerConfig;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A server as a process: log, pid file, ports file, signals, and an exit code. Runs on the main
 * thread from the start to the end.
 */
final class ServerProcess {

  private final Invocation invocation;
  private final ServerRunner runner;
  private final Clock clock;
  private final ProcessSignals signals;

  ServerProcess(Invocation invocation, ServerRunner runner, Clock clock, ProcessSignals signals) {
    this.invocation = invocation;
    this.runner = runner;
    this.clock = clock;
    this.signals = signals;
  }

  /**
   * Runs a server until a signal ends it.
   *
   * @param config its configuration, with an id
   * @param ignored parts of the configuration to warn about
   * @param onReady told when clients can connect
   * @return the exit code
   */
  int run(ServerConfig config, List<String> ignored, Consumer<ServerRunner.Running> onReady) {
    signals.trap();
    ServerLog log;
    try {
      log = ServerLog.open(config.log(), clock, System.console() != null);
    } catch (IOException failed) {
      invocation.err().println("error opening file: " + reason(failed, config.log().file()));
      return 1;
    }
    try (log) {
      return runLogged(config.resolved(), ignored, onReady, log);
    }
  }

  private int runLogged(
      ServerConfig config,
      List<String> ignored,
      Consumer<ServerRunner.Running> onReady,
      ServerLog log) {
    StartupLog startup = new StartupLog(log, config);
    String id = config.serverId() == null ? "" : config.serverId();
    startup.starting(id, config.serverName() == null ? id : config.serverName(), ignored);
    if (!writePidFile(config.pidFile(), log)) {
      return 1;
    }
    startup.jetStream();
    long began = clock.nanos();
    try (ServerRunner.Running server = runner.start(config)) {
      startup.jetStreamTook(clock.nanos() - began);
      startup.listening(server.port());
      PortsFile ports = writePortsFile(config, server, log);
      startup.ready();
      onReady.accept(server);
      waitForTheEnd(log);
      log.info("Initiating Shutdown...");
      removePortsFile(ports, log);
    } catch (ServerRunner.StartFailed failed) {
      log.fatal(String.valueOf(failed.getMessage()));
      return 1;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    log.info("Server Exiting..");
    return 0;
  }

  private void waitForTheEnd(ServerLog log) throws InterruptedException {
    while (true) {
      ProcessSignals.Kind signal = signals.next();
      log.info("Trapped \"" + signal.description() + "\" signal");
      switch (signal) {
        case INT, TERM -> {
          return;
        }
        case USR1 -> log.reopen();
        case HUP -> log.warn("Reload is not built yet: the configuration stays as it is");
        case USR2 -> log.warn("Lame duck mode is not built yet: the server goes on as it is");
      }
    }
  }

  private boolean writePidFile(@Nullable Path path, ServerLog log) {
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
      ServerConfig config, ServerRunner.Running server, ServerLog log) {
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
          0);
    } catch (IOException failed) {
      log.write(LogLevel.ERROR, "Error writing ports file (" + directory + ")", failed);
      return null;
    }
  }

  private static void removePortsFile(@Nullable PortsFile ports, ServerLog log) {
    if (ports == null) {
      return;
    }
    try {
      ports.close();
    } catch (IOException failed) {
      log.write(LogLevel.ERROR, "Error cleaning up ports file " + ports.path(), failed);
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
