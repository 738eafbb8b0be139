// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a server listens: {@code [nats://|tls://][user:password@ or token@]host[:port]}, or the
 * same with {@code ws://} or {@code wss://} and {@code [/path][?query]} at its end.
 *
 * @param scheme how it is spoken to
 * @param host name or address, without brackets
 * @param port that of the scheme unless given
 * @param path what a WebSocket is asked for, with the query; {@code /} unless given
 * @param certificateHost whom the server's certificate has to name
 * @param auth credentials of the URL
 * @param discovered whether another server named it
 */
record ServerAddress(
    Scheme scheme,
    String host,
    int port,
    String path,
    String certificateHost,
    Auth auth,
    boolean discovered) {

  /**
   * Reads a list of URLs, each of which may itself be a comma list.
   *
   * @throws IllegalArgumentException when one cannot be read, or some are of WebSockets and some
   *     are not: what servers name in INFO holds for one of the two only
   */
  static List<ServerAddress> parseAll(Iterable<String> urls) {
    List<ServerAddress> addresses = new ArrayList<>();
    for (String list : urls) {
      for (String url : list.split(",")) {
        if (!url.isBlank()) {
          addresses.add(parse(url.strip(), false));
        }
      }
    }
    if (addresses.isEmpty()) {
      throw new IllegalArgumentException("no server is given");
    }
    boolean webSocket = addresses.get(0).isWebSocket();
    for (ServerAddress other : addresses) {
      if (other.isWebSocket() != webSocket) {
        throw new IllegalArgumentException(
            "servers are reached by ws:// and wss://, or by nats:// (which no scheme means too) and"
                + " tls://, not by both: "
                + addresses.get(0)
                + " and "
                + other);
      }
    }
    return addresses;
  }

  static ServerAddress parse(String url, boolean discovered) {
    Scheme scheme = Scheme.of(url);
    if (scheme == null) {
      throw new IllegalArgumentException(
          "the scheme of '" + shown(url) + "' is none of nats, tls, ws and wss");
    }
    int schemeEnd = url.indexOf("://");
    String rest = schemeEnd < 0 ? url : url.substring(schemeEnd + 3);
    String path = "/";
    if (scheme.isWebSocket()) {
      // before credentials are looked for: a path may hold what ends them
      int end = authorityEnd(rest);
      path = path(rest.substring(end), url);
      rest = rest.substring(0, end);
    }
    Auth auth = Auth.none();
    int at = rest.lastIndexOf('@');
    if (at >= 0) {
      auth = credentials(rest.substring(0, at));
      rest = rest.substring(at + 1);
    }
    int slash = rest.indexOf('/');
    if (slash >= 0) {
      rest = rest.substring(0, slash);
    }
    int colon = rest.lastIndexOf(':');
    boolean bracketed = rest.startsWith("[");
    boolean hasPort =
        bracketed ? colon > rest.indexOf(']') : colon >= 0 && colon == rest.indexOf(':');
    String host = hasPort ? rest.substring(0, colon) : rest;
    if (bracketed) {
      host = host.replace("[", "").replace("]", "");
    }
    if (host.isEmpty()) {
      throw new IllegalArgumentException("no host in '" + shown(url) + "'");
    }
    int port = hasPort ? port(rest.substring(colon + 1), url) : scheme.defaultPort();
    return new ServerAddress(scheme, host, port, path, host, auth, discovered);
  }

  private static int authorityEnd(String rest) {
    int end = 0;
    while (end < rest.length() && "/?#".indexOf(rest.charAt(end)) < 0) {
      end++;
    }
    return end;
  }

  private static String path(String text, String url) {
    if (!text.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '#')) {
      throw new IllegalArgumentException(
          "the path of '" + shown(url) + "' has characters that must be percent-encoded");
    }
    return text.startsWith("/") ? text : "/" + text;
  }

  /** Whether what is said goes in the frames of a WebSocket. */
  boolean isWebSocket() {
    return scheme.isWebSocket();
  }

  /** Whether both mean the same endpoint. */
  boolean isSameEndpoint(ServerAddress other) {
    return port == other.port && host.equalsIgnoreCase(other.host);
  }

  /**
   * This one as {@code by} named it: reached in the same way, and if it is an address only, by the
   * certificate of the name that the application knows.
   */
  ServerAddress discoveredBy(ServerAddress by, Auth withAuth) {
    boolean byName = isLiteral(host) && !isLiteral(by.certificateHost);
    return new ServerAddress(
        by.scheme, host, port, by.path, byName ? by.certificateHost : host, withAuth, true);
  }

  private static boolean isLiteral(String host) {
    return host.indexOf(':') >= 0 || host.matches("[0-9.]+");
  }

  private static Auth credentials(String userInfo) {
    int colon = userInfo.indexOf(':');
    return colon < 0
        ? Auth.token(decoded(userInfo))
        : Auth.user(decoded(userInfo.substring(0, colon)), decoded(userInfo.substring(colon + 1)));
  }

  private static String decoded(String text) {
    // a plus is itself here, unlike in a form
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static int port(String text, String url) {
    try {
      int port = Integer.parseInt(text);
      if (port > 0 && port < 65536) {
        return port;
      }
    } catch (NumberFormatException notANumber) {
      // reported below
    }
    throw new IllegalArgumentException("no port in '" + shown(url) + "'");
  }

  /** Without credentials, and without a query, which may hold such. */
  private static String shown(String url) {
    return url.substring(url.lastIndexOf('@') + 1).replaceFirst("\\?.*", "");
  }

  /** The host as a URL has it. */
  String bracketedHost() {
    return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
  }

  @Override
  public String toString() {
    return bracketedHost() + ":" + port;
  }
}
