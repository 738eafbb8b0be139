// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import dev.slipstream.server.ServerStartException;
import dev.slipstream.server.SlipstreamServer;
import dev.slipstream.server.config.ServerConfig;

/** Starts the server of this build in this process. */
final class SlipstreamRunner implements ServerRunner {

  @Override
  public Running start(ServerConfig config) throws StartFailed {
    try {
      return new RunningServer(SlipstreamServer.start(config));
    } catch (ServerStartException failed) {
      throw new StartFailed(String.valueOf(failed.getMessage()));
    }
  }

  private record RunningServer(SlipstreamServer server) implements Running {
    @Override
    public String url() {
      return server.url();
    }

    @Override
    public int port() {
      return server.port();
    }

    @Override
    public String serverId() {
      return server.serverId();
    }

    @Override
    public String serverName() {
      return server.serverName();
    }

    @Override
    public void close() {
      server.close();
    }
  }
}
