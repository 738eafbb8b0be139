// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import dev.slipstream.server.ListeningSocket;
import dev.slipstream.server.SlipstreamServer;
import dev.slipstream.server.config.ServerConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The program. */
public final class Main {

  private Main() {}

  /** Runs the command line and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(
        run(Invocation.ofProcess(), List.of(args), new ThisProcess(), ProcessSignals.ofProcess()));
  }

  /** Starts the server in earnest. */
  private static final class ThisProcess implements ServerProcess.Starter {
    @Override
    public @Nullable ListeningSocket listen(ServerConfig config) {
      return ListeningSocket.open(config);
    }

    @Override
    public SlipstreamServer start(
        ServerConfig config,
        @Nullable ListeningSocket socket,
        Consumer<SlipstreamServer> beforeReady) {
      return SlipstreamServer.builder()
          .config(config)
          .socket(socket)
          .beforeReady(beforeReady)
          .start();
    }
  }

  /** Runs the command line; the exit code. */
  static int run(
      Invocation invocation,
      List<String> args,
      ServerProcess.Starter starter,
      ProcessSignals signals) {
    ServerProcess process = new ServerProcess(invocation, starter, signals);
    ServerCommand server = new ServerCommand(invocation, process);
    if (invocation.asNatsServer()) {
      return server.run(args);
    }
    if (!args.isEmpty() && args.get(0).equals("server")) {
      return server.run(args.subList(1, args.size()));
    }
    if (args.size() == 2 && args.get(0).equals(ArchiveRun.COMMAND)) {
      return ArchiveRun.run(Path.of(args.get(1)), server, signals);
    }
    return SlipstreamCommand.run(invocation, args);
  }
}
