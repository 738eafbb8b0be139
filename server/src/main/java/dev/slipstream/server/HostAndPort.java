// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

/**
 * An address as text: {@code host}, {@code host:port}, {@code [::1]} or {@code [::1]:port}.
 *
 * @param host without brackets
 * @param port as given, or what was said to hold otherwise
 */
record HostAndPort(String host, int port) {

  /**
   * Reads an address.
   *
   * @throws ServerStartException when the port is none
   */
  static HostAndPort parse(String text, int otherwise) {
    int colon = text.lastIndexOf(':');
    boolean hasPort = colon >= 0 && text.indexOf(']', colon) < 0 && isSingle(text, colon);
    String host = hasPort ? text.substring(0, colon) : text;
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    if (!hasPort) {
      return new HostAndPort(host, otherwise);
    }
    try {
      int port = Integer.parseInt(text.substring(colon + 1).strip());
      return new HostAndPort(host, port <= 0 ? otherwise : port);
    } catch (NumberFormatException noPort) {
      throw new ServerStartException("not a host and port: " + text, noPort);
    }
  }

  /** An address with several colons and no brackets is an IPv6 one without port. */
  private static boolean isSingle(String text, int colon) {
    return text.indexOf(':') == colon || text.startsWith("[");
  }
}
