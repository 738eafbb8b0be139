// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static dev.slipstream.client.Refusals.assertFails;
import static dev.slipstream.client.WebSocketServer.options;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.testkit.ServerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whom a WebSocket is made with and whom not, and what the others are told, by the public server.
 */
@Timeout(90)
@SuppressWarnings("NullAway.Init")
class WebSocketRefusalTest {
  @TempDir static Path directory;

  private static Certificates.Pair own;
  private static Certificates.Pair stranger;

  @BeforeAll
  static void makeCertificates() throws Exception {
    own = Certificates.make(directory, "own", "dns:localhost,ip:127.0.0.1");
    stranger = Certificates.make(directory, "stranger", "dns:elsewhere");
  }

  private static void connects(ClientOptions.Builder options) {
    try (NatsClient nc = NatsClient.connect(options.build())) {
      nc.flush(WebSocketServer.PATIENCE);
    }
  }

  // ---- TLS

  @Test
  void tlsIsUsedOnceAndBeforeTheUpgrade() {
    try (WebSocketServer server = WebSocketServer.secure(own, "");
        NatsClient nc = NatsClient.connect(server.securely(own).build())) {
      // which would have a client that has not seen to it begin the handshake
      assertThat(nc.server().tlsRequired()).isTrue();
      nc.flush(WebSocketServer.PATIENCE);
      connects(server.securely(own).tlsFirst(true));
      // who gives contexts means TLS, whatever the scheme
      connects(server.plainly().tls(PemFiles.trusting(own.certificate())));
    }
  }

  @Test
  void aServerThatIsNotTrustedIsRefusedWithTheReason() {
    try (WebSocketServer server = WebSocketServer.secure(own, "")) {
      assertFails(
          options("wss://" + server.endpoint()),
          TlsException.class,
          "handshake failed",
          "unable to find valid certification path");
      assertFails(server.securely(stranger), TlsException.class, "handshake failed", "path");
    }
    try (WebSocketServer server = WebSocketServer.secure(stranger, "")) {
      assertFails(server.securely(stranger), TlsException.class, "handshake failed", "127.0.0.1");
    }
  }

  @Test
  void theServerMayAskForACertificate() {
    String verify = "verify: true, ca_file: '%s'".formatted(own.certificate());
    PemFiles trust = PemFiles.trusting(own.certificate());
    try (WebSocketServer server = WebSocketServer.secure(own, verify)) {
      connects(server.securely(own).tls(trust.identity(own.certificate(), own.key())));
      assertFails(server.securely(own), TlsException.class, "certificate");
    }
  }

  @Test
  void tlsAndNoneAreToldApart() {
    try (WebSocketServer server = WebSocketServer.secure(own, "")) {
      assertFails(
          server.plainly(), WebSocketException.class, "400 Bad Request", "with TLS wants wss://");
    }
    try (WebSocketServer server = WebSocketServer.plain()) {
      assertFails(server.securely(own), TlsException.class, "handshake failed");
      assertFails(
          server.plainly().tls(PemFiles.trusting(own.certificate())), TlsException.class, "TLS");
    }
  }

  // ---- ports and paths

  @Test
  void anyPathLeadsToTheServer() {
    try (WebSocketServer server = WebSocketServer.plain()) {
      connects(options("ws://" + server.endpoint() + "/"));
      connects(options("ws://" + server.endpoint() + "/some/path?and=query"));
      connects(options("ws://localhost:" + server.port()));
    }
  }

  @Test
  void thePortOfSomethingElseIsNamedAsSuch() {
    int monitoring = ServerProcess.freePort();
    try (WebSocketServer server =
        WebSocketServer.with("no_tls: true", "http: '127.0.0.1:" + monitoring + "'\n")) {
      assertFails(
          options("ws://127.0.0.1:" + monitoring),
          WebSocketException.class,
          "'HTTP/1.1 200 OK'",
          "ordinary HTTP server");
      assertFails(
          options("ws://127.0.0.1:" + monitoring + "/nats"),
          WebSocketException.class,
          "'HTTP/1.1 404 Not Found'",
          "/nats",
          "check the port and the path");
      assertFails(
          options("ws://127.0.0.1:" + server.process().port()),
          WebSocketException.class,
          "does not speak HTTP",
          "connect with nats://");
      assertFails(
          options("wss://127.0.0.1:" + server.process().port()),
          TlsException.class,
          "TLS handshake");
      assertFails(
          options("nats://" + server.endpoint()).connectTimeout(Duration.ofMillis(300)),
          IOException.class,
          "no complete greeting",
          "a WebSocket ws://");
    }
  }

  // ---- who may come in

  @Test
  void credentialsAreThoseOfNats() {
    try (WebSocketServer server =
        WebSocketServer.with("no_tls: true", "authorization { user: ann, password: 'p/w' }\n")) {
      connects(options("ws://ann:p%2Fw@" + server.endpoint() + "/path@with"));
      connects(server.plainly().auth(Auth.user("ann", "p/w")));
      assertFails(server.plainly().auth(Auth.user("ann", "x")), AuthException.class, "Auth");
      assertFails(server.plainly(), AuthException.class, "Auth");
    }
  }

  @Test
  void aCookieMayLetIn() {
    try (WebSocketServer server =
        WebSocketServer.with(
            "no_tls: true, token_cookie: 'ticket'", "authorization { token: 's3cret' }\n")) {
      connects(server.plainly().webSocketHeaders(() -> Map.of("Cookie", "a=b; ticket=s3cret")));
      assertFails(
          server.plainly().webSocketHeaders(() -> Map.of("Cookie", "ticket=x")),
          AuthException.class,
          "Auth");
    }
  }

  @Test
  void aHeaderThatTheServerDoesNotAllowIsRefused() {
    try (WebSocketServer server = WebSocketServer.with("no_tls: true, same_origin: true", "")) {
      connects(server.plainly());
      assertFails(
          server.plainly().webSocketHeaders(() -> Map.of("Origin", "http://elsewhere")),
          WebSocketException.class,
          "'HTTP/1.1 403 Forbidden'",
          "Origin");
    }
  }

  @Test
  void headersThatCannotBeHadFailTheAttempt() {
    try (WebSocketServer server = WebSocketServer.plain()) {
      assertFails(
          server
              .plainly()
              .webSocketHeaders(
                  () -> {
                    throw new IllegalStateException("no ticket today");
                  }),
          WebSocketException.class,
          "no headers",
          "no ticket today");
      assertFails(
          server.plainly().webSocketHeaders(() -> Map.of("Upgrade", "h2c")),
          WebSocketException.class,
          "the header Upgrade belongs to the upgrade");
    }
  }
}
