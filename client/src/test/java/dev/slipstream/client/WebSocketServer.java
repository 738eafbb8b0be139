// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.testkit.ServerProcess;
import java.time.Duration;

/**
 * The public server with a websocket block.
 *
 * @param process the server
 * @param port where it takes WebSockets
 */
record WebSocketServer(ServerProcess process, int port) implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(20);

  /** One without TLS. */
  static WebSocketServer plain() {
    return with("no_tls: true", "");
  }

  /** One with TLS, for WebSockets only. */
  static WebSocketServer secure(Certificates.Pair shown, String more) {
    String files = "cert_file: '%s', key_file: '%s'".formatted(shown.certificate(), shown.key());
    return with("tls { " + files + "\n " + more + " }", "");
  }

  /** One with these lines in its websocket block, and others besides. */
  static WebSocketServer with(String block, String besides) {
    int port = ServerProcess.freePort();
    String webSocket = "websocket { listen: '127.0.0.1:%d'\n %s }\n".formatted(port, block);
    return new WebSocketServer(
        ServerProcess.natsServer()
            .jetStream()
            .configuration(webSocket + "max_payload: 4MB\n" + besides)
            .start(),
        port);
  }

  /** Where it takes WebSockets. */
  String endpoint() {
    return "127.0.0.1:" + port;
  }

  /** To it without TLS. */
  ClientOptions.Builder plainly() {
    return options("ws://" + endpoint());
  }

  /** To it with TLS, by the certificate it shows. */
  ClientOptions.Builder securely(Certificates.Pair trusted) {
    return options("wss://" + endpoint()).tls(PemFiles.trusting(trusted.certificate()));
  }

  /** Options for tests. */
  static ClientOptions.Builder options(String url) {
    return ClientOptions.builder()
        .servers(url)
        .connectTimeout(PATIENCE)
        .reconnectDelay(Duration.ofMillis(20), Duration.ofMillis(200));
  }

  @Override
  public void close() {
    process.close();
  }
}
