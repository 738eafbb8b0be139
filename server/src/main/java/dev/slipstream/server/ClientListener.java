// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.server.config.ServerConfig;
import io.netty.channel.Channel;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The socket that clients connect to. */
final class ClientListener {
  private final Channel channel;
  private final int port;

  private ClientListener(Channel channel) {
    this.channel = channel;
    this.port = ((InetSocketAddress) channel.localAddress()).getPort();
  }

  /**
   * Binds the socket of a configuration, or takes over one that is bound; accepts nobody yet.
   *
   * @throws ServerStartException when it cannot be had
   */
  static ClientListener bind(
      NettyTransport transport,
      List<ServerLoop> loops,
      ServerContext context,
      ServerConfig config,
      @Nullable ListeningSocket early) {
    int port = config.port() == ServerConfig.RANDOM_PORT ? 0 : config.port();
    InetSocketAddress address = new InetSocketAddress(config.host(), port);
    String where = config.host() + ":" + port;
    if (address.isUnresolved()) {
      throw new ServerStartException("cannot listen on " + where + ": unknown host", null);
    }
    try {
      return new ClientListener(
          transport.bind(
              address,
              early,
              (loop, socket) -> accepted(serverLoop(loops, loop), context, loop, socket)));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new ServerStartException("interrupted while starting", interrupted);
    } catch (Exception failed) {
      throw new ServerStartException("cannot listen on " + where + ": " + reason(failed), failed);
    }
  }

  private static String reason(Exception failed) {
    String message = String.valueOf(failed.getMessage()).toLowerCase(Locale.ROOT);
    if (message.contains("address already in use")) {
      return "the port is in use";
    }
    if (message.contains("permission denied")) {
      return "permission denied";
    }
    return message.contains("cannot assign requested address")
        ? "this machine has no such address"
        : message;
  }

  private static ServerLoop serverLoop(List<ServerLoop> loops, NettyLoop loop) {
    for (ServerLoop candidate : loops) {
      if (candidate.loop() == loop) {
        return candidate;
      }
    }
    throw new IllegalStateException("a socket came by a loop that is not the server's");
  }

  private static void accepted(
      ServerLoop serverLoop, ServerContext context, NettyLoop loop, SocketChannel socket) {
    NettyLink link = new NettyLink(socket, loop.readBuffer());
    socket.pipeline().addLast(link);
    ClientConnection connection = new ClientConnection(context, serverLoop, link);
    link.attach(connection);
    connection.start();
  }

  /** The port it is bound to. */
  int port() {
    return port;
  }

  /** Begins to accept clients. */
  void accept() {
    NettyTransport.accept(channel);
  }

  /** Stops accepting. */
  void close() {
    channel.close().awaitUninterruptibly();
  }
}
