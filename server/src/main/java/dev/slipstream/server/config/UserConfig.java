// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A user with a password.
 *
 * @param name the user name
 * @param password compared with what the client sends; a user without password has the empty one
 * @param permissions what the user may do; null for everything
 * @param connectionTypes the kinds of connection the user may come by, such as {@code STANDARD};
 *     empty for all. A server must refuse the user on a connection of another kind.
 */
public record UserConfig(
    String name,
    PasswordCheck password,
    @Nullable Permissions permissions,
    Set<String> connectionTypes) {

  /** The kind of a plain TCP or TLS connection. */
  public static final String STANDARD = "STANDARD";

  /** The kind of a connection inside the process. */
  public static final String IN_PROCESS = "IN_PROCESS";

  public UserConfig {
    connectionTypes = Set.copyOf(connectionTypes);
  }

  /** Whether the user may come by a connection of kind {@code type}. */
  public boolean allowsConnectionType(String type) {
    return connectionTypes.isEmpty() || connectionTypes.contains(type);
  }
}
