// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import dev.slipstream.server.config.ServerConfig;

/** Starts a server: the one place where the command meets it. */
@FunctionalInterface
interface ServerRunner {

  /**
   * Starts a server that accepts clients when this returns. Blocks as long as that takes.
   *
   * @throws StartFailed if it cannot start
   */
  Running start(ServerConfig config) throws StartFailed;

  /** A server that did not start; the message is one line for the user. */
  final class StartFailed extends Exception {
    private static final long serialVersionUID = 1L;

    StartFailed(String message) {
      super(message);
    }
  }

  /** A server that runs. */
  interface Running extends AutoCloseable {

    /** Where clients connect, such as {@code nats://127.0.0.1:4222}. */
    String url();

    /** The port it really listens on. */
    int port();

    /** Its id. */
    String serverId();

    /** Its name. */
    String serverName();

    /** Stops it: no more clients, everything acknowledged is safe. Blocks. */
    @Override
    void close();
  }
}
