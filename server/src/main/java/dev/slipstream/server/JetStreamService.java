// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.base.EventLoop;
import dev.slipstream.engine.MessageBus;
import dev.slipstream.server.config.ServerConfig;
import dev.slipstream.store.StoreStats;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JetStream as the server starts and stops it; without one, nobody answers on {@code $JS.API.>}.
 *
 * <p>Called by the thread that starts and closes the server, which is none of the loops.
 */
interface JetStreamService {

  /** Makes the service of a server that is about to start. */
  @FunctionalInterface
  interface Factory {
    /** A service for a server of this configuration; nothing is opened yet. */
    JetStreamService create(ServerConfig config, ServerIdentity identity);
  }

  /**
   * Opens the store and begins to serve; returns when everything stored can be used.
   *
   * @param loops the server's loops; a bus is to be called on one of them
   * @param buses the subject spaces by the names of their accounts
   * @throws ServerStartException when it cannot, with one line for the user
   */
  void start(List<EventLoop> loops, Map<String, MessageBus> buses);

  /** How many message ids were forgotten before their duplicate window ended. */
  default long forgottenMessageIds() {
    return 0;
  }

  /** Figures of the store; null before it is open, and without one. Any thread. */
  default @Nullable StoreStats storeStats() {
    return null;
  }

  /** Stops serving; returns when everything acknowledged is safe and the store is closed. */
  void stop();
}
