// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The network loops of a server and its listening socket: native epoll where it is available, NIO
 * elsewhere.
 *
 * <p>Thread-safe.
 */
final class NettyTransport {
  private static final int SMALLEST_READ_BYTES = 512;
  private static final int FIRST_READ_BYTES = 4096;

  /** Ends by itself before the first client is answered, or a moment later. */
  static final String LOADER_THREAD = "slipstream-loader";

  private final MultiThreadIoEventLoopGroup group;
  private final Class<? extends ServerChannel> serverChannel;
  private final List<NettyLoop> loops = new ArrayList<>();
  private final ChannelGroup clients;

  @SuppressWarnings("unused") // held, see takeOver
  private @Nullable ListeningSocket taken;

  /** Makes {@code loopCount} loops; their threads start with their first task. */
  NettyTransport(int loopCount, String threadName, boolean nativeTransport) {
    boolean epoll = nativeTransport && Epoll.isAvailable();
    IoHandlerFactory handlers = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    serverChannel = epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    group =
        new MultiThreadIoEventLoopGroup(
            loopCount, new DefaultThreadFactory(threadName, true), NettyTurns.of(handlers));
    for (EventExecutor executor : group) {
      loops.add(new NettyLoop((SingleThreadEventLoop) executor));
    }
    clients = new DefaultChannelGroup(group.next());
  }

  List<NettyLoop> loops() {
    return loops;
  }

  /**
   * Binds the listening socket, or takes over one that listens already; nobody is accepted before
   * {@link #accept}.
   *
   * @param accepted called on the loop of each new socket
   * @return the listening socket, bound
   * @throws java.io.IOException or another cause that says why not
   */
  Channel bind(
      InetSocketAddress address,
      @Nullable ListeningSocket early,
      BiConsumer<NettyLoop, SocketChannel> accepted)
      throws Exception {
    loadBuffers();
    ServerBootstrap bootstrap = bootstrap(accepted);
    ServerChannel taken = early == null ? null : takeOver(early);
    ChannelFuture bound;
    if (taken == null) {
      bound = bootstrap.channel(serverChannel).bind(address).await();
    } else {
      bound = bootstrap.channelFactory(() -> taken).register().await();
    }
    if (!bound.isSuccess()) {
      throw bound.cause() instanceof Exception cause ? cause : new Exception(bound.cause());
    }
    return bound.channel();
  }

  private ServerBootstrap bootstrap(BiConsumer<NettyLoop, SocketChannel> accepted) {
    ChannelHandler initializer =
        new ChannelInitializer<SocketChannel>() {
          @Override
          protected void initChannel(SocketChannel channel) {
            clients.add(channel);
            accepted.accept(loopOf(channel), channel);
          }
        };
    return new ServerBootstrap()
        .group(group)
        .option(ChannelOption.SO_BACKLOG, ListeningSocket.BACKLOG)
        .option(ChannelOption.SO_REUSEADDR, true)
        .option(ChannelOption.AUTO_READ, false)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childOption(
            ChannelOption.RECVBUF_ALLOCATOR,
            new AdaptiveRecvByteBufAllocator(
                SMALLEST_READ_BYTES, FIRST_READ_BYTES, NettyLoop.READ_BYTES))
        .childHandler(initializer);
  }

  /** The socket as this transport has it; null, and closed, when that cannot be done. */
  private @Nullable ServerChannel takeOver(ListeningSocket early) {
    if (serverChannel == NioServerSocketChannel.class) {
      return new NioServerSocketChannel(early.channel());
    }
    OptionalInt descriptor = early.descriptor();
    if (descriptor.isEmpty()) {
      early.close();
      return null;
    }
    // two own the descriptor now: this one closes it, and the other is kept from being collected
    taken = early;
    return new EpollServerSocketChannel(descriptor.getAsInt());
  }

  /**
   * Loads what the first buffer needs, beside the start, so that the first client does not wait for
   * it: Netty's flight recorder events alone are half a second of class loading in a new JVM.
   */
  private static void loadBuffers() {
    Runnable first = () -> ByteBufAllocator.DEFAULT.directBuffer(FIRST_READ_BYTES).release();
    Thread loader = new Thread(first, LOADER_THREAD);
    loader.setDaemon(true);
    loader.start();
  }

  private NettyLoop loopOf(Channel channel) {
    for (NettyLoop loop : loops) {
      if (loop.isOf(channel.eventLoop())) {
        return loop;
      }
    }
    throw new IllegalStateException("a socket came by a loop that is not the server's");
  }

  /** Begins to accept clients. */
  static void accept(Channel listening) {
    listening.config().setAutoRead(true);
  }

  /** Waits until no client's socket is open, for a while. */
  void awaitClients(long millis) throws InterruptedException {
    clients.newCloseFuture().await(millis);
  }

  /** Ends the loops and their threads. */
  void close() throws InterruptedException {
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).await();
  }
}
