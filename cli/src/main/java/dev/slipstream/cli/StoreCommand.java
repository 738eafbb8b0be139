// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import dev.slipstream.store.StoreNames;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code slipstream store}: looks at a data directory while no server runs on it. */
@Command(
    name = "store",
    description = {
      "Look at a data directory while no server runs on it.",
      "Neither command changes anything in it."
    },
    synopsisSubcommandLabel = "COMMAND")
final class StoreCommand implements Runnable {

  /** What ends with this code is no answer: the directory could not be looked at. */
  static final int NOT_LOOKED_AT = 2;

  @Mixin private final HelpOption help = new HelpOption();

  private StoreCommand() {}

  static CommandLine of(Invocation invocation) {
    return new CommandLine(new StoreCommand())
        .addSubcommand(new StoreCheckCommand(invocation))
        .addSubcommand(new StoreDumpCommand(invocation))
        .addSubcommand(new CommandLine.HelpCommand());
  }

  @Override
  public void run() {
    help.print();
  }

  /** What people call a stream. */
  static String stream(StoreNames names, long assetId) {
    @Nullable String name = names.asset(assetId);
    return name == null ? "asset " + assetId : name;
  }

  /** Says in one line why the directory could not be looked at. */
  static int refuse(Invocation invocation, Path directory, Exception why) {
    String text = why.getMessage();
    invocation.fail(text == null ? directory + ": " + why : text);
    return NOT_LOOKED_AT;
  }
}
