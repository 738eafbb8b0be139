// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.wire.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A transport with a thread of its own, over a plain socket, as a foreign one would be. */
final class BlockingTransport implements Transport {
  private final Socket socket;
  private final AtomicBoolean ended = new AtomicBoolean();
  private final AtomicBoolean congested;
  private @Nullable Receiver receiver;

  BlockingTransport(int port) {
    this(port, new AtomicBoolean());
  }

  /** As long as {@code congested} is set, it says that much waits in it. */
  BlockingTransport(int port, AtomicBoolean congested) {
    this.congested = congested;
    try {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setTcpNoDelay(true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void start(Receiver newReceiver) {
    receiver = newReceiver;
    Thread reader = new Thread(() -> read(newReceiver), "blocking-transport");
    reader.setDaemon(true);
    reader.start();
  }

  private void read(Receiver to) {
    byte[] buffer = new byte[8192];
    try {
      for (int n = socket.getInputStream().read(buffer);
          n >= 0;
          n = socket.getInputStream().read(buffer)) {
        to.onBytes(buffer, 0, n);
      }
      end(null);
    } catch (IOException e) {
      end(e);
    }
  }

  @Override
  public boolean send(byte[] bytes, int from, int to) {
    try {
      socket.getOutputStream().write(bytes, from, to - from);
      return true;
    } catch (IOException e) {
      end(e);
      return false;
    }
  }

  @Override
  public long pendingBytes() {
    return congested.get() ? Long.MAX_VALUE : 0;
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    end(null);
  }

  private void end(@Nullable Throwable cause) {
    if (ended.compareAndSet(false, true) && receiver != null) {
      receiver.onClosed(cause);
    }
  }
}
