// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static dev.slipstream.client.ScriptedServer.Visit.frame;
import static dev.slipstream.client.ScriptedServer.Visit.upgrade;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the client does to a server that does what the public one never would, or seldom. */
@Timeout(60)
class WebSocketPeerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int FINAL = 0x80;
  private static final int CONTINUATION = 0x0;
  private static final int BINARY = 0x2;
  private static final int CLOSE = 0x8;
  private static final int PING = 0x9;
  private static final int PONG = 0xa;

  private static ClientOptions.Builder to(ScriptedServer server) {
    return ClientOptions.builder()
        .servers(server.url())
        .connectTimeout(PATIENCE)
        .closeTimeout(Duration.ofMillis(300)) // scripts do not answer the ping of a drain
        .reconnect(false);
  }

  /** What becomes of a visitor to a server that answers the request in this way. */
  private static void assertRefused(ScriptedServer.Script script, String... words)
      throws Exception {
    try (ScriptedServer server = new ScriptedServer(script)) {
      assertThatThrownBy(() -> NatsClient.connect(to(server).build()))
          .isInstanceOfSatisfying(
              ConnectFailedException.class,
              e ->
                  assertThat(e.attempts().get(0).cause())
                      .isInstanceOf(WebSocketException.class)
                      .message()
                      .contains(words));
      server.awaitEnd();
    }
  }

  @Test
  void answersThatAreNoUpgradeAreRefused() throws Exception {
    assertRefused(
        visit -> {
          visit.request();
          visit.send("HTTP/1.1 302 Found\r\nLocation: https://example.org/login\r\n\r\n");
          visit.rest();
        },
        "'HTTP/1.1 302 Found'",
        "https://example.org/login");
    assertRefused(
        visit -> {
          visit.send(upgrade(visit.request()).replaceFirst("Accept: .", "Accept: !"));
          assertThat(visit.rest()).isEmpty();
        },
        "Sec-WebSocket-Accept");
    assertRefused(
        visit -> {
          visit.request();
          visit.send("HTTP/1.1 101 Switching Protocols\r\nX: " + "x".repeat(20_000));
          visit.rest();
        },
        "more than 16384 bytes");
  }

  @Test
  void whatComesBeforeTheRequestIsNoAnswerToIt() throws Exception {
    CountDownLatch sent = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (ScriptedServer server =
        new ScriptedServer(
            visit -> {
              visit.send("HTTP/1.1 101 Switching Protocols\r\n\r\n");
              sent.countDown();
              assertThat(visit.rest()).isEmpty();
            })) {
      ClientOptions.Builder options =
          to(server)
              .webSocketHeaders(
                  () -> {
                    try {
                      go.await();
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                    return Map.of();
                  });
      try {
        assertThatThrownBy(() -> NatsClient.connect(options.build()))
            .hasMessageContaining("not valid");
        assertThat(sent.await(20, TimeUnit.SECONDS)).isTrue();
        server.awaitEnd();
      } finally {
        go.countDown();
      }
    }
  }

  @Test
  void theRequestHasThePathAndTheHeaders() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            visit -> {
              String request = visit.request();
              assertThat(request)
                  .startsWith("GET /a/b?c HTTP/1.1\r\nHost: 127.0.0.1:")
                  .contains("\r\nAuthorization: Bearer x\r\n")
                  .doesNotContain("pass")
                  .doesNotContain("Extensions");
              visit.send("HTTP/1.1 503 Service Unavailable\r\n\r\n");
            })) {
      String url = server.url().replace("ws://", "ws://user:pass@") + "/a/b?c";
      ClientOptions options =
          ClientOptions.builder()
              .servers(url)
              .connectTimeout(PATIENCE)
              .webSocketHeaders(() -> Map.of("Authorization", "Bearer x"))
              .build();
      assertThatThrownBy(() -> NatsClient.connect(options))
          .hasMessageContaining("503 Service Unavailable")
          .message()
          .doesNotContain("pass");
      server.awaitEnd();
    }
  }

  @Test
  void fragmentsAndPingsInBetweenAreNoMatter() throws Exception {
    String message = "MSG a.b 1 5\r\nhello\r\n";
    try (ScriptedServer server =
            new ScriptedServer(
                visit -> {
                  visit.greet();
                  String sub = visit.next().text();
                  assertThat(sub).startsWith("SUB a.b 1\r\n");
                  for (char c : frames(message).toCharArray()) {
                    visit.send("" + c);
                  }
                  ScriptedServer.Frame answer = visit.next();
                  assertThat(answer.opcode()).isEqualTo(PONG);
                  assertThat(answer.text()).isEqualTo("are you there");
                  visit.rest();
                });
        NatsClient nc = NatsClient.connect(to(server).build());
        SyncSubscription subscription = nc.subscribeSync("a.b")) {
      assertThat(Objects.requireNonNull(subscription.poll(PATIENCE)).text()).isEqualTo("hello");
      assertThat(Objects.requireNonNull(subscription.poll(PATIENCE)).text()).isEqualTo("hello");
      nc.close();
      server.awaitEnd();
    }
  }

  private static String frames(String message) {
    return frame(BINARY, message.substring(0, 7))
        + frame(FINAL | PING, "are you there")
        + frame(CONTINUATION, "")
        + frame(FINAL | CONTINUATION, message.substring(7))
        + frame(FINAL | BINARY, message);
  }

  private static void close(ScriptedServer.Visit visit) throws Exception {
    visit.greet();
    visit.send(frame(FINAL | CLOSE, "\u0003\u00f0no\tmore"));
    ScriptedServer.Frame answer = visit.next();
    assertThat(answer.opcode()).isEqualTo(CLOSE);
    assertThat(answer.text()).isEqualTo("\u0003\u00f0");
    assertThat(visit.rest()).isEmpty();
  }

  private static void assertTold(ScriptedServer server, ClientOptions.Builder options)
      throws Exception {
    Events<ClientEvent> events = new Events<>();
    try (NatsClient nc = NatsClient.connect(options.onEvent(events).build())) {
      assertThat(events.await(ClientEvent.Disconnected.class).cause())
          .isInstanceOf(ConnectionLostException.class)
          .hasMessageContaining("the server closed the WebSocket: 1008 no?more");
      server.awaitEnd();
      events.await(ClientEvent.Closed.class);
      assertThat(nc.state()).isEqualTo(ClientState.CLOSED);
    }
  }

  @Test
  void aCloseFrameIsAnswered() throws Exception {
    try (ScriptedServer server = new ScriptedServer(WebSocketPeerTest::close)) {
      assertTold(server, to(server));
    }
  }

  @Test
  void aCloseFrameIsAnsweredUnderTlsToo(@TempDir Path directory) throws Exception {
    Certificates.Pair own = Certificates.make(directory, "own", "ip:127.0.0.1");
    PemFiles files = PemFiles.trusting(own.certificate());
    SSLContext context = files.identity(own.certificate(), own.key()).get();
    try (ScriptedServer server = ScriptedServer.secure(context, WebSocketPeerTest::close)) {
      assertTold(server, to(server).tls(files));
    }
  }

  @Test
  void theClientSaysThatItCloses() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            visit -> {
              visit.greet();
              ScriptedServer.Frame last = visit.next();
              while (last.opcode() != CLOSE) {
                visit.send(frame(FINAL | BINARY, "PONG\r\n"));
                last = visit.next();
              }
              assertThat(last.text()).isEqualTo("\u0003\u00e8");
              assertThat(visit.rest()).isEmpty();
            })) {
      NatsClient.connect(to(server).build()).close();
      server.awaitEnd();
    }
  }

  @Test
  void aServerThatBreaksTheRulesIsToldSoAndLeft() throws Exception {
    for (String broken :
        List.of(
            "\u0082\u0081maskx", // masked
            "\u00c2\u0000", // a reserved bit
            "\u0081\u0001x", // text
            frame(FINAL | CONTINUATION, "x"))) {
      Events<ClientEvent> events = new Events<>();
      try (ScriptedServer server =
              new ScriptedServer(
                  visit -> {
                    visit.greet();
                    visit.send(broken + frame(FINAL | BINARY, "-ERR 'behind it'\r\n"));
                    ScriptedServer.Frame answer = visit.next();
                    assertThat(answer.opcode()).isEqualTo(CLOSE);
                    assertThat(answer.text().charAt(0)).isEqualTo('\u0003');
                    assertThat(answer.text().charAt(1))
                        .isEqualTo(broken.charAt(0) == '\u0081' ? '\u00eb' : '\u00ea');
                  });
          NatsClient nc = NatsClient.connect(to(server).onEvent(events).build())) {
        assertThat(events.await(ClientEvent.Disconnected.class).cause())
            .isInstanceOf(WebSocketException.class)
            .message()
            .startsWith("the server broke the WebSocket protocol: ")
            .doesNotContain("behind it");
        server.awaitEnd();
        events.await(ClientEvent.Closed.class);
        assertThat(nc.state()).isEqualTo(ClientState.CLOSED);
      }
    }
  }

  @Test
  void refusalsAreOfTheKindOfTheirCause() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            visit -> {
              visit.send(
                  upgrade(visit.request())
                      + frame(FINAL | BINARY, "INFO {\"server_id\":\"X\",\"headers\":true}\r\n"));
              visit.next();
              visit.send(
                  frame(FINAL | BINARY, "-ERR 'Authorization Violation'\r\n")
                      + frame(FINAL | CLOSE, "\u0003\u00f0Authentication Failure"));
              visit.rest();
            })) {
      assertThatThrownBy(() -> NatsClient.connect(to(server).build()))
          .hasCauseInstanceOf(AuthException.class)
          .message()
          .satisfies(
              text ->
                  assertThat(text.toLowerCase(Locale.ROOT)).contains("authorization violation"));
      server.awaitEnd();
    }
  }
}
