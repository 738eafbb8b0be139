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

  /** One that runs, with further arguments. */
  static ServerProcess started(String... arguments) {
    return builder().arguments(arguments).start();
  }
}
