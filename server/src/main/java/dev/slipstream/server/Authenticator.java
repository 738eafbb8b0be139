// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.protocol.api.ConnectOptions;
import dev.slipstream.server.config.AccountConfig;
import dev.slipstream.server.config.AuthorizationConfig;
import dev.slipstream.server.config.PasswordCheck;
import dev.slipstream.server.config.UserConfig;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides who a client is by what its CONNECT says: users first, then the token, then the single
 * user. Immutable and thread-safe.
 */
final class Authenticator {
  private final Map<String, Known> users = new HashMap<>();
  private final AuthorizationConfig authorization;
  private final Account global;
  private final @Nullable Known anonymous;
  private final boolean noAuthUserGiven;
  private final boolean required;

  /** Who a client turned out to be. */
  record Identity(Account account, @Nullable PermissionRules permissions, String user) {}

  private record Known(UserConfig user, Account account, @Nullable PermissionRules permissions) {}

  /**
   * An authenticator of the users of all accounts.
   *
   * @param noAuthUser the user that clients without credentials are, or null
   */
  Authenticator(AuthorizationConfig authorization, Accounts accounts, @Nullable String noAuthUser) {
    this.authorization = authorization;
    this.global = accounts.global();
    authorization.users().forEach(user -> know(user, global));
    for (Account account : accounts.all()) {
      AccountConfig config = account.config();
      config.users().forEach(user -> know(user, account));
    }
    this.required = authorization.isRequired() || !users.isEmpty();
    this.noAuthUserGiven = noAuthUser != null;
    if (noAuthUser != null) {
      anonymous = users.get(noAuthUser);
    } else {
      anonymous = isOnlyForSystem() ? anonymousIn(global) : null;
    }
  }

  /** Users of the system account alone leave the server open to everybody else. */
  private boolean isOnlyForSystem() {
    return !users.isEmpty()
        && !authorization.isRequired()
        && users.values().stream().allMatch(known -> known.account.isSystem());
  }

  private static Known anonymousIn(Account global) {
    UserConfig nobody = new UserConfig("", PasswordCheck.of(""), null, Set.of());
    return new Known(nobody, global, null);
  }

  private void know(UserConfig user, Account account) {
    PermissionRules rules =
        user.permissions() == null ? null : new PermissionRules(user.permissions());
    users.put(user.name(), new Known(user, account, rules));
  }

  /** Whether a client must prove who it is. */
  boolean isRequired() {
    return required;
  }

  /** Whether the configuration names the user that clients without credentials are. */
  boolean hasNoAuthUser() {
    return noAuthUserGiven;
  }

  /** The account of clients that belong to no other. */
  Account global() {
    return global;
  }

  /** Who a client is that has not sent CONNECT; null when it has to. */
  @Nullable Identity withoutConnect(String connectionType) {
    Known known = anonymous;
    return known != null && known.user.allowsConnectionType(connectionType)
        ? new Identity(known.account, known.permissions, known.user.name())
        : null;
  }

  /** Whether {@link #identify} would take long, so that it must not run on a loop. */
  boolean isSlow(ConnectOptions client) {
    PasswordCheck check = null;
    if (!required || isAnonymous(client)) {
      return false;
    }
    if (!users.isEmpty() && !client.user().isEmpty()) {
      Known known = users.get(client.user());
      check = known == null ? null : known.user.password();
    } else if (authorization.token() != null) {
      check = authorization.token();
    } else if (client.user().equals(authorization.user())) {
      check = authorization.password();
    }
    return check != null && check.isHashed();
  }

  /** Who a client is, or null when it is nobody that may connect. */
  @Nullable Identity identify(ConnectOptions client, String connectionType) {
    if (!required) {
      return new Identity(global, null, client.user());
    }
    if (isAnonymous(client)) {
      return withoutConnect(connectionType);
    }
    if (!users.isEmpty() && !client.user().isEmpty()) {
      Known known = users.get(client.user());
      return known != null
              && known.user.allowsConnectionType(connectionType)
              && known.user.password().matches(client.pass())
          ? new Identity(known.account, known.permissions, client.user())
          : null;
    }
    PasswordCheck token = authorization.token();
    if (token != null) {
      return token.matches(client.authToken()) ? new Identity(global, null, client.user()) : null;
    }
    PasswordCheck password = authorization.password();
    return client.user().equals(authorization.user())
            && password != null
            && password.matches(client.pass())
        ? new Identity(global, null, client.user())
        : null;
  }

  private boolean isAnonymous(ConnectOptions client) {
    return anonymous != null
        && client.user().isEmpty()
        && client.pass().isEmpty()
        && client.authToken().isEmpty();
  }
}
