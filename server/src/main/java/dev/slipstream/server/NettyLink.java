// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.protocol.wire.OutputBuffer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.internal.OutOfDirectMemoryError;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A client's socket. Belongs to the loop that it is registered with. */
final class NettyLink extends ChannelInboundHandlerAdapter implements Link {
  private static final Logger LOG = LoggerFactory.getLogger(NettyLink.class);

  /** How long a closing socket waits for the client to read its last words. */
  private static final long LINGER_MILLIS = 500;

  /** How long the last words are ahead of a reset. */
  private static final long RESET_MILLIS = 50;

  private final SocketChannel channel;
  private final byte[] readBuffer;
  private final InetSocketAddress remote;
  private @Nullable ClientConnection connection;
  private @Nullable Throwable failure;

  /** A link over {@code channel}, whose input is put into {@code readBuffer}. */
  NettyLink(SocketChannel channel, byte[] readBuffer) {
    this.channel = channel;
    this.readBuffer = readBuffer;
    InetSocketAddress address = channel.remoteAddress();
    this.remote = address == null ? new InetSocketAddress(0) : address;
  }

  /** Hands input to {@code receiver} from now on. */
  void attach(ClientConnection receiver) {
    connection = receiver;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    try {
      ClientConnection receiver = connection;
      while (receiver != null && bytes.isReadable()) {
        int count = Math.min(bytes.readableBytes(), readBuffer.length);
        bytes.readBytes(readBuffer, 0, count);
        receiver.onBytes(readBuffer, 0, count);
      }
    } finally {
      bytes.release();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    ClientConnection receiver = connection;
    if (receiver != null) {
      receiver.onLinkClosed(failure);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    failure = cause;
    if (!(cause instanceof IOException)) {
      LOG.error("connection from {} failed", remote, cause);
    }
    channel.close();
  }

  @Override
  public void write(OutputBuffer bytes) {
    try {
      ByteBuf copy = channel.alloc().directBuffer(bytes.length());
      copy.writeBytes(bytes.array(), 0, bytes.length());
      channel.writeAndFlush(copy, channel.voidPromise());
    } catch (OutOfDirectMemoryError full) {
      LOG.warn("no memory left to send {} bytes to {}", bytes.length(), remote);
      failure = full;
      channel.close();
    }
  }

  @Override
  public long pendingBytes() {
    ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
    return waiting == null ? 0 : waiting.totalPendingWriteBytes();
  }

  @Override
  public void afterWritten(Runnable task) {
    // not within the write itself, when what was written still counts as waiting
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(done -> channel.eventLoop().execute(task));
  }

  @Override
  public void pauseReading() {
    channel.config().setAutoRead(false);
  }

  @Override
  public void resumeReading() {
    channel.config().setAutoRead(true);
  }

  /**
   * Ends the output and reads on for a moment: a socket that is closed while input waits is reset,
   * and the client would lose what it was told last.
   */
  @Override
  public void closeAfterWrites() {
    channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> channel.shutdownOutput());
    channel.config().setAutoRead(true);
    channel.eventLoop().schedule(this::close, LINGER_MILLIS, TimeUnit.MILLISECONDS);
  }

  /**
   * Gives what was written a moment on its way, which a reset would overtake; input is read on, and
   * dropped.
   */
  @Override
  public void resetAfterWrites() {
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            done -> {
              channel.config().setSoLinger(0);
              channel.eventLoop().schedule(this::close, RESET_MILLIS, TimeUnit.MILLISECONDS);
            });
    channel.config().setAutoRead(true);
  }

  @Override
  public void close() {
    channel.close();
  }

  @Override
  public String remoteHost() {
    return remote.getAddress() == null ? "" : remote.getAddress().getHostAddress();
  }

  @Override
  public int remotePort() {
    return remote.getPort();
  }

  @Override
  public boolean inProcess() {
    return false;
  }
}
