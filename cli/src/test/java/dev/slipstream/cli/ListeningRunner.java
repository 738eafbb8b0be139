// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import dev.slipstream.server.config.ServerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Objects;

/**
 * A server that only listens: enough for what a process promises, which is all that this module
 * adds. Also a program of its own, so that tests can start a process with it.
 */
final class ListeningRunner implements ServerRunner {

  /** The program. */
  public static void main(String[] args) {
    System.exit(
        Main.run(
            Invocation.ofProcess(),
            List.of(args),
            new ListeningRunner(),
            ProcessSignals.ofProcess()));
  }

  @Override
  public Running start(ServerConfig config) throws StartFailed {
    try {
      ServerSocket socket = new ServerSocket();
      int port = config.port() == ServerConfig.RANDOM_PORT ? 0 : config.port();
      socket.bind(new InetSocketAddress(config.host(), port));
      return new Listening(socket, config);
    } catch (IOException failed) {
      throw new StartFailed(
          "Error listening on port: "
              + config.host()
              + ":"
              + config.port()
              + ", "
              + failed.getMessage());
    }
  }

  private record Listening(ServerSocket socket, ServerConfig config) implements Running {
    @Override
    public String url() {
      return "nats://" + config.host() + ":" + port();
    }

    @Override
    public int port() {
      return socket.getLocalPort();
    }

    @Override
    public String serverId() {
      return Objects.requireNonNull(config.serverId());
    }

    @Override
    public String serverName() {
      return config.serverName() == null ? serverId() : config.serverName();
    }

    @Override
    public void close() {
      try {
        socket.close();
      } catch (IOException failed) {
        throw new UncheckedIOException(failed);
      }
    }
  }
}
