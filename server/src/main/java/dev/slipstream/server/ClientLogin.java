// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.protocol.api.ConnectOptions;
import dev.slipstream.protocol.json.GoQuote;
import dev.slipstream.protocol.json.JsonException;
import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.wire.ProtocolException;
import dev.slipstream.server.Authenticator.Identity;
import dev.slipstream.server.config.ConnectionLimits;
import dev.slipstream.server.config.ServerConfig;
import dev.slipstream.server.config.UserConfig;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Who a client is: what it said in CONNECT, and the account, the permissions and the limits that
 * follow from it.
 *
 * <p>Before CONNECT a client belongs to the global account, unless it has to prove something: then
 * CONNECT must come first and in time. Belongs to the connection's loop.
 */
final class ClientLogin {
  private final ClientConnection connection;
  private final ServerContext server;
  private final ServerLoop loop;
  private final String connectionType;
  private ConnectOptions options = ConnectOptions.DEFAULT;

  private Account account;
  private @Nullable PermissionRules permissions;
  private @Nullable ReplyGrants replies;
  private String user = "";
  private int maxPayload;
  private int maxSubscriptions;
  private boolean awaitsConnect;
  private boolean connected;

  ClientLogin(
      ClientConnection connection, ServerContext server, ServerLoop loop, boolean inProcess) {
    this.connection = connection;
    this.server = server;
    this.loop = loop;
    this.connectionType = inProcess ? UserConfig.IN_PROCESS : UserConfig.STANDARD;
    this.account = server.authenticator().global();
    this.awaitsConnect = server.authenticator().isRequired();
    this.maxPayload = server.config().maxPayload();
    this.maxSubscriptions = server.config().maxSubscriptions();
  }

  /** Begins to wait for CONNECT. */
  void start() {
    account.connections().admit();
    if (awaitsConnect) {
      loop.loop().schedule(server.config().authTimeoutNanos(), this::timeout);
    }
  }

  /** Leaves the account. */
  void close() {
    account.connections().leave();
  }

  /** Whether the first operation may begin with {@code first}; closes the connection when not. */
  boolean accepts(byte first) {
    if (!awaitsConnect || first == 'C' || first == 'c') {
      return true;
    }
    Identity identity = server.authenticator().withoutConnect(connectionType);
    if (identity == null) {
      violation();
      return false;
    }
    awaitsConnect = false;
    connected = true;
    return enter(identity);
  }

  /** Takes a CONNECT. */
  void connect(byte[] bytes, int from, int to) {
    boolean first = !connected;
    try {
      if (from == to) {
        throw new JsonException("unexpected end of JSON input");
      }
      options = options.readAgain(JsonReader.of(bytes, from, to - from));
    } catch (JsonException broken) {
      throw new ProtocolException(null, broken.text());
    }
    connected = true;
    Authenticator authenticator = server.authenticator();
    if (!authenticator.isSlow(options)) {
      decided(authenticator.identify(options, connectionType), first);
      return;
    }
    connection.input().hold(ConnectionInput.Hold.AUTHENTICATION);
    try {
      ConnectOptions offered = options;
      server.passwordChecks().execute(() -> checkPassword(offered, first));
    } catch (RejectedExecutionException tooMany) {
      connection.error("too many passwords to be checked");
      violation();
    }
  }

  /** Runs off the loop, while the connection parses nothing. */
  private void checkPassword(ConnectOptions offered, boolean first) {
    Identity identity = server.authenticator().identify(offered, connectionType);
    loop.post(
        () -> {
          if (!connection.isClosed()) {
            decided(identity, first);
            connection.input().lift(ConnectionInput.Hold.AUTHENTICATION);
          }
        });
  }

  private void decided(@Nullable Identity identity, boolean first) {
    if (identity == null || options.newAccount() || !options.account().isEmpty()) {
      violation();
      return;
    }
    awaitsConnect = false;
    if (!enter(identity)) {
      return;
    }
    if (first) {
      connection.describe(description());
    }
    if (options.protocol() < 0 || options.protocol() > 1) {
      connection.tell("invalid client protocol");
      connection.close(CloseReason.BAD_CLIENT_PROTOCOL_VERSION);
    } else if (options.noResponders() && !options.headers()) {
      connection.tell("no responders requires headers support");
      connection.close(CloseReason.NO_RESPONDERS_REQUIRES_HEADERS);
    } else if (options.verbose()) {
      connection.ok();
    }
  }

  private boolean enter(Identity identity) {
    if (identity.account() != account) {
      account.connections().leave();
      account = identity.account();
      if (!account.connections().admit()) {
        account = server.authenticator().global();
        account.connections().admit();
        connection.error("maximum account active connections exceeded");
        connection.tell("maximum account active connections exceeded");
        connection.close(CloseReason.MAX_ACCOUNT_CONNECTIONS_EXCEEDED);
        return false;
      }
    }
    PermissionRules rules = identity.permissions();
    permissions = rules;
    replies =
        rules == null || rules.responses() == null ? null : new ReplyGrants(rules.responses());
    user = identity.user();
    ServerConfig config = server.config();
    ConnectionLimits limits = account.config().limits();
    maxPayload = lower(config.maxPayload(), limits.maxPayload());
    maxSubscriptions = lower(config.maxSubscriptions(), limits.maxSubscriptions());
    return true;
  }

  private static int lower(int limit, int other) {
    if (other < 0) {
      return limit;
    }
    return limit <= 0 ? other : Math.min(limit, other);
  }

  private void timeout() {
    if (awaitsConnect && !connected && !connection.isClosed()) {
      connection.debug("Authentication Timeout");
      connection.tell("Authentication Timeout");
      connection.close(CloseReason.AUTHENTICATION_TIMEOUT);
    }
  }

  private void violation() {
    String who = options.user().isEmpty() ? "" : " - User " + GoQuote.quote(options.user());
    connection.error("authentication error" + who);
    connection.tell("Authorization Violation");
    connection.close(CloseReason.AUTHENTICATION_VIOLATION);
  }

  /** The client's own words about itself, and who it is, as the log shows them. */
  private String description() {
    StringBuilder client = new StringBuilder();
    if (!options.version().isEmpty()) {
      client.append('v').append(options.version());
    }
    for (String part : List.of(options.lang(), options.name())) {
      if (!part.isEmpty()) {
        client.append(client.isEmpty() ? "" : ":").append(part);
      }
    }
    String who = user.isEmpty() ? "" : account.name() + "/user:" + user;
    return (client.isEmpty() ? "" : " - " + GoQuote.quote(client.toString()))
        + (who.isEmpty() ? "" : " - " + GoQuote.quote(who));
  }

  /** Whether a CONNECT came, or nobody asks for one any more. */
  boolean isConnected() {
    return connected;
  }

  ConnectOptions options() {
    return options;
  }

  Account account() {
    return account;
  }

  /** The user's name; empty when it has none. */
  String user() {
    return user;
  }

  /** What the user may do; null for everything. */
  @Nullable PermissionRules permissions() {
    return permissions;
  }

  /** The replies the user may send beside that; null when it has no such leave. */
  @Nullable ReplyGrants replies() {
    return replies;
  }

  /** Whether both sides understand headers. */
  boolean headers() {
    return options.headers();
  }

  int maxPayload() {
    return maxPayload;
  }

  int maxSubscriptions() {
    return maxSubscriptions;
  }
}
