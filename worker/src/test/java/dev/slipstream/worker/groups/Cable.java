// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a client reaches its server through, to be cut: nothing passes any more, as when it died.
 */
final class Cable implements AutoCloseable {
  private final ServerSocket end;
  private final int serverPort;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  Cable(int serverPort) throws IOException {
    this.serverPort = serverPort;
    end = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    daemon(this::accept);
  }

  String url() {
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
        Socket client = end.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
        sockets.add(client);
        sockets.add(server);
        if (end.isClosed()) {
          close(); // it was cut while this one came
        }
        daemon(() -> copy(client, server));
        daemon(() -> copy(server, client));
      } catch (IOException cut) {
        // the end
      }
    }
  }

  private static void copy(Socket from, Socket to) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      in.transferTo(out);
    } catch (IOException cut) {
      // by either side
    }
  }

  /** Cuts it; it can not be mended. */
  void cut() {
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
