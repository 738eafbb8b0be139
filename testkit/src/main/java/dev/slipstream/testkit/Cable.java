// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * What a client reaches its server through, to be cut: for good, as when it died, or each of its
 * connections once the server has said so many bytes.
 *
 * <p>Thread-safe; each connection has two daemon threads.
 */
public final class Cable implements AutoCloseable {
  private final ServerSocket end;
  private final int serverPort;
  private final LongSupplier cuts;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  /** One that is whole until it is cut. */
  public Cable(int serverPort) throws IOException {
    this(serverPort, () -> Long.MAX_VALUE);
  }

  /**
   * One that cuts its connections.
   *
   * @param cuts the bytes of the server after which the next connection is cut
   */
  public Cable(int serverPort, LongSupplier cuts) throws IOException {
    this.serverPort = serverPort;
    this.cuts = cuts;
    end = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    daemon(this::accept);
  }

  /** Where a client connects to. */
  public String url() {
    return "nats://127.0.0.1:" + end.getLocalPort();
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "cable");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!end.isClosed()) {
      try {
        connect(end.accept());
      } catch (IOException cut) {
        // the end
      }
    }
  }

  private void connect(Socket client) throws IOException {
    sockets.add(client);
    try {
      Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
      sockets.add(server);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      if (end.isClosed()) {
        close(); // it was cut while this one came
      }
      long limit = cuts.getAsLong();
      daemon(() -> copy(client, server, Long.MAX_VALUE));
      daemon(() -> copy(server, client, limit));
    } catch (IOException noServer) {
      client.close();
    }
  }

  private void copy(Socket from, Socket to, long limit) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] bytes = new byte[8192];
      long left = limit;
      while (left > 0) {
        int count = in.read(bytes, 0, (int) Math.min(bytes.length, left));
        if (count < 0) {
          return;
        }
        out.write(bytes, 0, count);
        left -= count;
      }
    } catch (IOException cut) {
      // by either side
    } finally {
      sockets.remove(from);
      sockets.remove(to);
    }
  }

  /** Cuts it; it can not be mended. */
  public void cut() {
    close();
  }

  @Override
  public void close() {
    try {
      end.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
