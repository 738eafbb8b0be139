// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.base.EventLoop;
import dev.slipstream.base.EventLoop.Timer;
import dev.slipstream.server.config.ServerConfig;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The server's PINGs to one client, and the end of a client that does not answer them.
 *
 * <p>After CONNECT the first comes within about two seconds, as from the public server; then one
 * each interval in which nothing came in, and one an hour in any case. Belongs to the connection's
 * loop.
 */
final class KeepAlive {
  private static final long FIRST_PING_NANOS = 2_000_000_000L;
  private static final long LONGEST_BETWEEN_PINGS_NANOS = 3_600_000_000_000L;

  private final ClientConnection connection;
  private final EventLoop loop;
  private final RandomGenerator random;
  private final ServerConfig config;

  private @Nullable Timer timer;
  private int unanswered;
  private boolean hasPinged;
  private long pingedNanos;
  private long lastInputNanos;
  private long rttNanos;

  KeepAlive(
      ClientConnection connection, EventLoop loop, RandomGenerator random, ServerConfig config) {
    this.connection = connection;
    this.loop = loop;
    this.random = random;
    this.config = config;
    this.lastInputNanos = loop.clock().nanos() - config.pingIntervalNanos();
  }

  /** Begins at the ordinary interval, before CONNECT. */
  void start() {
    arm(config.pingIntervalNanos());
  }

  /** Begins anew with an early first PING, at CONNECT. */
  void connected() {
    long delay = Math.min(config.pingIntervalNanos(), FIRST_PING_NANOS);
    arm(delay + (delay >= 5 ? random.nextLong(delay / 5) : 0));
  }

  /** Notes that an operation came in that shows the client alive. */
  void sawInput() {
    lastInputNanos = loop.clock().nanos();
  }

  /** Notes a PONG. */
  void ponged() {
    if (unanswered > 0) {
      rttNanos = Math.max(1, loop.clock().nanos() - pingedNanos);
    }
    unanswered = 0;
  }

  /** How long the last PONG took; 0 before the first. */
  long rttNanos() {
    return rttNanos;
  }

  /** How long ago the last operation came in. */
  long idleNanos() {
    return loop.clock().nanos() - lastInputNanos;
  }

  void stop() {
    Timer armed = timer;
    if (armed != null) {
      armed.cancel();
      timer = null;
    }
  }

  private void arm(long delayNanos) {
    stop();
    timer = loop.schedule(delayNanos, this::due);
  }

  private void due() {
    long now = loop.clock().nanos();
    boolean isLongAgo = !hasPinged || now - pingedNanos > LONGEST_BETWEEN_PINGS_NANOS;
    if (isLongAgo || now - lastInputNanos >= config.pingIntervalNanos()) {
      if (unanswered + 1 > config.pingMax()) {
        connection.stale();
        return;
      }
      unanswered++;
      hasPinged = true;
      pingedNanos = now;
      connection.ping();
    }
    arm(config.pingIntervalNanos());
  }
}
