// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.base.EventLoop;
import dev.slipstream.protocol.wire.ProtocolWriter;
import org.jspecify.annotations.Nullable;

/** Asks the server for a sign of life while a connection stands, as the options say. Loop-owned. */
final class Pings {
  private final ClientLoop loop;
  private final Outbound outbound;
  private final long intervalNanos;
  private final int maxOut;
  private EventLoop.@Nullable Timer timer;

  Pings(ClientLoop loop, Outbound outbound, ClientOptions options) {
    this.loop = loop;
    this.outbound = outbound;
    intervalNanos = options.pingInterval().toNanos();
    maxOut = options.maxPingsOut();
  }

  /** A connection stands. */
  void begin(Session session) {
    timer = loop.schedule(intervalNanos, () -> ping(session));
  }

  /** It stands no more. */
  void end() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void ping(Session session) {
    begin(session);
    ProtocolWriter out = outbound.control();
    if (out != null) {
      session.keepAlive(out, maxOut);
    }
  }
}
