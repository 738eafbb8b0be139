// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.testkit.Seeds;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** URLs, the request and its answer, by RFC 6455, section 4.1. */
class WebSocketUpgradeTest {
  /** The key of the example in section 1.3, and what answers it. */
  private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

  private static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

  private static ServerAddress address(String url) {
    return ServerAddress.parse(url, false);
  }

  private static WebSocketRequest request(String url) {
    ServerAddress server = address(url);
    return new WebSocketRequest(server, server.scheme().isTls(), KEY);
  }

  private static String head(String url) {
    return new String(request(url).head(Map.of()), US_ASCII);
  }

  private static byte[] answer(String... lines) {
    return (String.join("\r\n", lines) + "\r\n\r\n").getBytes(US_ASCII);
  }

  private static byte[] upgrade(String... more) {
    String[] lines = new String[4 + more.length];
    lines[0] = "HTTP/1.1 101 Switching Protocols";
    lines[1] = "upgrade: WebSocket";
    lines[2] = "CONNECTION: keep-alive, upgrade";
    lines[3] = "Sec-WebSocket-Accept:" + ACCEPT;
    System.arraycopy(more, 0, lines, 4, more.length);
    return answer(lines);
  }

  private static int read(byte[] answer) {
    return new WebSocketResponse(request("ws://h")).read(answer, 0, answer.length);
  }

  private static void assertRefused(byte[] answer, String... words) {
    assertThatThrownBy(() -> read(answer))
        .isInstanceOf(WebSocketException.class)
        .message()
        .contains(words);
  }

  // ---- URLs

