// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who may connect, as far as no account says it: users of the global account.
 *
 * <p>Users come first; only without any does a token or a single user count, the token before the
 * user. With nothing set and no account with users the server is open.
 *
 * @param user the single user, or null
 * @param password the single user's password, or null
 * @param token the token all clients share, or null
 * @param users users of the global account
 * @param defaultPermissions what users without permissions of their own may do; already applied to
 *     {@code users}; null for everything
 */
public record AuthorizationConfig(
    @Nullable String user,
    @Nullable PasswordCheck password,
    @Nullable PasswordCheck token,
    List<UserConfig> users,
    @Nullable Permissions defaultPermissions) {

  /** No authorization. */
  public static final AuthorizationConfig NONE =
      new AuthorizationConfig(null, null, null, List.of(), null);

  public AuthorizationConfig {
    users = List.copyOf(users);
  }

  /** Whether a client must prove anything by this block. */
  public boolean isRequired() {
    return user != null || token != null || !users.isEmpty();
  }
}
