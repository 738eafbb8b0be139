// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.protocol.api.ServerInfo;
import dev.slipstream.protocol.json.JsonWriter;
import dev.slipstream.server.config.ServerConfig;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What all connections of a server share: who it is, whom it lets in, and how much each may use.
 * Thread-safe.
 */
final class ServerContext {
  private final ServerConfig config;
  private final Authenticator authenticator;
  private final Executor passwordChecks;
  private final AtomicLong lastClientId = new AtomicLong();
  private final ConnectionCount clients;
  private final AtomicLong slowConsumers = new AtomicLong();
  private volatile ServerIdentity identity;

  /**
   * A context.
   *
   * @param passwordChecks runs what is too slow for a loop; may refuse
   */
  ServerContext(
      ServerIdentity identity,
      ServerConfig config,
      Authenticator authenticator,
      Executor passwordChecks) {
    this.identity = identity;
    this.config = config;
    this.authenticator = authenticator;
    this.passwordChecks = passwordChecks;
    this.clients = new ConnectionCount(config.maxConnections());
  }

  ServerIdentity identity() {
    return identity;
  }

  /** Tells clients something else from now on, as when the port has become known. */
  void identity(ServerIdentity changed) {
    identity = changed;
  }

  ServerConfig config() {
    return config;
  }

  Authenticator authenticator() {
    return authenticator;
  }

  Executor passwordChecks() {
    return passwordChecks;
  }

  long nextClientId() {
    return lastClientId.incrementAndGet();
  }

  /** All client connections, against the most there may be. */
  ConnectionCount clients() {
    return clients;
  }

  /** How many clients have come since the start. */
  long totalConnections() {
    return lastClientId.get();
  }

  int connections() {
    return clients.now();
  }

  void countSlowConsumer() {
    slowConsumers.incrementAndGet();
  }

  long slowConsumers() {
    return slowConsumers.get();
  }

  /** The JSON of the INFO that greets a client. */
  byte[] greeting(long clientId, String clientIp) {
    // only the greeting hides that clients without credentials are let in as somebody
    boolean open = authenticator.hasNoAuthUser();
    return json(
        info(clientId, clientIp, config.maxPayload())
            .authRequired(authenticator.isRequired() && !open));
  }

  /** The JSON of the INFO that tells a client of its account. */
  byte[] connectInfo(long clientId, String clientIp, int maxPayload, Account account) {
    return json(
        info(clientId, clientIp, maxPayload)
            .connectInfo(true)
            .remoteAccount(account.name())
            .systemAccount(account.isSystem()));
  }

  /** The JSON of the INFO that tells a client that the server is about to end. */
  byte[] lameDuckInfo(long clientId, String clientIp, int maxPayload) {
    return json(info(clientId, clientIp, maxPayload).lameDuckMode(true));
  }

  private ServerInfo.Builder info(long clientId, String clientIp, int maxPayload) {
    ServerIdentity self = identity;
    return ServerInfo.builder()
        .serverId(self.id())
        .serverName(self.name())
        .version(self.version())
        .proto(1)
        .gitCommit(self.ownVersion())
        .go(ServerIdentity.runtime())
        .host(self.host())
        .port(self.port())
        .headers(true)
        .authRequired(authenticator.isRequired())
        .maxPayload(maxPayload)
        .jetstream(self.jetStream())
        .clientId(clientId)
        .clientIp(clientIp)
        .apiLevel(self.apiLevel());
  }

  private static byte[] json(ServerInfo.Builder info) {
    JsonWriter json = new JsonWriter();
    info.build().write(json);
    return json.toBytes();
  }
}
