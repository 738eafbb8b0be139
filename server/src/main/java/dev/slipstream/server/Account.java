// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.server.config.AccountConfig;

/**
 * A subject space of its own: its router and its limits, shared by all loops.
 *
 * <p>Immutable once the accounts are connected, but for the count of connections, which is
 * thread-safe.
 */
final class Account {
  private final AccountConfig config;
  private final boolean system;
  private final Router router;
  private final ConnectionCount connections;
  private Sharing sharing = Sharing.NONE;

  Account(AccountConfig config, boolean system, Router router) {
    this.config = config;
    this.system = system;
    this.router = router;
    this.connections = new ConnectionCount(config.limits().maxConnections());
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

  /** What it shares with others, and its mappings. */
  Sharing sharing() {
    return sharing;
  }

  /** Sets what it shares; once all accounts are there, and before any loop runs. */
  void share(Sharing shared) {
    sharing = shared;
    router.share(shared);
  }

  /** Its connections, against the most it may have. */
  ConnectionCount connections() {
    return connections;
  }
}
