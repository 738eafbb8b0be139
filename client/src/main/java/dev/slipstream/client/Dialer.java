// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.wire.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes transports: sockets, one address of a name after the other, or what a supplier gives.
 *
 * <p>What may block (names, the supplier) runs off the loop; the rest and all answers on the loop.
 */
final class Dialer {
  private final ClientLoop loop;
  private final OffLoop offLoop;
  private final @Nullable Supplier<Transport> supplier;

  /** Learns what became of an attempt, on the loop, once. */
  interface Listener {
    /** A transport that was not started yet. */
    void onTransport(Transport transport);

    /** There is none. */
    void onFailure(Throwable cause);
  }

  /** An attempt that can be given up; its listener then hears nothing. */
  static final class Attempt {
    private boolean abandoned;
    private @Nullable SocketChannel channel;

    /** Gives the attempt up. */
    void abandon() {
      abandoned = true;
      closeQuietly(channel);
    }
  }

  Dialer(ClientLoop loop, OffLoop offLoop, @Nullable Supplier<Transport> supplier) {
    this.loop = loop;
    this.offLoop = offLoop;
    this.supplier = supplier;
  }

  Attempt dial(ServerAddress server, Listener listener) {
    Attempt attempt = new Attempt();
    Consumer<Exception> otherwise = cause -> failed(attempt, listener, cause);
    if (supplier == null) {
      offLoop.call(
          () -> resolve(server), endpoints -> connect(attempt, endpoints, listener), otherwise);
    } else {
      offLoop.call(supplier::get, transport -> supplied(attempt, transport, listener), otherwise);
    }
    return attempt;
  }

  private static void supplied(Attempt attempt, Transport transport, Listener listener) {
    if (attempt.abandoned) {
      transport.close();
    } else {
      listener.onTransport(transport);
    }
  }

  private static Deque<InetSocketAddress> resolve(ServerAddress server) throws IOException {
    try {
      Deque<InetSocketAddress> endpoints = new ArrayDeque<>();
      for (InetAddress address : InetAddress.getAllByName(server.host())) {
        endpoints.add(new InetSocketAddress(address, server.port()));
      }
      return endpoints;
    } catch (UnknownHostException e) {
      throw new IOException("unknown host " + server.host(), e);
    }
  }

  private void connect(Attempt attempt, Deque<InetSocketAddress> left, Listener listener) {
    if (attempt.abandoned) {
      return;
    }
    InetSocketAddress endpoint = left.remove();
    try {
      SocketChannel channel = SocketChannel.open();
      attempt.channel = channel;
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      if (channel.connect(endpoint)) {
        listener.onTransport(new SocketTransport(loop, channel));
        return;
      }
      loop.register(
          channel, SelectionKey.OP_CONNECT, key -> finish(attempt, channel, key, left, listener));
    } catch (IOException e) {
      next(attempt, left, listener, e);
    }
  }

  private void finish(
      Attempt attempt,
      SocketChannel channel,
      SelectionKey key,
      Deque<InetSocketAddress> left,
      Listener listener) {
    if (attempt.abandoned) {
      return;
    }
    try {
      if (channel.finishConnect()) {
        key.interestOps(0);
        listener.onTransport(new SocketTransport(loop, channel));
      }
    } catch (IOException e) {
      next(attempt, left, listener, e);
    }
  }

  private void next(
      Attempt attempt, Deque<InetSocketAddress> left, Listener listener, IOException cause) {
    closeQuietly(attempt.channel);
    if (left.isEmpty()) {
      failed(attempt, listener, cause);
    } else {
      connect(attempt, left, listener);
    }
  }

  private static void failed(Attempt attempt, Listener listener, Throwable cause) {
    if (!attempt.abandoned) {
      listener.onFailure(cause);
    }
  }

  private static void closeQuietly(@Nullable SocketChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        // it is given up either way
      }
    }
  }
}
