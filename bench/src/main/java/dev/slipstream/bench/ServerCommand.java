// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench;

import dev.slipstream.testkit.ServerProcess;
import java.util.List;

/** The server that a measurement of clients or workers runs against. */
public final class ServerCommand {
  private ServerCommand() {}

  /**
   * Starts it.
   *
   * @param command a line for the shell with {dir} and {port} to be filled in; empty for the public
   *     server
   */
  public static ServerProcess start(String command) {
    ServerProcess.Builder builder =
        command.isEmpty()
            ? ServerProcess.natsServer().jetStream()
            : ServerProcess.commandLine(List.of("/bin/sh", "-c", "exec " + command));
    return builder.start();
  }
}
