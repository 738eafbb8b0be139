// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How a server is spoken to, as the beginning of its URL says; {@code nats} where it says none. */
enum Scheme {
  NATS(4222, false, false),
  TLS(4222, true, false),
  WS(80, false, true),
  WSS(443, true, true);

  private final int defaultPort;
  private final boolean tls;
  private final boolean webSocket;

  Scheme(int defaultPort, boolean tls, boolean webSocket) {
    this.defaultPort = defaultPort;
    this.tls = tls;
    this.webSocket = webSocket;
  }

  /** The scheme of a URL; null when it is none of these. */
  static @Nullable Scheme of(String url) {
    int end = url.indexOf("://");
    if (end < 0) {
      return NATS;
    }
    String name = url.substring(0, end).toUpperCase(Locale.ROOT);
    for (Scheme scheme : values()) {
      if (scheme.name().equals(name)) {
        return scheme;
      }
    }
    return null;
  }

  /** The port of a URL that names none. */
  int defaultPort() {
    return defaultPort;
  }

  /** Whether a connection without TLS is out of the question. */
  boolean isTls() {
    return tls;
  }

  /** Whether what is said goes in the frames of a WebSocket. */
  boolean isWebSocket() {
    return webSocket;
  }
}
