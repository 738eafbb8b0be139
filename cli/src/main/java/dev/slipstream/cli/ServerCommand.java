// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import dev.slipstream.server.SlipstreamServer;
import dev.slipstream.server.config.ConfigException;
import dev.slipstream.server.config.ConfigNotes;
import dev.slipstream.server.config.ServerConfig;
import dev.slipstream.server.config.ServerConfigBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * {@code slipstream server}: the server's command line, with the public server's flags, messages
 * and exit codes.
 */
final class ServerCommand {

  private final Invocation invocation;
  private final ServerProcess process;

  ServerCommand(Invocation invocation, ServerProcess process) {
    this.invocation = invocation;
    this.process = process;
  }

  /** Does what the command line says and returns the exit code. */
  int run(List<String> args) {
    return run(args, running -> {});
  }

  /** As {@link #run(List)}; {@code onReady} is told when clients can connect. */
  int run(List<String> args, Consumer<SlipstreamServer> onReady) {
    ServerFlags flags;
    try {
      flags = ServerFlags.parse(args);
    } catch (GoFlags.BadFlag bad) {
      invocation.err().println(bad.getMessage());
      printHelp();
      // The public server's usage text ends the program with 0, and some scripts rely on it.
      return invocation.asNatsServer() ? 0 : 2;
    }
    String word = flags.word();
    if (flags.wantsVersion()) {
      return printVersion();
    }
    if (flags.wantsHelp()) {
      return printHelp();
    }
    if (word != null) {
      return switch (word.toLowerCase(Locale.ROOT)) {
        case "version" -> printVersion();
        case "help" -> printHelp();
        default -> invocation.fail("unrecognized command: \"" + word + "\"");
      };
    }
    String signal = flags.signal();
    if (signal != null) {
      return SignalCommand.run(signal, invocation);
    }
    if (!flags.refused().isEmpty()) {
      return invocation.fail("--" + String.join(", --", flags.refused()) + " is not built yet");
    }
    try {
      return configure(flags, onReady);
    } catch (ConfigException wrong) {
      return invocation.fail(String.join(System.lineSeparator(), wrong.messages()));
    }
  }

  private int configure(ServerFlags flags, Consumer<SlipstreamServer> onReady) {
    ServerConfigBuilder builder = ServerConfig.builder();
    String file = flags.configFile();
    ConfigNotes notes = file == null ? ConfigNotes.NONE : builder.readFile(file);
    if (flags.wantsConfigTest()) {
      return testConfig(file, builder, notes);
    }
    notes.warnings().forEach(invocation.err()::println);
    flags.applyTo(builder);
    List<String> ignored = new ArrayList<>(notes.ignored());
    flags.withoutEffect().forEach(flag -> ignored.add("--" + flag + " has no effect: ignored"));
    return process.run(builder.build(), ignored, onReady);
  }

  private int testConfig(@Nullable String file, ServerConfigBuilder builder, ConfigNotes notes) {
    if (file == null) {
      return invocation.fail(
          "must specify [-c, --config] option to check configuration file syntax");
    }
    if (!notes.warnings().isEmpty()) {
      return invocation.fail(String.join(System.lineSeparator(), notes.warnings()));
    }
    ServerConfig config = builder.build();
    notes.ignored().forEach(line -> invocation.err().println(invocation.name() + ": " + line));
    invocation
        .err()
        .println(
            invocation.name()
                + ": configuration file "
                + file
                + " is valid ("
                + config.configDigest()
                + ")");
    return 0;
  }

  private int printVersion() {
    invocation.out().println(Version.lines());
    return 0;
  }

  private int printHelp() {
    invocation.out().println(HelpText.server(invocation.name()));
    return 0;
  }
}
