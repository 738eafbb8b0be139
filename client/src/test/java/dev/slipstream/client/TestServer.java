// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.testkit.ServerProcess;
import java.util.List;

/**
 * Which server the tests run against: the one whose command line the system property {@code
 * slipstream.client.server} is, with {@code {port}} and {@code {dir}} to be filled in; without it
 * the public nats-server.
 */
final class TestServer {
  private static final String PROPERTY = "slipstream.client.server";

  private TestServer() {}

  static ServerProcess.Builder builder() {
    String given = System.getProperty(PROPERTY, "").strip();
    return given.isEmpty()
        ? ServerProcess.natsServer().jetStream()
        : ServerProcess.commandLine(List.of(given.split("\\s+")));
  }

  /** The public server with a configuration file, whatever the property says. */
  static ServerProcess configured(String configuration) {
    // it may wait for a handshake before it greets
    return ServerProcess.natsServer().configuration(configuration).unvisited().start();
  }

  /** One that runs, with further arguments. */
  static ServerProcess started(String... arguments) {
    return builder().arguments(arguments).start();
  }
}
