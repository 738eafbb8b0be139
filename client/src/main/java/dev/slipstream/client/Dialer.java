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
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes transports: sockets, one address of a name after the other, or what a supplier gives.
 *
 * <p>What may block (names, the supplier) runs on the executor; the rest and all answers on the
 * loop.
 */
final class Dialer {
  private final ClientLoop loop;
  private final Executor executor;
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

  Dialer(ClientLoop loop, Executor executor, @Nullable Supplier<Transport> supplier) {
    this.loop = loop;
    this.executor = executor;
    this.supplier = supplier;
  }

  Attempt dial(ServerAddress server, Listener listener) {
    Attempt attempt = new Attempt();
    try {
      executor.execute(
          supplier == null
              ? () -> resolve(attempt, server, listener)
              : () -> supply(attempt, supplier, listener));
    } catch (RejectedExecutionException e) {
      loop.offer(() -> failed(attempt, listener, e));
    }
    return attempt;
  }

  private void supply(Attempt attempt, Supplier<Transport> from, Listener listener) {
    try {
      Transport transport = from.get();
      loop.offer(
          () -> {
            if (attempt.abandoned) {
              transport.close();
            } else {
              listener.onTransport(transport);
            }
          });
    } catch (RuntimeException e) {
      loop.offer(() -> failed(attempt, listener, e));
    }
  }

  private void resolve(Attempt attempt, ServerAddress server, Listener listener) {
    try {
      InetAddress[] addresses = InetAddress.getAllByName(server.host());
      Deque<InetSocketAddress> endpoints = new ArrayDeque<>();
      Arrays.stream(addresses)
          .map(address -> new InetSocketAddress(address, server.port()))
          .forEach(endpoints::add);
      loop.offer(() -> connect(attempt, endpoints, listener));
    } catch (UnknownHostException e) {
      IOException shown = new IOException("unknown host " + server.host(), e);
      loop.offer(() -> failed(attempt, listener, shown));
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