  @Test
  void theSchemeSaysThePortAndWhetherTlsIsUsed() {
    assertThat(address("ws://h").port()).isEqualTo(80);
    assertThat(address("wss://h/nats").port()).isEqualTo(443);
    assertThat(address("WSS://h:8443").port()).isEqualTo(8443);
    assertThat(address("wss://h").scheme().isTls()).isTrue();
    assertThat(address("ws://h").scheme().isTls()).isFalse();
    assertThat(address("h").port()).isEqualTo(4222);
    assertThat(address("tls://h/ignored").path()).isEqualTo("/");
    assertThatThrownBy(() -> address("http://secret@h"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("scheme of 'h' is none of nats, tls, ws")
        .message()
        .doesNotContain("secret");
  }

  @Test
  void aPathMayHoldWhatEndsCredentials() {
    ServerAddress address = address("ws://me:p%2Fw@[::1]:8080/a:b@c?d=e/f@g");
    assertThat(address.host()).isEqualTo("::1");
    assertThat(address.port()).isEqualTo(8080);
    assertThat(address.path()).isEqualTo("/a:b@c?d=e/f@g");
    assertThat(address.auth()).isEqualTo(Auth.user("me", "p/w"));
    assertThat(address("ws://h?x=1").path()).isEqualTo("/?x=1");
    for (String path : new String[] {"/a b", "/a\r\nX: y", "/ä", "/a#b", "#b"}) {
      assertThatThrownBy(() -> address("ws://h" + path))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("percent-encoded");
    }
    assertThatThrownBy(() -> address("ws://h/a b?token=secret"))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .doesNotContain("secret");
  }

  @Test
  void webSocketsAndOthersAreNotMixed() {
    for (String list : new String[] {"ws://a,nats://b", "tls://a,wss://b", "ws://a,b:80"}) {
      assertThatThrownBy(() -> ClientOptions.of(list))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("not by both: a:");
    }
    assertThat(ClientOptions.of("ws://a,wss://b").servers()).hasSize(2);
  }

  @Test
  void whatAServerNamesIsReachedAsItIs() {
    ServerAddress by = address("wss://example.org/nats?x=1");
    ServerAddress named = ServerAddress.parse("10.0.0.1:8443", true).discoveredBy(by, Auth.none());
    assertThat(named.scheme()).isEqualTo(Scheme.WSS);
    assertThat(named.path()).isEqualTo("/nats?x=1");
    assertThat(named.certificateHost()).isEqualTo("example.org");
    assertThat(named.toString()).isEqualTo("10.0.0.1:8443");
  }

  // ---- the request

  @Test
  void theRequestNamesHostAndPath() {
    assertThat(head("ws://h"))
        .isEqualTo(
            "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: "
                + KEY
                + "\r\nSec-WebSocket-Version: 13\r\n\r\n");
    assertThat(head("ws://u:p@h:8080/a?b")).startsWith("GET /a?b HTTP/1.1\r\nHost: h:8080\r\n");
    assertThat(head("wss://[::1]")).contains("\r\nHost: [::1]\r\n");
    assertThat(head("wss://h:80")).contains("\r\nHost: h:80\r\n");
    assertThat(head("ws://u:secret@h")).doesNotContain("secret");
  }

  @Test
  void theKeyIsRandomAndItsAnswerThatOfTheRfc() {
    SplittableRandom random = new SplittableRandom(7);
    WebSocketRequest one = WebSocketRequest.to(address("ws://h"), false, random);
    WebSocketRequest two = WebSocketRequest.to(address("ws://h"), false, random);
    assertThat(one.key()).hasSize(24).isNotEqualTo(two.key());
    assertThat(request("ws://h").accept()).isEqualTo(ACCEPT);
    assertThat(request("ws://h:1/p?token=secret").toString())
        .isEqualTo("ws://h:1/p")
        .doesNotContain(KEY);
  }

  @Test
  void furtherHeadersAreCheckedAndTheirValuesNotShown() {
    String head = new String(request("ws://h").head(Map.of("Cookie", "a=b; c=d")), US_ASCII);
    assertThat(head).endsWith("\r\nCookie: a=b; c=d\r\n\r\n");
    refuses(Map.of("a b", "v"), "no name");
    refuses(Map.of("", "v"), "no name");
    refuses(Map.of("X", "secret\r\nY: z"), "not ASCII");
    refuses(Map.of("X", "secret\u00e4"), "not ASCII");
    refuses(Map.of("Sec-WebSocket-Extensions", "secret"), "belongs to the upgrade");
    refuses(Map.of("HOST", "secret"), "belongs to the upgrade");
    refuses(Map.of("X", "secret".repeat(4000)), "headers of 24005 bytes");
  }

  private static void refuses(Map<String, String> headers, String words) {
    assertThatThrownBy(() -> request("ws://h").head(headers))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(words)
        .message()
        .doesNotContain("secret");
  }

  // ---- the answer

  @Test
  void theAnswerMayBeCutAnywhereAndWhatIsBehindItIsLeft() {
    byte[] head = upgrade("X-More: \r\n\t-folded", "Server: some");
    byte[] input = (new String(head, US_ASCII) + "INFO\r\n\r\n").getBytes(US_ASCII);
    for (int cut = 0; cut <= input.length; cut++) {
      WebSocketResponse response = new WebSocketResponse(request("ws://h"));
      int at = response.read(input, 0, cut);
      assertThat(at).isEqualTo(Math.min(cut, head.length));
      assertThat(response.isUpgrade()).isEqualTo(cut >= head.length);
      assertThat(response.read(input, at, input.length)).isEqualTo(head.length);
      assertThat(response.isUpgrade()).isTrue();
    }
  }

  @Test
  void anUpgradeThatIsNoneIsRefused() {
    String status = "HTTP/1.1 101 Switching Protocols";
    String upgrade = "Upgrade: websocket";
    String connection = "Connection: Upgrade";
    String accept = "Sec-WebSocket-Accept: ";
    assertRefused(answer(status, connection, accept + ACCEPT), "Upgrade is not websocket");
    assertRefused(answer(status, "Upgrade: h2c", connection, accept + ACCEPT), "not websocket");
    assertRefused(answer(status, upgrade, accept + ACCEPT), "Connection is not Upgrade");
    assertRefused(answer(status, upgrade, connection), "Sec-WebSocket-Accept");
    assertRefused(
        answer(status, upgrade, connection, accept + ACCEPT.toLowerCase(Locale.ROOT)),
        "Sec-WebSocket-Accept");
    assertRefused(upgrade(accept + ACCEPT), "Sec-WebSocket-Accept");
    assertRefused(upgrade("Sec-WebSocket-Extensions: permessage-deflate"), "extension");
    assertRefused(upgrade("Sec-WebSocket-Protocol: mqtt"), "subprotocol");
  }

  @Test
  void otherAnswersSayWhatToDo() {
    assertRefused(
        answer("HTTP/1.1 404 Not Found"), "'HTTP/1.1 404 Not Found'", "ws://h:80/", "path");
    assertRefused(answer("HTTP/1.1 200 OK"), "ordinary HTTP server");
    assertRefused(answer("HTTP/1.0 400 Bad Request"), "TLS wants wss://");
    assertRefused(answer("HTTP/1.1 401 Unauthorized"), "webSocketHeaders");
    assertRefused(answer("HTTP/1.1 403 Forbidden"), "webSocketHeaders", "Origin");
    assertRefused(answer("HTTP/1.1 503 "), "not able to now");
    assertRefused(answer("HTTP/1.1 308 X", "Location: wss://other/"), "'wss://other/', use that");
    assertRefused(answer("HTTP/1.1 418 \u0007"), "418 ?", "check the port");
    assertRefused(answer("HTTP/1.1"), "'HTTP/1.1'");
  }

  @Test
  void whatIsNotHttpIsRefusedAtOnce() {
    assertRefused("INFO {\"server_id\":\"x\"".getBytes(US_ASCII), "nats://", "websocket block");
    assertRefused("SSH-2.0-x\r\n".getBytes(US_ASCII), "does not speak HTTP", "'SSH-2.0-x'");
    assertThat(new WebSocketResponse(request("ws://h")).read(new byte[] {'H'}, 0, 1)).isEqualTo(1);
  }

  @Test
  void theHeadIsBounded() {
    byte[] fits = upgrade("X: " + "x".repeat(16 * 1024 - upgrade("X: ").length));
    assertThat(fits).hasSize(16 * 1024);
    assertThat(read(fits)).isEqualTo(fits.length);
    assertRefused(
        upgrade("X: " + "x".repeat(16 * 1024 - upgrade("X: ").length + 1)), "more than 16384");
  }

  @Test
  void whateverComesIsTakenOrRefused() {
    Seeds.forEach(
        20_000,
        (seed, random) -> {
          byte[] input = upgrade("X: y");
          for (int i = random.nextInt(4); i > 0; i--) {
            input[random.nextInt(input.length)] = (byte) random.nextInt(256);
          }
          WebSocketResponse response = new WebSocketResponse(request("ws://h"));
          try {
            int at = 0;
            while (at < input.length && !response.isUpgrade()) {
              at = response.read(input, at, Math.min(input.length, at + 1 + random.nextInt(40)));
            }
            assertThat(at).isLessThanOrEqualTo(input.length);
          } catch (WebSocketException refused) {
            assertThat(refused.getMessage()).hasSizeLessThan(500).matches("[ -~]*");
          }
        });
  }
}
