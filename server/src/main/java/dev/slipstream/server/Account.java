// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.server.config.AccountConfig;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A subject space of its own: its router and its limits, shared by all loops.
 *
 * <p>Immutable but for the count of connections, which is thread-safe.
 */
final class Account {
  private final AccountConfig config;
  private final boolean system;
  private final Router router;
  private final AtomicInteger connections = new AtomicInteger();

  Account(AccountConfig config, boolean system, Router router) {
    this.config = config;
    this.system = system;
    this.router = router;
  }

  String name() {
    return config.name();
  }

  AccountConfig config() {
    return config;
  }

  /** Whether this is the account of the server's own messages. */
  boolean isSystem() {
    return system;
  }

  Router router() {
    return router;
  }

  /** Counts a connection in, unless the account has as many as it may. */
  boolean admit() {
    int most = config.limits().maxConnections();
    int now = connections.incrementAndGet();
    if (most >= 0 && now > most) {
      connections.decrementAndGet();
      return false;
    }
    return true;
  }

  /** Counts a connection out. */
  void leave() {
    connections.decrementAndGet();
  }

  int connections() {
    return connections.get();
  }
}
