// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.function.LongSupplier;

/**
 * Stands between a client and a server, one connection at a time, and cuts each connection once the
 * server has said so many bytes.
 */
final class CuttingProxy implements AutoCloseable {
  private final ServerSocket socket;
  private final int serverPort;
  private final LongSupplier cuts;
  private final Thread acceptor;

  /**
   * @param cuts the bytes after which the next connection is cut
   */
  CuttingProxy(int serverPort, LongSupplier cuts) throws IOException {
    this.serverPort = serverPort;
    this.cuts = cuts;
    socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    acceptor = new Thread(this::accept, "cutting-proxy");
    acceptor.setDaemon(true);
    acceptor.start();
  }

  String url() {
    return "nats://127.0.0.1:" + socket.getLocalPort();
  }

  private void accept() {
    while (!socket.isClosed()) {
      try (Socket client = socket.accept();
          Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort)) {
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        Thread upstream = new Thread(() -> copy(client, server, Long.MAX_VALUE));
        upstream.setDaemon(true);
        upstream.start();
        copy(server, client, cuts.getAsLong());
      } catch (IOException closed) {
        // the next connection, or the end
      }
    }
  }

  private static void copy(Socket from, Socket to, long limit) {
    try {
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
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
