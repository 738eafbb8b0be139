// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import dev.slipstream.protocol.subject.Subject;
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
 * @param exports what it offers to others, in the order of the file
 * @param imports what it takes from others
 * @param mappings under which subjects its clients really publish
 */
public record AccountConfig(
    String name,
    List<UserConfig> users,
    @Nullable Permissions defaultPermissions,
    AccountJetStream jetStream,
    ConnectionLimits limits,
    List<ExportConfig> exports,
    List<ImportConfig> imports,
    List<MappingConfig> mappings) {

  /** The account of clients that belong to no other. */
  public static final String GLOBAL = "$G";

  /** The account of the server's own messages, unless the configuration names another. */
  public static final String SYSTEM = "$SYS";

  public AccountConfig {
    users = List.copyOf(users);
    exports = List.copyOf(exports);
    imports = List.copyOf(imports);
    mappings = List.copyOf(mappings);
  }

  /** An account with nothing but a name. */
  public static AccountConfig named(String name) {
    return named(name, List.of());
  }

  /** An account with nothing but a name and mappings. */
  public static AccountConfig named(String name, List<MappingConfig> mappings) {
    return new AccountConfig(
        name,
        List.of(),
        null,
        AccountJetStream.DISABLED,
        ConnectionLimits.NONE,
        List.of(),
        List.of(),
        mappings);
  }

  /**
   * The export that {@code imported} is part of, by its own subject first and then in the order of
   * the file; null when it is not exported.
   */
  public @Nullable ExportConfig export(ExportConfig.Kind kind, String imported) {
    ExportConfig wider = null;
    for (ExportConfig each : exports) {
      if (each.kind() == kind && each.subject().equals(imported)) {
        return each;
      }
      if (wider == null && each.kind() == kind && Subject.isSubset(imported, each.subject())) {
        wider = each;
      }
    }
    return wider;
  }

  /** Whether some service that it imports takes all requests to {@code subject}. */
  public boolean importsService(String subject) {
    return imports.stream()
        .anyMatch(
            each ->
                each.kind() == ExportConfig.Kind.SERVICE
                    && Subject.isSubset(subject, each.filterHere()));
  }
}
