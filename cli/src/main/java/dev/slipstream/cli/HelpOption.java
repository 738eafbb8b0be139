// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What every command has: {@code -h} and {@code --help}, which print its usage text. */
final class HelpOption {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Print this text.")
  private boolean asked;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  HelpOption() {}

  /** Prints the usage text without being asked, as a command that is only a list of commands. */
  void print() {
    command.commandLine().usage(command.commandLine().getOut());
  }
}
