// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

/** Runs a server until it is killed: {@code LocalServer <port> [loops] [nio]}. */
public final class LocalServer {

  private LocalServer() {}

  /** Starts it. */
  public static void main(String[] args) throws InterruptedException {
    SlipstreamServerBuilder builder = SlipstreamServer.builder();
    builder.port(Integer.parseInt(args[0]));
    if (args.length > 1) {
      builder.loops(Integer.parseInt(args[1]));
    }
    builder.nativeTransport(args.length < 3);
    SlipstreamServer server = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    System.out.println("Listening for client connections on 127.0.0.1:" + server.port());
    server.awaitClosed();
  }
}
