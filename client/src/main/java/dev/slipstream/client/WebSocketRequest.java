// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The request with which a connection asks to become a WebSocket (RFC 6455, section 4.1). No
 * extension and no subprotocol is asked for.
 *
 * @param server whom to ask
 * @param secure whether it is asked under TLS
 * @param key what the answer has to show that it was read: 16 bytes in base64
 */
record WebSocketRequest(ServerAddress server, boolean secure, String key) {
  private static final int KEY_BYTES = 16;

  /** What the key is hashed with, by section 1.3. */
  private static final String ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  /** What servers take as a request at all. */
  private static final int MAX_HEADERS_BYTES = 16 * 1024;

  private static final Set<String> OWN_HEADERS = Set.of("host", "upgrade", "connection");
  private static final String OWN_HEADERS_BEGIN = "sec-websocket-";

  static WebSocketRequest to(ServerAddress server, boolean secure, RandomGenerator random) {
    byte[] key = new byte[KEY_BYTES];
    random.nextBytes(key);
    return new WebSocketRequest(server, secure, Base64.getEncoder().encodeToString(key));
  }

  /** What the answer shows for {@link #key}. */
  String accept() {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      byte[] hash = sha1.digest((key + ACCEPT_SUFFIX).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }

  /**
   * The bytes to send, with further headers.
   *
   * @throws IllegalArgumentException when these cannot be sent; the message does not show values
   */
  byte[] head(Map<String, String> headers) {
    StringBuilder head = new StringBuilder(256);
    head.append("GET ").append(server.path()).append(" HTTP/1.1\r\n");
    head.append("Host: ").append(host()).append("\r\n");
    head.append("Upgrade: websocket\r\nConnection: Upgrade\r\n");
    head.append("Sec-WebSocket-Key: ").append(key).append("\r\n");
    head.append("Sec-WebSocket-Version: 13\r\n");
    int before = head.length();
    headers.forEach((name, value) -> append(head, name, value));
    if (head.length() - before > MAX_HEADERS_BYTES) {
      throw new IllegalArgumentException(
          "headers of " + (head.length() - before) + " bytes, more than " + MAX_HEADERS_BYTES);
    }
    return head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
  }

  private String host() {
    Scheme usual = secure ? Scheme.WSS : Scheme.WS;
    return server.port() == usual.defaultPort() ? server.bracketedHost() : server.toString();
  }

  private static void append(StringBuilder head, String name, String value) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (name.isEmpty() || !name.chars().allMatch(WebSocketRequest::isTokenCharacter)) {
      throw new IllegalArgumentException("'" + name + "' is no name of a header");
    }
    if (OWN_HEADERS.contains(lower) || lower.startsWith(OWN_HEADERS_BEGIN)) {
      throw new IllegalArgumentException("the header " + name + " belongs to the upgrade itself");
    }
    if (!value.chars().allMatch(c -> c >= ' ' && c < 0x7f || c == '\t')) {
      throw new IllegalArgumentException("the header " + name + " has a value that is not ASCII");
    }
    head.append(name).append(": ").append(value).append("\r\n");
  }

  private static boolean isTokenCharacter(int c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
  }

  /** Without the key, and without a query, which may be secret. */
  @Override
  public String toString() {
    String path = server.path();
    int query = path.indexOf('?');
    return (secure ? "wss://" : "ws://") + server + (query < 0 ? path : path.substring(0, query));
  }
}
