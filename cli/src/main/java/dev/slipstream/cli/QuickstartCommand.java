// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import dev.slipstream.server.config.JetStreamConfig;
import dev.slipstream.server.config.ServerConfig;
import dev.slipstream.server.config.ServerConfigBuilder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code slipstream quickstart}: a server to try things out with. */
@Command(
    name = "quickstart",
    description = {
      "Start a server to try things out with.",
      "It listens on this machine only and has JetStream. Its data goes when it ends, unless a"
          + " directory is given."
    })
final class QuickstartCommand implements Callable<Integer> {

  private final Invocation invocation;
  private final ServerProcess process;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Print this text.")
  private boolean help;

  @Option(
      names = {"-p", "--port"},
      paramLabel = "PORT",
      description = "The port to listen on; -1 lets the system choose. Default: ${DEFAULT-VALUE}.")
  private int port = ServerConfig.DEFAULT_PORT;

  @Option(
      names = {"-d", "--store-dir"},
      paramLabel = "DIR",
      description = "Keep the data in DIR.")
  private @Nullable Path storeDir;

  QuickstartCommand(Invocation invocation, ServerProcess process) {
    this.invocation = invocation;
    this.process = process;
  }

  @Override
  public Integer call() throws IOException {
    Path temporary = storeDir == null ? Files.createTempDirectory("slipstream-quickstart") : null;
    try {
      ServerConfigBuilder config =
          ServerConfig.builder()
              .host("127.0.0.1")
              .port(port)
              .serverId(ServerCommand.newServerId())
              .serverName("quickstart")
              .jetStream(JetStreamConfig.DISABLED)
              .jetStreamEnabled(true)
              .storeDirectory(temporary != null ? temporary : storeDir);
      return process.run(
          config.build(), List.of(), running -> greet(running.url(), temporary == null));
    } finally {
      if (temporary != null) {
        deleteTree(temporary);
      }
    }
  }

  private void greet(String url, boolean dataIsKept) {
    PrintStream out = invocation.out();
    out.println();
    out.println("A server with JetStream is ready at " + url);
    out.println();
    out.println("  nats -s " + url + " stream add ORDERS --subjects 'orders.>' --defaults");
    out.println("  nats -s " + url + " pub orders.new 'hello'");
    out.println("  nats -s " + url + " consumer next ORDERS --count 1");
    out.println();
    out.println(
        "Ctrl-C ends it"
            + (dataIsKept ? "; the data stays in " + storeDir + "." : " and its data."));
    out.println();
    out.flush();
  }

  private static void deleteTree(Path root) throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
