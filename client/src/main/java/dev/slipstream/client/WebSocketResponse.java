// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Reads the answer to a {@link WebSocketRequest}, cut anywhere, up to the end of its head, and
 * checks it (RFC 6455, section 4.1).
 *
 * <p>Everything that is no upgrade is a {@link WebSocketException} that says what came and what to
 * do.
 */
final class WebSocketResponse {
  static final int MAX_HEAD_BYTES = 16 * 1024;

  private static final int SHOWN_CHARACTERS = 120;
  private static final String HTTP = "HTTP/";
  private static final byte[] HEAD_END = {'\r', '\n', '\r', '\n'};

  private final WebSocketRequest request;
  private byte[] head = new byte[512];
  private int length;
  private int endMatched;
  private boolean upgrade;

  WebSocketResponse(WebSocketRequest request) {
    this.request = request;
  }

  /** Whether all of it has come, and it was an upgrade. */
  boolean isUpgrade() {
    return upgrade;
  }

  private boolean isComplete() {
    return endMatched == HEAD_END.length;
  }

  /**
   * Takes bytes up to the end of the head.
   *
   * @return the index of the first byte behind it, {@code to} if it goes on
   */
  int read(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && !isComplete() && length < MAX_HEAD_BYTES) {
      take(bytes[at++]);
    }
    if (length >= HTTP.length() && !text(0, HTTP.length()).equals(HTTP)) {
      throw notHttp();
    }
    if (isComplete()) {
      check();
      upgrade = true;
    } else if (length == MAX_HEAD_BYTES) {
      throw new WebSocketException(
          "the head of the answer to the upgrade has more than " + MAX_HEAD_BYTES + " bytes", null);
    }
    return at;
  }

  private void take(byte b) {
    if (length == head.length) {
      head = Arrays.copyOf(head, 2 * length);
    }
    head[length++] = b;
    if (b == HEAD_END[endMatched]) {
      endMatched++;
    } else {
      endMatched = b == HEAD_END[0] ? 1 : 0;
    }
  }

  private WebSocketException notHttp() {
    String came = shown(text(0, length).lines().findFirst().orElse(""));
    String todo =
        came.startsWith("INFO ")
            ? "this is NATS without a WebSocket: connect with nats:// or tls://, or to the port of"
                + " the server's websocket block"
            : "is the port that of a WebSocket?";
    return new WebSocketException(
        "the server does not speak HTTP, " + todo + " ('" + came + "')", null);
  }

  private void check() {
    String[] lines = text(0, length - HEAD_END.length).split("\r\n", -1);
    String[] status = lines[0].split(" ", 3);
    Map<String, String> headers = headers(lines);
    if (status.length < 2 || !status[1].equals("101")) {
      String code = status.length < 2 ? "" : status[1];
      throw new WebSocketException(
          "the server answered '"
              + shown(lines[0])
              + "' when asked for a WebSocket at "
              + request
              + advice(code, headers),
          null);
    }
    demand(hasToken(headers, "upgrade", "websocket"), "its Upgrade is not websocket");
    demand(hasToken(headers, "connection", "upgrade"), "its Connection is not Upgrade");
    demand(
        request.accept().equals(headers.get("sec-websocket-accept")),
        "its Sec-WebSocket-Accept is not the answer to this request (from a cache?)");
    demand(!headers.containsKey("sec-websocket-extensions"), "it chose an extension");
    demand(!headers.containsKey("sec-websocket-protocol"), "it chose a subprotocol");
  }

  private void demand(boolean holds, String otherwise) {
    if (!holds) {
      throw new WebSocketException(
          "the server's upgrade to a WebSocket at "
              + request
              + " is not valid: "
              + otherwise
              + "; something in between may have changed it",
          null);
    }
  }

  private static Map<String, String> headers(String[] lines) {
    Map<String, String> headers = new HashMap<>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      if (colon > 0) {
        String name = lines[i].substring(0, colon).toLowerCase(Locale.ROOT);
        headers.merge(name, lines[i].substring(colon + 1).strip(), (a, b) -> a + ", " + b);
      }
    }
    return headers;
  }

  private static boolean hasToken(Map<String, String> headers, String name, String token) {
    return Arrays.stream(headers.getOrDefault(name, "").split(","))
        .anyMatch(each -> each.strip().equalsIgnoreCase(token));
  }

  private String advice(String code, Map<String, String> headers) {
    return switch (code) {
      case "200", "204" ->
          ": this is an ordinary HTTP server, check the port and the path, which may be that of its"
              + " monitoring";
      case "301", "302", "303", "307", "308" ->
          ": it redirects to '" + shown(headers.getOrDefault("location", "")) + "', use that URL";
      case "400" ->
          request.secure()
              ? ": something in between may not pass on the headers of the upgrade"
              : ": a port with TLS wants wss://; or something in between does not pass on the headers"
                  + " of the upgrade";
      case "401", "407" -> ": a proxy wants credentials, which webSocketHeaders can give";
      case "403" ->
          ": a proxy wants credentials, which webSocketHeaders can give, or the server does not allow"
              + " the header Origin";
      case "404" -> ": check the port and the path";
      case "429", "500", "502", "503", "504" ->
          ": the server, or a proxy in front of it, is not able to now";
      default -> ": check the port, the path and what lies in between";
    };
  }

  private String text(int from, int to) {
    return new String(head, from, to - from, StandardCharsets.ISO_8859_1);
  }

  /** What a server sent, made harmless for a log. */
  static String shown(String text) {
    String printable = text.replaceAll("[^ -~]", "?");
    return printable.length() <= SHOWN_CHARACTERS
        ? printable
        : printable.substring(0, SHOWN_CHARACTERS) + "...";
  }
}
