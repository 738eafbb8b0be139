// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that a server is told before it starts; immutable, complete, checked.
 *
 * <p>Made by {@link #builder}: from a file ({@link ServerConfigBuilder#readFile}), from flags, or
 * from code. Every field has its default filled in, except those that are null by choice.
 *
 * @param host the address to listen on
 * @param port the port to listen on; {@link #RANDOM_PORT} lets the system choose
 * @param serverId the server's id, or null if the server is to make one
 * @param serverName its name, or null for its id
 * @param httpHost the address of the monitoring endpoint
 * @param httpPort its port; 0 for none, {@link #RANDOM_PORT} lets the system choose
 * @param httpBasePath the path its resources lie under; empty, or with a leading and no closing
 *     slash
 * @param clientAdvertise host and port that clients are told instead of the real ones, or null
 * @param log what is logged and where to
 * @param pidFile the file that holds the process id while the server runs, or null
 * @param portsFileDir the directory of the file that holds the real ports, or null
 * @param maxControlLine bytes of a protocol line without payload
 * @param maxPayload bytes of a message, headers included
 * @param maxPendingBytes bytes a client may lie behind before it is a slow consumer
 * @param maxConnections client connections; -1 for no limit
 * @param maxSubscriptions subscriptions of a connection; 0 for no limit
 * @param maxSubscriptionTokens tokens of a subscription's subject; 0 for no limit
 * @param pingIntervalNanos how often an idle client is asked whether it lives
 * @param pingMax unanswered questions after which it is taken for dead
 * @param writeDeadlineNanos how long a write to a client may take
 * @param authTimeoutNanos how long a client may take to prove who it is
 * @param lameDuckDurationNanos how long clients are given to leave, in all
 * @param lameDuckGracePeriodNanos how much of that passes before the first is closed
 * @param jetStream JetStream of the server
 * @param authorization users outside of accounts
 * @param accounts the accounts in the order of the file, without those that always exist
 * @param mappings the subject mappings of the global account
 * @param noAuthUser the user that a client without credentials is, or null
 * @param systemAccount the account of the server's own messages
 * @param serverTags tags for placement and monitoring
 * @param serverMetadata free text for monitoring
 * @param configFile the file that was read, as the user spelled it, or null
 * @param configDigest its digest, or null
 */
public record ServerConfig(
    String host,
    int port,
    @Nullable String serverId,
    @Nullable String serverName,
    String httpHost,
    int httpPort,
    String httpBasePath,
    @Nullable String clientAdvertise,
    LogConfig log,
    @Nullable Path pidFile,
    @Nullable Path portsFileDir,
    int maxControlLine,
    int maxPayload,
    long maxPendingBytes,
    int maxConnections,
    int maxSubscriptions,
    int maxSubscriptionTokens,
    long pingIntervalNanos,
    int pingMax,
    long writeDeadlineNanos,
    long authTimeoutNanos,
    long lameDuckDurationNanos,
    long lameDuckGracePeriodNanos,
    JetStreamConfig jetStream,
    AuthorizationConfig authorization,
    List<AccountConfig> accounts,
    List<MappingConfig> mappings,
    @Nullable String noAuthUser,
    String systemAccount,
    List<String> serverTags,
    Map<String, String> serverMetadata,
    @Nullable String configFile,
    @Nullable String configDigest) {

  /** The port that lets the operating system choose. */
  public static final int RANDOM_PORT = -1;

  /** The port of clients if none is given. */
  public static final int DEFAULT_PORT = 4222;

  public ServerConfig {
    accounts = List.copyOf(accounts);
    mappings = List.copyOf(mappings);
    serverTags = List.copyOf(serverTags);
    serverMetadata = Map.copyOf(serverMetadata);
  }

  /** A configuration with nothing set. */
  public static ServerConfigBuilder builder() {
    return new ServerConfigBuilder();
  }

  /** The account named {@code name}, or null. */
  public @Nullable AccountConfig account(String name) {
    for (AccountConfig account : accounts) {
      if (account.name().equals(name)) {
        return account;
      }
    }
    return null;
  }

  /** Whether clients must prove who they are. */
  public boolean authorizationRequired() {
    return authorization.isRequired()
        || accounts.stream().anyMatch(account -> !account.users().isEmpty());
  }

  /** Whether some password stands in the configuration as it is; worth a warning. */
  public boolean hasPlainTextPasswords() {
    PasswordCheck single = authorization.password();
    return single != null && single.isPlainText()
        || authorization.users().stream().anyMatch(user -> user.password().isPlainText())
        || accounts.stream()
            .flatMap(account -> account.users().stream())
            .anyMatch(user -> user.password().isPlainText());
  }

  /** The same with the sizes of JetStream settled; see {@link JetStreamConfig#resolved}. */
  public ServerConfig resolved() {
    return new ServerConfig(
        host,
        port,
        serverId,
        serverName,
        httpHost,
        httpPort,
        httpBasePath,
        clientAdvertise,
        log,
        pidFile,
        portsFileDir,
        maxControlLine,
        maxPayload,
        maxPendingBytes,
        maxConnections,
        maxSubscriptions,
        maxSubscriptionTokens,
        pingIntervalNanos,
        pingMax,
        writeDeadlineNanos,
        authTimeoutNanos,
        lameDuckDurationNanos,
        lameDuckGracePeriodNanos,
        jetStream.resolved(),
        authorization,
        accounts,
        mappings,
        noAuthUser,
        systemAccount,
        serverTags,
        serverMetadata,
        configFile,
        configDigest);
  }
}
