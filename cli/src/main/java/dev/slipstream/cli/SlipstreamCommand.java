// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code slipstream} itself, and the small commands. */
@Command(
    name = "slipstream",
    description = "JetStream for the JVM: a durable server for the clients of NATS.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples",
      "  slipstream quickstart              pull consumers at work, nothing to set up",
      "  slipstream server -js -sd ./data   a server that keeps its data in ./data",
      "  slipstream help server             all flags of the server",
      "  slipstream store check ./data      whether the data in ./data is what was written",
      "  slipstream store dump ./data       its records, one line each",
      "",
      "Called by the name nats-server, the program is \"slipstream server\"."
    })
final class SlipstreamCommand implements Runnable {

  @Mixin private final HelpOption help = new HelpOption();

  @Option(
      names = {"-v", "--version"},
      versionHelp = true,
      description = "Print the version.")
  private boolean version;

  private SlipstreamCommand() {}

  static int run(Invocation invocation, List<String> args) {
    if (args.equals(List.of("help", "server"))) {
      invocation.out().println(HelpText.server(invocation.name()));
      return 0;
    }
    CommandLine commands =
        new CommandLine(new SlipstreamCommand())
            .addSubcommand(new ServerEntry())
            .addSubcommand(new QuickstartCommand(invocation))
            .addSubcommand(StoreCommand.of(invocation))
            .addSubcommand(new VersionCommand(invocation))
            .addSubcommand(new CommandLine.HelpCommand())
            .setOut(new PrintWriter(invocation.out(), true))
            .setErr(new PrintWriter(invocation.err(), true));
    commands.getCommandSpec().versionProvider(() -> Version.lines().split("\\R"));
    return commands.execute(args.toArray(String[]::new));
  }

  @Override
  public void run() {
    help.print();
  }

  /** The server's place in the list of commands; its command line is parsed elsewhere. */
  @Command(name = "server", description = "Start the server, with the flags of nats-server.")
  private static final class ServerEntry {}

  /** {@code slipstream version}. */
  @Command(name = "version", description = "Print the version.")
  private static final class VersionCommand implements Runnable {
    private final Invocation invocation;

    VersionCommand(Invocation invocation) {
      this.invocation = invocation;
    }

    @Override
    public void run() {
      invocation.out().println(Version.lines());
    }
  }
}
