// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An account: a subject space of its own with its users, its JetStream and what it shares.
 *
 * @param name unique on the server
 * @param users its users; a name belongs to one account only
 * @param defaultPermissions already applied to {@code users}; null for everything
 * @param jetStream its JetStream
 * @param limits its connection limits
 */
public record AccountConfig(
    String name,
    List<UserConfig> users,
    @Nullable Permissions defaultPermissions,
    AccountJetStream jetStream,
    ConnectionLimits limits,
    List<ExportConfig> exports,
    List<ImportConfig> imports) {

  /** The account of clients that belong to no other. */
  public static final String GLOBAL = "$G";

  /** The account of the server's own messages, unless the configuration names another. */
  public static final String SYSTEM = "$SYS";

  public AccountConfig {
    users = List.copyOf(users);
    exports = List.copyOf(exports);
    imports = List.copyOf(imports);
  }

  /** An account with nothing but a name. */
  public static AccountConfig named(String name) {
    return new AccountConfig(
        name,
        List.of(),
        null,
        AccountJetStream.DISABLED,
        ConnectionLimits.NONE,
        List.of(),
        List.of());
  }
}
