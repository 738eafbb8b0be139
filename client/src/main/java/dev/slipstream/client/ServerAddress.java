// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Where a server listens: {@code [nats://|tls://][user:password@ or token@]host[:port]}.
 *
 * @param host name or address, without brackets
 * @param port 4222 unless given
 * @param tls whether a connection without TLS is out of the question
 * @param certificateHost whom the server's certificate has to name
 * @param auth credentials of the URL
 * @param discovered whether another server named it
 */
record ServerAddress(
    String host, int port, boolean tls, String certificateHost, Auth auth, boolean discovered) {
  static final int DEFAULT_PORT = 4222;
  private static final String TLS_SCHEME = "tls://";

  /** Reads a list of URLs, each of which may itself be a comma list. */
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
    return addresses;
  }

  static ServerAddress parse(String url, boolean discovered) {
    String rest = withoutScheme(url);
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
    return new ServerAddress(
        host,
        hasPort ? port(rest.substring(colon + 1), url) : DEFAULT_PORT,
        url.regionMatches(true, 0, TLS_SCHEME, 0, TLS_SCHEME.length()),
        host,
        auth,
        discovered);
  }

  /** Whether both mean the same endpoint. */
  boolean isSameEndpoint(ServerAddress other) {
    return port == other.port && host.equalsIgnoreCase(other.host);
  }

  /**
   * This one as {@code by} named it: reached as securely, and if it is an address only, by the
   * certificate of the name that the application knows.
   */
  ServerAddress discoveredBy(ServerAddress by, Auth withAuth) {
    boolean byName = isLiteral(host) && !isLiteral(by.certificateHost);
    return new ServerAddress(
        host, port, by.tls, byName ? by.certificateHost : host, withAuth, true);
  }

  private static boolean isLiteral(String host) {
    return host.indexOf(':') >= 0 || host.matches("[0-9.]+");
  }

  private static String withoutScheme(String url) {
    int end = url.indexOf("://");
    if (end < 0) {
      return url;
    }
    String scheme = url.substring(0, end).toLowerCase(Locale.ROOT);
    if (!scheme.equals("nats") && !scheme.equals("tls")) {
      throw new IllegalArgumentException("the scheme of '" + shown(url) + "' is not supported yet");
    }
    return url.substring(end + 3);
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

  /** Without credentials. */
  private static String shown(String url) {
    return url.substring(url.lastIndexOf('@') + 1);
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
